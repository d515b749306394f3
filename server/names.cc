#include "server/names.h"

#include <utility>

#include "common/ipc_name.h"
#include "spdlog/spdlog.h"

namespace ipclab {

namespace {

constexpr int kMostZygotes = 2;  // that may be lost over one question

}  // namespace

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
  in_use_.insert(experiment);
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

NamesInUse Names::InUse() const {
  NamesInUse all{instance_, {}};
  for (const auto& [experiment, intents] : intents_) {
    const bool in_use = in_use_.count(experiment) > 0;
    for (const StoredIntent& intent : intents) all.names.push_back({intent, in_use});
  }
  return all;
}

void Names::Remove(uint64_t number, const std::string& experiment, std::function<void(bool)> done) {
  in_use_.erase(experiment);
  std::vector<internal::IpcName> names;
  for (const StoredIntent& intent : Of(experiment)) names.push_back(intent.name);
  if (names.empty()) return done(true);
  Begin(names, [this, number, experiment, names,
                done = std::move(done)](const std::vector<std::string>& errors) {
    bool all_gone = true;
    for (size_t i = 0; i < errors.size(); ++i) {
      if (errors[i].empty()) continue;
      all_gone = false;
      spdlog::error("{} of {} is still there: {}", names[i].name(), experiment, errors[i]);
    }
    if (all_gone) Forget(number, experiment);
    done(all_gone);
  });
}

void Names::RemoveStrays(std::vector<internal::IpcName> names,
                         std::function<void(std::vector<std::string>)> done) {
  if (names.empty()) return done({});
  Begin(names, [this, names, done = std::move(done)](std::vector<std::string> errors) {
    for (size_t i = 0; i < errors.size(); ++i) {
      if (errors[i].empty()) ForgetName(names[i]);
    }
    done(std::move(errors));
  });
}

void Names::Begin(std::vector<internal::IpcName> names,
                  std::function<void(std::vector<std::string>)> done) {
  const uint64_t id = next_id_++;
  const size_t count = names.size();
  removals_.emplace(
      id, Removal{std::move(names), std::vector<std::string>(count), count, std::move(done)});
  for (size_t i = 0; i < count; ++i) {
    const uint64_t question = next_id_++;
    questions_.emplace(question, Question{id, i});
    Ask(question);
  }
}

void Names::Forget(uint64_t number, const std::string& experiment) {
  in_use_.erase(experiment);
  if (intents_.erase(experiment) == 0) return;
  Guard(number, {});
}

// Of an experiment whose names could not all be removed at its end.
void Names::ForgetName(const internal::IpcName& name) {
  const auto is_it = [&name](const StoredIntent& intent) {
    return intent.name.kind() == name.kind() && intent.name.name() == name.name();
  };
  for (auto& [experiment, intents] : intents_) std::erase_if(intents, is_it);
  std::erase_if(intents_, [](const auto& entry) { return entry.second.empty(); });
  for (auto [number, intents] : std::unordered_map(guarded_)) {
    if (std::erase_if(intents, is_it) > 0) Guard(number, intents);
  }
}

void Names::Ask(uint64_t question) {
  internal::ToZygote message;
  message.mutable_reclaim()->set_request(question);
  const Question& asked = questions_.at(question);
  *message.mutable_reclaim()->mutable_name() = removals_.at(asked.removal).names[asked.name];
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
  const size_t name = question->second.name;
  questions_.erase(question);
  Removal& removal = removals_.at(id);
  removal.errors[name] = reclaimed.error();
  if (--removal.pending > 0) return;
  Removal over = std::move(removal);
  removals_.erase(id);
  over.done(std::move(over.errors));
}

void Names::OnZygoteLost() {
  for (const auto& [number, intents] : std::exchange(guarded_, {})) Guard(number, intents);
  // A question that no zygote survives, as of a file on a dead mount, must not cost every one.
  std::vector<uint64_t> given_up;
  for (auto& [id, question] : questions_) {
    if (++question.zygotes_lost >= kMostZygotes) given_up.push_back(id);
  }
  for (const uint64_t id : given_up) {
    internal::Reclaimed answer;
    answer.set_request(id);
    answer.set_error("the process that was to remove it was lost twice over it");
    OnReclaimed(answer);
  }
  for (const auto& [id, unused] : questions_) Ask(id);
}

}  // namespace ipclab
