#include <cctype>
#include <regex>
#include <string_view>

#include "tests/protos/rules.h"

namespace ipclab {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FileDescriptor;

constexpr char kUpperCamel[] = "([A-Z][a-z0-9]+)+";
constexpr char kLowerSnake[] = "[a-z][a-z0-9]*(_[a-z0-9]+)*";
constexpr char kUpperSnake[] = "[A-Z][A-Z0-9]*(_[A-Z0-9]+)*";

void CheckForm(const std::string& name, const std::string& full_name, const char* form,
               Complaints& complaints) {
  if (std::regex_match(name, std::regex(form))) return;
  complaints.push_back(full_name + " is not of the form " + form);
}

// "StepKind" -> "STEP_KIND".
std::string UpperSnake(const std::string& camel) {
  std::string snake;
  for (const char c : camel) {
    if (std::isupper(static_cast<unsigned char>(c)) && !snake.empty()) snake += '_';
    snake += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return snake;
}

void CheckEnumName(const EnumDescriptor& type, Complaints& complaints) {
  CheckForm(type.name(), type.full_name(), kUpperCamel, complaints);
  for (int i = 0; i < type.value_count(); ++i) {
    CheckForm(type.value(i)->name(), type.value(i)->full_name(), kUpperSnake, complaints);
  }
  const std::string zero = UpperSnake(type.name()) + "_UNSPECIFIED";
  if (type.value(0)->number() != 0 || type.value(0)->name() != zero) {
    complaints.push_back(type.full_name() + " does not begin with " + zero + " = 0");
  }
}

void CheckMessageName(const Descriptor& message, Complaints& complaints) {
  CheckForm(message.name(), message.full_name(), kUpperCamel, complaints);
  for (int i = 0; i < message.field_count(); ++i) {
    CheckForm(message.field(i)->name(), message.field(i)->full_name(), kLowerSnake, complaints);
  }
  for (int i = 0; i < message.real_oneof_decl_count(); ++i) {
    const auto& oneof = *message.oneof_decl(i);
    CheckForm(oneof.name(), oneof.full_name(), kLowerSnake, complaints);
  }
}

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// The public API must be usable without what is internal.
void CheckFile(const FileDescriptor& file, Complaints& complaints) {
  std::string package = file.name().substr(0, file.name().rfind('/'));
  for (char& c : package) c = c == '/' ? '.' : c;
  if (file.package() != package) {
    complaints.push_back(file.name() + " is of package " + file.package() + ", not " + package);
  }
  for (int i = 0; i < file.dependency_count(); ++i) {
    const std::string& import = file.dependency(i)->name();
    if (StartsWith(import, "google/") || StartsWith(import, "ipclab/v1/")) continue;
    complaints.push_back(file.name() + " imports " + import);
  }
}

}  // namespace

void CheckNames(const FileDescriptor& file, Complaints& complaints) {
  CheckFile(file, complaints);
  ForEachMessage(file, [&](const Descriptor& message) { CheckMessageName(message, complaints); });
  ForEachEnum(file, [&](const EnumDescriptor& type) { CheckEnumName(type, complaints); });
  for (int i = 0; i < file.service_count(); ++i) {
    const auto& service = *file.service(i);
    CheckForm(service.name(), service.full_name(), "([A-Z][a-z0-9]+)+Service", complaints);
    for (int j = 0; j < service.method_count(); ++j) {
      CheckForm(service.method(j)->name(), service.method(j)->full_name(), kUpperCamel, complaints);
    }
  }
}

}  // namespace ipclab
