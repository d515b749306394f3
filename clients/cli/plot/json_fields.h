// Reads the fields of a JSON object that others wrote. What is absent or null is absent; what is of
// another kind than asked for is an error, and the first one is kept for the end: a reader is then
// written without a check per field.
//
//   JsonFields fields("results.json:3", object);
//   item.mechanism = fields.Text("mechanism");
//   item.p50 = fields.Object("latencyNanos").Number("p50");
//   return fields.status();
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/struct.pb.h"

namespace ipclab::plot {

// Borrows the object. Those that Object and Objects return tell their errors to the one they came
// from. Not thread safe.
class JsonFields {
 public:
  // where stands before every error.
  JsonFields(const std::string& where, const google::protobuf::Struct& object);

  bool Has(const std::string& key) const { return Find(key) != nullptr; }

  std::string Text(const std::string& key) const;
  std::vector<std::string> Texts(const std::string& key) const;

  // A number, or a text that is one, as proto JSON writes 64-bit integers.
  std::optional<double> Number(const std::string& key) const;
  std::vector<double> Numbers(const std::string& key) const;

  // The same of what is never below 0: times, rates.
  std::optional<double> Amount(const std::string& key) const;

  // A text, a number or a truth value, as people write it.
  std::string Scalar(const std::string& key) const;

  // A number that is whole and not below 0.
  std::optional<int64_t> Count(const std::string& key) const;
  std::vector<int64_t> Counts(const std::string& key) const;

  std::optional<bool> Bool(const std::string& key) const;

  // Without any fields where it is absent.
  JsonFields Object(const std::string& key) const;
  std::vector<JsonFields> Objects(const std::string& key) const;

  // The names that are there, ascending.
  std::vector<std::string> Keys() const;

  // Keeps an error about what stands at key, if it is the first.
  void Complain(const std::string& key, const std::string& what) const;

  // INVALID_ARGUMENT "results.json:3: latencyNanos.p50 is no number".
  const absl::Status& status() const { return *status_; }

 private:
  JsonFields(const JsonFields& parent, const std::string& key,
             const google::protobuf::Struct& object);

  const google::protobuf::Value* Find(const std::string& key) const;
  const google::protobuf::ListValue* List(const std::string& key) const;
  std::optional<double> AsNumber(const std::string& key,
                                 const google::protobuf::Value& value) const;
  std::optional<int64_t> AsCount(const std::string& key,
                                 const google::protobuf::Value& value) const;

  std::string where_;
  std::string path_;  // "latencyNanos."
  const google::protobuf::Struct* object_;
  std::shared_ptr<absl::Status> status_;  // one for all that came from the first
};

}  // namespace ipclab::plot
