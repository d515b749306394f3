#include "server/host/sysv_objects.h"

#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

namespace ipclab {
namespace {

using v1::IpcObject;

std::vector<std::string> Words(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

const char* IdColumn(IpcObject::Kind kind) {
  if (kind == IpcObject::SYSV_SHM) return "shmid";
  return kind == IpcObject::SYSV_SEM ? "semid" : "msqid";
}

// Empty for semaphores: a set has a count, and no size.
const char* SizeColumn(IpcObject::Kind kind) {
  if (kind == IpcObject::SYSV_SHM) return "size";
  return kind == IpcObject::SYSV_MSG ? "cbytes" : "";
}

int64_t Number(const std::map<std::string, std::string>& row, const char* column) {
  const auto found = row.find(column);
  int64_t value = 0;
  if (found != row.end()) std::istringstream(found->second) >> value;
  return value;
}

std::optional<IpcObject> ToObject(const std::map<std::string, std::string>& row,
                                  IpcObject::Kind kind) {
  const auto id = row.find(IdColumn(kind));
  if (id == row.end()) return std::nullopt;
  IpcObject object;
  object.set_kind(kind);
  object.set_name(id->second);
  object.set_bytes(Number(row, SizeColumn(kind)));
  object.set_owner_uid(static_cast<int32_t>(Number(row, "uid")));
  object.mutable_change_time()->set_seconds(Number(row, "ctime"));
  return object;
}

}  // namespace

std::vector<IpcObject> ReadSysvTable(const std::string& path, IpcObject::Kind kind) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return {};
  const std::vector<std::string> titles = Words(line);
  std::vector<IpcObject> objects;
  while (std::getline(file, line)) {
    const std::vector<std::string> words = Words(line);
    std::map<std::string, std::string> row;
    for (size_t i = 0; i < words.size() && i < titles.size(); ++i) row[titles[i]] = words[i];
    if (auto object = ToObject(row, kind)) objects.push_back(*std::move(object));
  }
  return objects;
}

}  // namespace ipclab
