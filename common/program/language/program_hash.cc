#include "common/program/language/program_hash.h"

#include <string_view>

namespace ipclab::lang {
namespace {

// FNV-1a; each piece is told apart from the next by its length.
class Fingerprint {
 public:
  void Add(int64_t value) {
    for (int shift = 0; shift < 64; shift += 8) {
      Byte(static_cast<unsigned char>(static_cast<uint64_t>(value) >> shift));
    }
  }
  void Add(std::string_view text) {
    Add(static_cast<int64_t>(text.size()));
    for (const char each : text) Byte(static_cast<unsigned char>(each));
  }
  void Add(const Instruction& each) {
    Add(static_cast<int64_t>(each.op));
    Add(int64_t{each.object});
    Add(int64_t{each.second});
    Add(int64_t{each.elements});
    Add(int64_t{each.second_elements});
    Add(each.value);
  }
  void Add(const ProgramObject& each) {
    Add(each.name);
    Add(static_cast<int64_t>(each.kind));
    Add(int64_t{each.size});
    Add(int64_t{each.is_array});
    for (const int64_t value : each.initial) Add(value);
    Add(each.mechanism);
  }

  uint32_t value() const { return static_cast<uint32_t>(hash_ ^ (hash_ >> 32)); }

 private:
  void Byte(unsigned char byte) { hash_ = (hash_ ^ byte) * 0x100000001b3u; }

  uint64_t hash_ = 0xcbf29ce484222325u;
};

}  // namespace

uint32_t HashOfProgram(const Program& program) {
  Fingerprint print;
  for (const Parameter& each : program.parameters) {
    print.Add(each.name);
    print.Add(each.value);
  }
  for (const ProgramObject& each : program.objects) print.Add(each);
  for (const ProgramProcess& each : program.processes) {
    print.Add(each.name);
    print.Add(int64_t{each.count});
    print.Add(int64_t{each.entry});
    print.Add(static_cast<int64_t>(each.locals.size()));
  }
  for (const Check& each : program.checks) {
    print.Add(static_cast<int64_t>(each.kind));
    print.Add(int64_t{each.expression});
  }
  for (const Observed& each : program.observed) {
    print.Add(each.text);
    print.Add(int64_t{each.expression});
  }
  print.Add(int64_t{program.goal});
  for (const Instruction& each : program.code) print.Add(each);
  for (const auto& pieces : program.prints) {
    print.Add(static_cast<int64_t>(pieces.size()));
    for (const PrintPiece& each : pieces) {
      print.Add(int64_t{each.is_value});
      print.Add(each.text);
    }
  }
  for (const std::string& each : program.strings) print.Add(each);
  return print.value();
}

}  // namespace ipclab::lang
