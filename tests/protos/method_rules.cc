#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

#include "google/api/field_behavior.pb.h"
#include "tests/protos/rules.h"

namespace ipclab {
namespace {

using google::api::FieldBehavior;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

constexpr char kEmpty[] = "google.protobuf.Empty";

bool Has(const FieldDescriptor& field, FieldBehavior behavior) {
  const auto& behaviors = field.options().GetRepeatedExtension(google::api::field_behavior);
  return std::find(behaviors.begin(), behaviors.end(), behavior) != behaviors.end();
}

// "MeasureSpec" -> "measure_spec".
std::string LowerSnake(const std::string& camel) {
  std::string snake;
  for (const char c : camel) {
    if (std::isupper(static_cast<unsigned char>(c)) && !snake.empty()) snake += '_';
    snake += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return snake;
}

// The checks of one rpc.
class MethodCheck {
 public:
  MethodCheck(const MethodDescriptor& method, Complaints& complaints)
      : method_(method),
        input_(*method.input_type()),
        output_(*method.output_type()),
        complaints_(complaints) {
    const auto upper = [](unsigned char c) { return std::isupper(c) != 0; };
    const std::string& name = method.name();
    const auto verb_end = std::find_if(name.begin() + 1, name.end(), upper);
    verb_.assign(name.begin(), verb_end);
    resource_.assign(verb_end, name.end());
  }

  void Run() {
    if (input_.full_name() != kEmpty && input_.name() != method_.name() + "Request") {
      Complain("takes " + input_.full_name());
    }
    // Browsers cannot send a stream: the one rpc that takes one has unary ones beside it.
    if (method_.client_streaming() != (verb_ == "Drive")) {
      Complain("must take a stream if, and only if, it is a Drive");
    }
    const bool streams =
        verb_ == "Watch" || verb_ == "Export" || verb_ == "Drive" || verb_ == "Explore";
    if (method_.server_streaming() != streams) {
      Complain("must stream if, and only if, it is a Watch, an Export, a Drive or an Explore");
    }
    if (NeedsName()) Need("name", FieldDescriptor::TYPE_STRING, true);
    if (verb_ == "Get") NeedReturns(resource_);
    if (verb_ == "List") CheckList();
    if (verb_ == "Create") CheckCreate();
    if (verb_ == "Delete" && output_.full_name() != kEmpty) Complain("must return Empty");
    if (verb_ == "Run" || verb_ == "Pause" || verb_ == "Cancel") NeedReturns(resource_);
    if (verb_ == "Step") NeedReturns(method_.name() + "Response");
    CheckBehaviors(input_);
  }

 private:
  void Complain(const std::string& what) {
    complaints_.push_back(method_.full_name() + " " + what);
  }

  void Need(const std::string& name, FieldDescriptor::Type type, bool required) {
    const FieldDescriptor* const field = input_.FindFieldByName(name);
    if (field == nullptr || field->type() != type || field->is_repeated()) {
      return Complain("needs a " + std::string(FieldDescriptor::TypeName(type)) + " " + name);
    }
    if (Has(*field, FieldBehavior::REQUIRED) != required) {
      Complain("needs " + name + (required ? " to be REQUIRED" : " not to be REQUIRED"));
    }
  }

  void NeedReturns(const std::string& name) {
    if (output_.name() != name) Complain("must return " + name);
  }

  bool NeedsName() const {
    static const std::set<std::string_view> of_one = {"Delete", "Run",  "Pause",
                                                      "Cancel", "Step", "Watch"};
    // What has no name itself is the only one of its kind.
    const bool gets_one = verb_ == "Get" && output_.FindFieldByName("name") != nullptr;
    return gets_one || of_one.count(verb_) > 0 || input_.FindFieldByName("name") != nullptr;
  }

  void CheckList() {
    NeedReturns(method_.name() + "Response");
    Need("page_size", FieldDescriptor::TYPE_INT32, false);
    Need("page_token", FieldDescriptor::TYPE_STRING, false);
    const FieldDescriptor* const token = output_.FindFieldByName("next_page_token");
    if (token == nullptr || token->type() != FieldDescriptor::TYPE_STRING) {
      Complain("must return a string next_page_token");
    }
    if (output_.field_count() == 0 || !output_.field(0)->is_repeated() ||
        output_.field(0)->name() != LowerSnake(resource_)) {
      Complain("must return " + LowerSnake(resource_) + " first");
    }
  }

  void CheckCreate() {
    NeedReturns(resource_);
    Need(LowerSnake(resource_) + "_id", FieldDescriptor::TYPE_STRING, false);
    Need("request_id", FieldDescriptor::TYPE_STRING, false);
    const bool by_spec = input_.FindFieldByName("spec") != nullptr;
    Need(by_spec ? "spec" : LowerSnake(resource_), FieldDescriptor::TYPE_MESSAGE, true);
  }

  void CheckBehaviors(const Descriptor& message) {
    if (message.file()->package() != input_.file()->package()) return;
    if (message.options().map_entry() || !seen_.insert(&message).second) return;
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      if (field.options().ExtensionSize(google::api::field_behavior) == 0) {
        Complain("takes " + field.full_name() + ", which has no field_behavior");
      }
      if (field.message_type() != nullptr) CheckBehaviors(*field.message_type());
    }
  }

  const MethodDescriptor& method_;
  const Descriptor& input_;
  const Descriptor& output_;
  Complaints& complaints_;
  std::string verb_;      // "Create"
  std::string resource_;  // "Experiment"
  std::set<const Descriptor*> seen_;
};

}  // namespace

void CheckMethods(const FileDescriptor& file, Complaints& complaints) {
  for (int i = 0; i < file.service_count(); ++i) {
    for (int j = 0; j < file.service(i)->method_count(); ++j) {
      MethodCheck(*file.service(i)->method(j), complaints).Run();
    }
  }
}

}  // namespace ipclab
