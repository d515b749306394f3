// A small catalogue: a mechanism for two ends, one that is both ends, one that this host lacks, one
// that any number share, a lock, a lab's own in shared memory, and one that can only block.
#pragma once

#include <string>
#include <vector>

#include "server/catalogue.h"

namespace ipclab {

inline v1::Mechanism& AddMechanism(internal::Hello& hello, const std::string& id,
                                   const std::vector<v1::Pattern::Kind>& patterns) {
  v1::Mechanism& mechanism = *hello.add_mechanisms()->mutable_mechanism();
  mechanism.set_id(id);
  mechanism.set_name("mechanisms/" + id);
  mechanism.set_available(true);
  for (const v1::Pattern::Kind pattern : patterns) mechanism.add_patterns(pattern);
  return mechanism;
}

inline Catalogue TestCatalogue() {
  internal::Hello hello;
  v1::Mechanism& pipe =
      AddMechanism(hello, "pipe",
                   {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM, v1::Pattern::FAN_IN,
                    v1::Pattern::FAN_OUT, v1::Pattern::PIPELINE, v1::Pattern::BROADCAST});
  v1::Option& capacity = *pipe.add_options();
  capacity.set_name("capacity");
  capacity.set_type(v1::Option::INTEGER);
  capacity.set_default_value("65536");
  capacity.set_minimum(4096);
  capacity.set_maximum(1 << 20);
  v1::Option& framing = *pipe.add_options();
  framing.set_name("framing");
  framing.set_type(v1::Option::CHOICE);
  framing.set_default_value("bytes");
  framing.add_choices("bytes");
  framing.add_choices("packets");
  v1::Option& huge = *pipe.add_options();
  huge.set_name("huge");
  huge.set_type(v1::Option::BOOLEAN);
  huge.set_default_value("false");

  AddMechanism(hello, "null", {v1::Pattern::ROUND_TRIP}).set_loopback(true);

  v1::Mechanism& queue = AddMechanism(hello, "posix_mq", {v1::Pattern::STREAM});
  queue.set_available(false);
  queue.set_unavailable_reason("mount /dev/mqueue");
  queue.set_max_message_bytes(8192);
  queue.set_max_message_changed_by("fs.mqueue.msgsize_max");
  hello.mutable_mechanisms(2)->add_name_kinds(internal::IpcName::POSIX_MQ);

  v1::Mechanism& shared = AddMechanism(
      hello, "mailbox", {v1::Pattern::STREAM, v1::Pattern::FAN_IN, v1::Pattern::FAN_OUT});
  shared.set_sharing(v1::Mechanism::MANY_TO_MANY);
  shared.set_max_shared_message_bytes(4096);

  AddMechanism(hello, "mutex", {v1::Pattern::CONTENTION}).set_sharing(v1::Mechanism::MANY_TO_MANY);

  v1::Mechanism& ring = AddMechanism(hello, "ring", {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM});
  ring.set_model(v1::Mechanism::SHARED_MEMORY);
  ring.set_interface(v1::Mechanism::LAB);
  hello.mutable_mechanisms(hello.mechanisms_size() - 1)->set_fast(true);

  AddMechanism(hello, "signal", {v1::Pattern::HAND_OFF, v1::Pattern::NOTIFY}).set_only_blocks(true);
  return Catalogue(hello);
}

}  // namespace ipclab
