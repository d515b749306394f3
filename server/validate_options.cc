#include "server/validate_options.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/errors.h"

namespace ipclab {
namespace {

std::string OptionNames(const v1::Mechanism& mechanism) {
  if (mechanism.options().empty()) return "none";
  return absl::StrJoin(mechanism.options(), ", ", [](std::string* out, const v1::Option& each) {
    absl::StrAppend(out, each.name());
  });
}

// What is right is written as the lab writes it: an integer may come with any number of zeros.
std::string WhatIsWrong(const v1::Option& option, std::string& value) {
  switch (option.type()) {
    case v1::Option::INTEGER: {
      int64_t number = 0;
      const char* const end = value.data() + value.size();
      const auto [stop, error] = std::from_chars(value.data(), end, number);
      if (error == std::errc() && stop == end && number >= option.minimum() &&
          number <= option.maximum()) {
        value = absl::StrCat(number);
        return "";
      }
      // The description says what bounds it, and so what would raise the bound.
      return absl::StrCat(Quoted(value), " must be an integer from ", option.minimum(), " to ",
                          option.maximum(), ": ", option.description());
    }
    case v1::Option::BOOLEAN:
      if (value == "true" || value == "false") return "";
      return absl::StrCat(Quoted(value), " must be true or false");
    case v1::Option::CHOICE:
      if (std::find(option.choices().begin(), option.choices().end(), value) !=
          option.choices().end()) {
        return "";
      }
      return absl::StrCat(Quoted(value), " must be one of ", absl::StrJoin(option.choices(), ", "));
    default:
      return "has a type that this server does not know";
  }
}

}  // namespace

void CheckOptions(google::protobuf::Map<std::string, std::string>& given, const std::string& field,
                  const v1::Mechanism& mechanism, Complaints& complaints) {
  for (auto& [name, value] : given) {
    const auto option =
        std::find_if(mechanism.options().begin(), mechanism.options().end(),
                     [&name = name](const v1::Option& each) { return each.name() == name; });
    const std::string of_one = absl::StrCat(field, "[", Quoted(name), "]");
    if (option == mechanism.options().end()) {
      complaints.Wrong(of_one, absl::StrCat(mechanism.id(), " has no such option; it has ",
                                            OptionNames(mechanism)));
    } else if (std::string wrong = WhatIsWrong(*option, value); !wrong.empty()) {
      complaints.Wrong(of_one, std::move(wrong));
    }
  }
  for (const v1::Option& option : mechanism.options()) {
    given.insert({option.name(), option.default_value()});
  }
}

}  // namespace ipclab
