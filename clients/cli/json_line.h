// JSON objects of one line whose keys stand in the order in which they were added, for scripts to
// read. What is a proto message is rendered by protobuf itself.
//
//   JsonLine line;
//   line.Text("mechanism", "pipe").Number("messageBytes", 64).Null("controlNanos");
//   line.str();  // {"mechanism":"pipe","messageBytes":64,"controlNanos":null}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace google::protobuf {
class Message;
}

namespace ipclab::cli {

class JsonLine {
 public:
  JsonLine& Text(const std::string& key, const std::string& value);
  JsonLine& Texts(const std::string& key, const std::vector<std::string>& values);

  // A plain JSON number; null when there is none.
  JsonLine& Number(const std::string& key, std::optional<int64_t> value);

  // The shortest digits that read back as the same value; null when absent or not finite.
  JsonLine& Real(const std::string& key, std::optional<double> value);

  JsonLine& Reals(const std::string& key, const std::vector<double>& values);

  JsonLine& Numbers(const std::string& key, const std::vector<int64_t>& values);

  JsonLine& Truth(const std::string& key, bool value);
  JsonLine& Null(const std::string& key);
  JsonLine& Object(const std::string& key, const JsonLine& value);
  JsonLine& Objects(const std::string& key, const std::vector<JsonLine>& values);

  // The message as proto3 JSON, or null for nullptr.
  JsonLine& Message(const std::string& key, const google::protobuf::Message* value);

  // The whole object, without a line break.
  std::string str() const;

 private:
  JsonLine& Add(const std::string& key, const std::string& json);

  std::string members_;
};

// The text in quotes, control characters escaped, and bytes that are not UTF-8 replaced.
std::string QuoteJson(const std::string& text);

// A message as proto3 JSON on one line: fields of primitive types always there, 64-bit integers as
// strings.
std::string MessageJson(const google::protobuf::Message& message);

}  // namespace ipclab::cli
