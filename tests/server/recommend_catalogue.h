// The facts of real mechanisms, as far as recommendations look at them.
#pragma once

#include <string>
#include <vector>

#include "tests/server/test_catalogue.h"

namespace ipclab {

inline v1::Mechanism& AddPath(internal::Hello& hello, const std::string& id,
                              v1::Mechanism::Family family, v1::Mechanism::Scope scope) {
  using v1::Pattern;
  v1::Mechanism& mechanism = AddMechanism(hello, id,
                                          {Pattern::ROUND_TRIP, Pattern::STREAM, Pattern::FAN_IN,
                                           Pattern::FAN_OUT, Pattern::BROADCAST});
  mechanism.set_family(family);
  mechanism.set_scope(scope);
  mechanism.set_keeps_borders(family == v1::Mechanism::MESSAGE);
  mechanism.set_model(v1::Mechanism::MESSAGE_PASSING);
  mechanism.set_interface(v1::Mechanism::POSIX);
  mechanism.set_direction(v1::Mechanism::ONE_WAY);
  mechanism.set_sharing(v1::Mechanism::ONE_TO_ONE);
  mechanism.set_persistence(v1::Mechanism::PROCESS);
  mechanism.set_peer_loss(v1::Mechanism::NOTICED);
  return mechanism;
}

inline void AddSocket(internal::Hello& hello, const std::string& id, v1::Mechanism::Family family,
                      v1::Mechanism::Scope scope) {
  v1::Mechanism& socket = AddPath(hello, id, family, scope);
  socket.set_interface(v1::Mechanism::BSD);
  socket.set_direction(v1::Mechanism::TWO_WAYS);
}

// pipe, fifo, posix_mq (8 KiB at most), unix_stream, tcp, udp (lossy), ring in shared memory, a
// queue of the kernel that is not there (absent_mq), null and mutex.
inline Catalogue RecommendCatalogue() {
  using M = v1::Mechanism;
  internal::Hello hello;
  M& pipe = AddPath(hello, "pipe", M::STREAM, M::RELATED_PROCESSES);
  pipe.set_sharing(M::MANY_TO_MANY);
  pipe.set_max_shared_message_bytes(4096);
  AddPath(hello, "fifo", M::STREAM, M::SAME_HOST).set_sharing(M::MANY_TO_MANY);
  M& queue = AddPath(hello, "posix_mq", M::MESSAGE, M::SAME_HOST);
  queue.set_sharing(M::MANY_TO_MANY);
  queue.set_persistence(M::KERNEL);
  queue.set_peer_loss(M::UNNOTICED);
  queue.set_max_message_bytes(8192);
  queue.set_max_message_changed_by("/proc/sys/fs/mqueue/msgsize_max");
  AddSocket(hello, "unix_stream", M::STREAM, M::SAME_HOST);
  AddSocket(hello, "tcp", M::STREAM, M::NETWORK);
  AddSocket(hello, "udp", M::MESSAGE, M::NETWORK);
  hello.mutable_mechanisms(hello.mechanisms_size() - 1)->mutable_mechanism()->set_lossy(true);
  M& ring = AddPath(hello, "ring", M::MESSAGE, M::SAME_HOST);
  ring.set_model(M::SHARED_MEMORY);
  ring.set_persistence(M::KERNEL);
  ring.set_peer_loss(M::NOTICED_ON_CLOSE);
  M& absent = AddPath(hello, "absent_mq", M::MESSAGE, M::SAME_HOST);
  absent.set_available(false);
  absent.set_unavailable_reason("its module is not loaded: modprobe it");
  AddPath(hello, "null", M::MESSAGE, M::RELATED_PROCESSES).set_loopback(true);
  M& mutex = AddMechanism(hello, "mutex", {v1::Pattern::CONTENTION});
  mutex.set_family(M::SYNC);
  mutex.set_direction(M::NO_DATA);
  return Catalogue(hello);
}

}  // namespace ipclab
