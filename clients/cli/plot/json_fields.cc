#include "clients/cli/plot/json_fields.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace ipclab::plot {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

// More than any figure, and little enough for what is computed with it.
constexpr double kGreatest = 1e15;

}  // namespace

JsonFields::JsonFields(const std::string& where, const Struct& object)
    : where_(where), object_(&object), status_(std::make_shared<absl::Status>()) {}

JsonFields::JsonFields(const JsonFields& parent, const std::string& key, const Struct& object)
    : where_(parent.where_),
      path_(absl::StrCat(parent.path_, key, ".")),
      object_(&object),
      status_(parent.status_) {}

std::string JsonFields::Text(const std::string& key) const {
  const Value* value = Find(key);
  if (value == nullptr) return "";
  if (value->kind_case() != Value::kStringValue) Complain(key, "is no text");
  return value->string_value();
}

std::vector<std::string> JsonFields::Texts(const std::string& key) const {
  std::vector<std::string> texts;
  const ListValue* list = List(key);
  if (list == nullptr) return texts;
  for (const Value& value : list->values()) {
    if (value.kind_case() != Value::kStringValue) Complain(key, "is no list of texts");
    texts.push_back(value.string_value());
  }
  return texts;
}

std::optional<double> JsonFields::Number(const std::string& key) const {
  const Value* value = Find(key);
  return value ? AsNumber(key, *value) : std::nullopt;
}

std::vector<double> JsonFields::Numbers(const std::string& key) const {
  std::vector<double> numbers;
  const ListValue* list = List(key);
  if (list == nullptr) return numbers;
  for (const Value& value : list->values()) numbers.push_back(AsNumber(key, value).value_or(0));
  return numbers;
}

std::optional<int64_t> JsonFields::Count(const std::string& key) const {
  const Value* value = Find(key);
  return value ? AsCount(key, *value) : std::nullopt;
}

std::vector<int64_t> JsonFields::Counts(const std::string& key) const {
  std::vector<int64_t> counts;
  const ListValue* list = List(key);
  if (list == nullptr) return counts;
  counts.reserve(static_cast<size_t>(list->values_size()));
  for (const Value& value : list->values()) counts.push_back(AsCount(key, value).value_or(0));
  return counts;
}

std::optional<bool> JsonFields::Bool(const std::string& key) const {
  const Value* value = Find(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind_case() != Value::kBoolValue) Complain(key, "is neither true nor false");
  return value->bool_value();
}

JsonFields JsonFields::Object(const std::string& key) const {
  const Value* value = Find(key);
  if (value && value->kind_case() != Value::kStructValue) Complain(key, "is no object");
  return {*this, key, value ? value->struct_value() : Struct::default_instance()};
}

std::vector<JsonFields> JsonFields::Objects(const std::string& key) const {
  std::vector<JsonFields> objects;
  const ListValue* list = List(key);
  if (list == nullptr) return objects;
  for (const Value& value : list->values()) {
    const std::string element = absl::StrCat(key, "[", objects.size(), "]");
    if (value.kind_case() != Value::kStructValue) Complain(element, "is no object");
    objects.push_back({*this, element, value.struct_value()});
  }
  return objects;
}

std::optional<double> JsonFields::Amount(const std::string& key) const {
  const std::optional<double> number = Number(key);
  if (number && *number < 0) Complain(key, "is below 0");
  return number;
}

std::string JsonFields::Scalar(const std::string& key) const {
  const Value* value = Find(key);
  if (value == nullptr) return "";
  switch (value->kind_case()) {
    case Value::kStringValue:
      return value->string_value();
    case Value::kNumberValue:
      return absl::StrFormat("%.15g", value->number_value());
    case Value::kBoolValue:
      return value->bool_value() ? "true" : "false";
    default:
      Complain(key, "is neither a text nor a number");
      return "";
  }
}

std::vector<std::string> JsonFields::Keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object_->fields()) {
    if (Find(key) != nullptr) keys.push_back(key);
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

void JsonFields::Complain(const std::string& key, const std::string& what) const {
  if (!status_->ok()) return;
  *status_ = absl::InvalidArgumentError(absl::StrCat(where_, ": ", path_, key, " ", what));
}

const Value* JsonFields::Find(const std::string& key) const {
  const auto found = object_->fields().find(key);
  if (found == object_->fields().end()) return nullptr;
  return found->second.kind_case() == Value::kNullValue ? nullptr : &found->second;
}

const ListValue* JsonFields::List(const std::string& key) const {
  const Value* value = Find(key);
  if (value == nullptr) return nullptr;
  if (value->kind_case() != Value::kListValue) Complain(key, "is no list");
  return &value->list_value();
}

std::optional<double> JsonFields::AsNumber(const std::string& key, const Value& value) const {
  double number = value.number_value();
  const bool is_number =
      value.kind_case() == Value::kNumberValue ||
      (value.kind_case() == Value::kStringValue && absl::SimpleAtod(value.string_value(), &number));
  if (is_number && std::abs(number) <= kGreatest) return number;
  Complain(key, is_number ? "is too great a number" : "is no number");
  return std::nullopt;
}

std::optional<int64_t> JsonFields::AsCount(const std::string& key, const Value& value) const {
  const std::optional<double> number = AsNumber(key, value);
  if (!number) return std::nullopt;
  if (*number >= 0 && *number == std::floor(*number)) return static_cast<int64_t>(*number);
  Complain(key, "is no count");
  return std::nullopt;
}

}  // namespace ipclab::plot
