// Mechanisms behind objects of programs, as a test wants them: a few of each kind, one that this
// host lacks.
#pragma once

#include <string>

#include "server/catalogue.h"
#include "tests/server/test_catalogue.h"

namespace ipclab {

inline Catalogue ProgramMechanisms() {
  using Kind = v1::ProgramObject;
  internal::Hello hello;
  const auto add = [&](const std::string& id, v1::ProgramObject::Kind kind) -> v1::Mechanism& {
    v1::Mechanism& mechanism = AddMechanism(hello, id, {});
    mechanism.add_carries(kind);
    return mechanism;
  };
  add("posix_shm", Kind::CELLS).set_program_view("the memory");
  hello.mutable_mechanisms(0)->add_object_name_kinds(internal::IpcName::POSIX_SHM);
  add("sysv_shm", Kind::CELLS);
  v1::Mechanism& mutex = add("mutex", Kind::MUTEX);
  mutex.set_program_view_absent("a pthread object tells nothing");
  v1::Option& kind = *mutex.add_options();
  kind.set_name("kind");
  kind.set_type(v1::Option::CHOICE);
  kind.set_default_value("normal");
  kind.add_choices("normal");
  kind.add_choices("errorcheck");
  add("rwlock", Kind::RWLOCK);
  add("posix_sem_unnamed", Kind::SEMAPHORE).set_program_view("sem_getvalue");
  v1::Mechanism& lacking = add("sysv_sem", Kind::SEMAPHORE);
  lacking.set_available(false);
  lacking.set_unavailable_reason("there is no semget");
  v1::Option& undo = *lacking.add_options();
  undo.set_name("undo");
  undo.set_type(v1::Option::BOOLEAN);
  undo.set_default_value("false");
  v1::Mechanism& pipe = add("pipe", Kind::CHANNEL);
  pipe.set_sharing(v1::Mechanism::ONE_TO_ONE);
  pipe.set_discipline(v1::Mechanism::IN_ORDER);
  v1::Mechanism& posix_mq = add("posix_mq", Kind::CHANNEL);
  posix_mq.set_sharing(v1::Mechanism::MANY_TO_MANY);
  posix_mq.set_discipline(v1::Mechanism::BY_PRIORITY);
  hello.mutable_mechanisms(hello.mechanisms_size() - 1)
      ->add_name_kinds(internal::IpcName::POSIX_MQ);
  v1::Mechanism& sysv_mq = add("sysv_mq", Kind::CHANNEL);
  sysv_mq.set_sharing(v1::Mechanism::MANY_TO_MANY);
  sysv_mq.set_discipline(v1::Mechanism::BY_TYPE);
  return Catalogue(hello);
}

}  // namespace ipclab
