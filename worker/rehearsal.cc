#include "worker/rehearsal.h"

#include <utility>
#include <vector>

#include "common/mapping.h"
#include "common/message_socket.h"
#include "common/pages.h"
#include "ipclab/internal/control.pb.h"

namespace ipclab {
namespace {

internal::Spawn MadeUpSpawn() {
  internal::Spawn spawn;
  spawn.set_experiment(1);
  for (int i = 0; i < 2; ++i) {
    internal::WorkerSetup& worker = *spawn.add_workers();
    worker.set_index(i);
    worker.set_role(internal::RESPONDER);
    worker.set_cpu(i);
    worker.mutable_measure()->set_mechanism("rehearsal");
    worker.mutable_measure()->set_message_bytes(64);
    worker.mutable_measure()->set_messages(1000);
    worker.add_links()->set_host(i == 0);
  }
  return spawn;
}

// Through the kernel and back, as between two processes.
template <typename Message>
bool Pass(const Message& message, std::pair<MessageSocket, MessageSocket>& ends,
          std::vector<UniqueFd>& descriptors, Message& received) {
  std::vector<int> fds;
  for (const UniqueFd& descriptor : descriptors) fds.push_back(descriptor.get());
  if (!ends.first.Send(message, fds).ok()) return false;
  auto answer = ends.second.ReceiveBlocking();
  if (!answer.ok() || !answer->Parse(received).ok()) return false;
  descriptors = std::move(answer->descriptors);
  return true;
}

}  // namespace

void Rehearse() {
  auto ends = MessageSocket::Pair();
  auto pages = CreateMemoryFile("ipclab-rehearsal", PagesBytes(2));
  if (!ends.ok() || !pages.ok()) return;
  std::vector<UniqueFd> descriptors;
  internal::ToZygote command;
  *command.mutable_spawn() = MadeUpSpawn();
  if (!Pass(command, *ends, descriptors, command)) return;

  descriptors.push_back(*std::move(pages));
  internal::ToWorker to_worker;
  *to_worker.mutable_setup() = command.spawn().workers(0);
  if (!Pass(to_worker, *ends, descriptors, to_worker) || descriptors.empty()) return;
  const auto mapping = Mapping::Shared(descriptors.front().get(), PagesBytes(1));
  internal::FromWorker from_worker;
  from_worker.mutable_ready()->add_offers()->set_descriptors(1);
  if (!mapping.ok() || !Pass(from_worker, *ends, descriptors, from_worker)) return;

  internal::FromZygote from_zygote;
  from_zygote.mutable_spawned()->add_pids(1);
  Pass(from_zygote, *ends, descriptors, from_zygote);
}

}  // namespace ipclab
