#include <string>

#include "tests/protos/rules.h"

namespace ipclab {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

bool BeginsOneof(const FieldDescriptor& field) {
  const auto* const oneof = field.real_containing_oneof();
  return oneof != nullptr && oneof->field(0) == &field;
}

void CheckFields(const Descriptor& message, Complaints& complaints) {
  int last = 0;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (field.number() <= last) complaints.push_back(field.full_name() + " does not ascend");
    for (int number = last + 1; number < field.number(); ++number) {
      if (message.IsReservedNumber(number) || BeginsOneof(field)) continue;
      complaints.push_back(field.full_name() + " leaves out number " + std::to_string(number));
    }
    last = field.number();
  }
  for (int i = 0; i < message.reserved_range_count(); ++i) {
    if (message.reserved_range(i)->start < last) continue;
    complaints.push_back(message.full_name() + " reserves what no field had");
  }
}

void CheckValues(const EnumDescriptor& type, Complaints& complaints) {
  for (int i = 1; i < type.value_count(); ++i) {
    const auto& value = *type.value(i);
    const int before = type.value(i - 1)->number();
    if (value.number() <= before) complaints.push_back(value.full_name() + " does not ascend");
    for (int number = before + 1; number < value.number(); ++number) {
      if (type.IsReservedNumber(number)) continue;
      complaints.push_back(value.full_name() + " leaves out number " + std::to_string(number));
    }
  }
}

}  // namespace

void CheckNumbers(const FileDescriptor& file, Complaints& complaints) {
  ForEachMessage(file, [&](const Descriptor& message) { CheckFields(message, complaints); });
  ForEachEnum(file, [&](const EnumDescriptor& type) { CheckValues(type, complaints); });
}

}  // namespace ipclab
