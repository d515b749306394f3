#include <algorithm>
#include <cctype>
#include <string_view>

#include "tests/protos/rules.h"

namespace ipclab {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::SourceLocation;

std::string_view Trimmed(std::string_view text) {
  constexpr char kSpace[] = " \n\t";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// A sentence may begin with a quotation or with a name from elsewhere: p50, shm_open.
bool BeginsWell(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (std::isupper(first) || first == '"') return true;
  const std::string_view word = text.substr(0, text.find_first_of(" ,.;:"));
  return std::any_of(word.begin(), word.end(),
                     [](unsigned char c) { return std::isdigit(c) || c == '_'; });
}

void CheckComment(const SourceLocation& location, const std::string& name, Complaints& complaints) {
  const std::string_view comment = Trimmed(location.leading_comments);
  if (comment.empty()) {
    complaints.push_back(name + " has no comment");
  } else if (!BeginsWell(comment) || comment.back() != '.') {
    complaints.push_back(name + " has a comment that is no sentence: " + std::string(comment));
  }
}

template <class Element>
void CheckElement(const Element& element, Complaints& complaints) {
  SourceLocation location;
  element.GetSourceLocation(&location);
  CheckComment(location, element.full_name(), complaints);
}

void CheckMessage(const Descriptor& message, Complaints& complaints) {
  CheckElement(message, complaints);
  for (int i = 0; i < message.field_count(); ++i) CheckElement(*message.field(i), complaints);
  for (int i = 0; i < message.real_oneof_decl_count(); ++i) {
    CheckElement(*message.oneof_decl(i), complaints);
  }
}

void CheckEnum(const EnumDescriptor& type, Complaints& complaints) {
  CheckElement(type, complaints);
  for (int i = 0; i < type.value_count(); ++i) CheckElement(*type.value(i), complaints);
}

}  // namespace

void CheckComments(const FileDescriptor& file, Complaints& complaints) {
  SourceLocation syntax;
  file.GetSourceLocation({google::protobuf::FileDescriptorProto::kSyntaxFieldNumber}, &syntax);
  CheckComment(syntax, file.name(), complaints);
  ForEachMessage(file, [&](const Descriptor& message) { CheckMessage(message, complaints); });
  ForEachEnum(file, [&](const EnumDescriptor& type) { CheckEnum(type, complaints); });
  for (int i = 0; i < file.service_count(); ++i) {
    const auto& service = *file.service(i);
    CheckElement(service, complaints);
    for (int j = 0; j < service.method_count(); ++j) CheckElement(*service.method(j), complaints);
  }
}

}  // namespace ipclab
