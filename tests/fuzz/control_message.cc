// Whatever a broken worker or zygote sends, decoding it is a Status and never a crash.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/message_socket.h"
#include "ipclab/internal/control.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using ipclab::MessageSocket;
  namespace internal = ipclab::internal;
  MessageSocket::Received received;
  received.bytes.assign(reinterpret_cast<const char*>(data), size);
  internal::FromWorker from_worker;
  internal::FromZygote from_zygote;
  internal::ToWorker to_worker;
  internal::ToZygote to_zygote;
  google::protobuf::MessageLite* const messages[] = {&from_worker, &from_zygote, &to_worker,
                                                     &to_zygote};
  for (google::protobuf::MessageLite* const message : messages) {
    if (!received.Parse(*message).ok()) continue;
    // What was understood can be said again.
    std::string again;
    if (!message->SerializeToString(&again)) std::abort();
  }
  return 0;
}
