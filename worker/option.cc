#include "worker/option.h"

#include <string>
#include <utility>

namespace ipclab {
namespace {

v1::Option MakeOption(std::string_view name, v1::Option::Type type, std::string otherwise,
                      std::string_view description) {
  v1::Option option;
  option.set_name(std::string(name));
  option.set_type(type);
  option.set_default_value(std::move(otherwise));
  option.set_description(std::string(description));
  return option;
}

}  // namespace

v1::Option BooleanOption(std::string_view name, bool otherwise, std::string_view description) {
  return MakeOption(name, v1::Option::BOOLEAN, otherwise ? "true" : "false", description);
}

v1::Option IntegerOption(std::string_view name, int64_t otherwise, int64_t minimum, int64_t maximum,
                         std::string_view description) {
  v1::Option option = MakeOption(name, v1::Option::INTEGER, std::to_string(otherwise), description);
  option.set_minimum(minimum);
  option.set_maximum(maximum);
  return option;
}

v1::Option ChoiceOption(std::string_view name, std::initializer_list<const char*> choices,
                        std::string_view description) {
  v1::Option option = MakeOption(name, v1::Option::CHOICE, *choices.begin(), description);
  for (const char* const choice : choices) option.add_choices(choice);
  return option;
}

}  // namespace ipclab
