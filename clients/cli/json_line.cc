#include "clients/cli/json_line.h"

#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/json_util.h"

namespace ipclab::cli {
namespace {

constexpr char kReplacement[] = "\xef\xbf\xbd";  // U+FFFD

// The length of the well-formed UTF-8 sequence at the start of text; 0 when there is none.
size_t SequenceLength(const std::string& text, size_t at) {
  const auto byte = [&](size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const auto follows = [&](size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    // Neither overlong forms nor surrogates.
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : 0xbf;
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xf4 ? 0x8f : 0xbf;
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

std::string RealJson(double value) {
  if (!std::isfinite(value)) return "null";
  char digits[64];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  return {digits, end};
}

}  // namespace

JsonLine& JsonLine::Text(const std::string& key, const std::string& value) {
  return Add(key, QuoteJson(value));
}

JsonLine& JsonLine::Texts(const std::string& key, const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) {
    absl::StrAppend(&list, list.empty() ? "" : ",", QuoteJson(value));
  }
  return Add(key, absl::StrCat("[", list, "]"));
}

JsonLine& JsonLine::Number(const std::string& key, std::optional<int64_t> value) {
  return value ? Add(key, absl::StrCat(*value)) : Null(key);
}

JsonLine& JsonLine::Real(const std::string& key, std::optional<double> value) {
  return value ? Add(key, RealJson(*value)) : Null(key);
}

JsonLine& JsonLine::Reals(const std::string& key, const std::vector<double>& values) {
  std::string list;
  for (const double value : values) {
    absl::StrAppend(&list, list.empty() ? "" : ",", RealJson(value));
  }
  return Add(key, absl::StrCat("[", list, "]"));
}

JsonLine& JsonLine::Numbers(const std::string& key, const std::vector<int64_t>& values) {
  return Add(key, absl::StrCat("[", absl::StrJoin(values, ","), "]"));
}

JsonLine& JsonLine::Truth(const std::string& key, bool value) {
  return Add(key, value ? "true" : "false");
}

JsonLine& JsonLine::Null(const std::string& key) { return Add(key, "null"); }

JsonLine& JsonLine::Object(const std::string& key, const JsonLine& value) {
  return Add(key, value.str());
}

JsonLine& JsonLine::Objects(const std::string& key, const std::vector<JsonLine>& values) {
  std::string list;
  for (const JsonLine& value : values) {
    absl::StrAppend(&list, list.empty() ? "" : ",", value.str());
  }
  return Add(key, absl::StrCat("[", list, "]"));
}

JsonLine& JsonLine::Message(const std::string& key, const google::protobuf::Message* value) {
  return value ? Add(key, MessageJson(*value)) : Null(key);
}

std::string JsonLine::str() const { return absl::StrCat("{", members_, "}"); }

JsonLine& JsonLine::Add(const std::string& key, const std::string& json) {
  absl::StrAppend(&members_, members_.empty() ? "" : ",", QuoteJson(key), ":", json);
  return *this;
}

std::string QuoteJson(const std::string& text) {
  std::string quoted = "\"";
  for (size_t i = 0; i < text.size();) {
    const size_t length = SequenceLength(text, i);
    const char c = text[i];
    if (length == 0) {
      quoted += kReplacement;
    } else if (c == '"' || c == '\\') {
      absl::StrAppend(&quoted, "\\", std::string(1, c));
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      absl::StrAppendFormat(&quoted, "\\u%04x", static_cast<unsigned>(c));
    } else {
      quoted.append(text, i, length);
    }
    i += length == 0 ? 1 : length;
  }
  quoted += '"';
  return quoted;
}

std::string MessageJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  // Only an Any of an unknown type fails, and none of our messages holds one.
  if (!status.ok()) return "null";
  return json;
}

}  // namespace ipclab::cli
