// What our protos have to keep to, as functions over descriptors: each adds a line to complaints
// for everything that breaks its rules. Pure, so that tests can show each one a bad file.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace ipclab {

using Complaints = std::vector<std::string>;

// The file, and every message, field, oneof, enum, value, service and rpc in it, begins with a
// comment that is a sentence. The pool must hold source info.
void CheckComments(const google::protobuf::FileDescriptor& file, Complaints& complaints);

// Packages and imports follow the folder, and every name has the form of its kind; an enum's zero
// is <NAME>_UNSPECIFIED.
void CheckNames(const google::protobuf::FileDescriptor& file, Complaints& complaints);

// Numbers ascend in the order of declaration. A gap is reserved, or leaves room before a oneof; and
// nothing is reserved that no field ever had.
void CheckNumbers(const google::protobuf::FileDescriptor& file, Complaints& complaints);

// Requests and responses have the shapes of the standard methods, and every field of a request, at
// any depth, says whether it is required.
void CheckMethods(const google::protobuf::FileDescriptor& file, Complaints& complaints);

// The message, and those nested in it.
template <class Visit>
void ForEachMessageIn(const google::protobuf::Descriptor& message, const Visit& visit) {
  if (message.options().map_entry()) return;
  visit(message);
  for (int i = 0; i < message.nested_type_count(); ++i) {
    ForEachMessageIn(*message.nested_type(i), visit);
  }
}

// Calls visit for every message of the file, nested ones included, but not for map entries.
template <class Visit>
void ForEachMessage(const google::protobuf::FileDescriptor& file, const Visit& visit) {
  for (int i = 0; i < file.message_type_count(); ++i) {
    ForEachMessageIn(*file.message_type(i), visit);
  }
}

// The same for every enum.
template <class Visit>
void ForEachEnum(const google::protobuf::FileDescriptor& file, const Visit& visit) {
  for (int i = 0; i < file.enum_type_count(); ++i) visit(*file.enum_type(i));
  ForEachMessage(file, [&](const google::protobuf::Descriptor& message) {
    for (int i = 0; i < message.enum_type_count(); ++i) visit(*message.enum_type(i));
  });
}

}  // namespace ipclab
