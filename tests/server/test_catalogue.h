// A small catalogue: a mechanism that carries everything, one that is both ends, and one that this
// host lacks.
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
  v1::Mechanism& pipe = AddMechanism(hello, "pipe", {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM});
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
  return Catalogue(hello);
}

}  // namespace ipclab
