#include "server/names.h"

#include <utility>

#include "common/ipc_name.h"
#include "spdlog/spdlog.h"

namespace ipclab {

Names::Names(Zygote& zygote, std::string instance, std::string run_folder)
    : zygote_(zygote), instance_(std::move(instance)), run_folder_(std::move(run_folder)) {}

std::vector<StoredIntent> Names::Choose(uint64_t number, const std::string& experiment,
                                        const std::string& uid,
                                        const std::vector<internal::IpcName::Kind>& kinds) {
  constexpr size_t kTag = 8;
  std::vector<StoredIntent> chosen;
  for (size_t i = 0; i < kinds.size(); ++i) {
    chosen.push_back({experiment, MakeIpcName(kinds[i], instance_, uid.substr(0, kTag),
                                              static_cast<int>(i), run_folder_)});
  }
  if (chosen.empty()) return chosen;
  intents_[experiment] = chosen;
  Guard(number, chosen);
  return chosen;
}

std::vector<StoredIntent> Names::Of(const std::string& experiment) const {
  const auto found = intents_.find(experiment);
  return found == intents_.end() ? std::vector<StoredIntent>() : found->second;
}

void Names::Restore(const std::vector<StoredIntent>& intents) {
  for (const StoredIntent& intent : intents) intents_[intent.experiment].push_back(intent);
}

void Names::Remove(uint64_t number, const std::string& experiment, std::function<void(bool)> done) {
  const std::vector<StoredIntent> intents = Of(experiment);
  if (intents.empty()) return done(true);
  const uint64_t id = next_id_++;
  removals_.emplace(id, Removal{number, experiment, std::move(done), intents.size()});
  for (const StoredIntent& intent : intents) {
    const uint64_t question = next_id_++;
    questions_.emplace(question, Question{id, intent.name});
    Ask(question);
  }
}

void Names::Forget(uint64_t number, const std::string& experiment) {
  if (intents_.erase(experiment) == 0) return;
  Guard(number, {});
}

void Names::Ask(uint64_t question) {
  internal::ToZygote message;
  message.mutable_reclaim()->set_request(question);
  *message.mutable_reclaim()->mutable_name() = questions_.at(question).name;
  zygote_.Send(message);
}

void Names::Guard(uint64_t number, const std::vector<StoredIntent>& intents) {
  internal::ToZygote message;
  message.mutable_guard()->set_experiment(number);
  for (const StoredIntent& intent : intents) {
    *message.mutable_guard()->add_names() = intent.name;
  }
  zygote_.Send(message);
  if (intents.empty()) {
    guarded_.erase(number);
  } else {
    guarded_[number] = intents;
  }
}

void Names::OnReclaimed(const internal::Reclaimed& reclaimed) {
  const auto question = questions_.find(reclaimed.request());
  if (question == questions_.end()) return;
  const uint64_t id = question->second.removal;
  const internal::IpcName name = question->second.name;
  questions_.erase(question);
  Removal& removal = removals_.at(id);
  if (!reclaimed.error().empty()) {
    removal.all_gone = false;
    spdlog::error("{} of {} is still there: {}", name.name(), removal.experiment,
                  reclaimed.error());
  }
  if (--removal.pending > 0) return;
  const Removal over = std::move(removal);
  removals_.erase(id);
  if (over.all_gone) Forget(over.number, over.experiment);
  over.done(over.all_gone);
}

void Names::OnZygoteLost() {
  for (const auto& [number, intents] : std::exchange(guarded_, {})) Guard(number, intents);
  for (const auto& [question, unused] : questions_) Ask(question);
}

}  // namespace ipclab
