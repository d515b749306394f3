// Names of kernel objects: chosen here, committed before a worker may use them, and removed when
// the experiment has ended, the server was restarted, or the zygote died.
//
// Strand only. Removal is the zygote's work, and is over when it says that the object is gone.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "ipclab/internal/control.pb.h"
#include "server/store.h"
#include "server/zygote.h"

namespace ipclab {

// What names there are at a moment. A value.
struct NamesInUse {
  struct Name {
    StoredIntent intent;
    bool in_use = false;  // until the removal of its experiment's objects was asked for
  };

  std::string instance;  // the tag in all names of this server
  std::vector<Name> names;
};

class Names {
 public:
  Names(Zygote& zygote, std::string instance, std::string run_folder);

  // Chooses one name per kind for the experiment, and tells the zygote to guard them.
  std::vector<StoredIntent> Choose(uint64_t number, const std::string& experiment,
                                   const std::string& uid,
                                   const std::vector<internal::IpcName::Kind>& kinds);

  // The intents of an experiment, those restored included.
  std::vector<StoredIntent> Of(const std::string& experiment) const;

  void Restore(const std::vector<StoredIntent>& intents);

  NamesInUse InUse() const;

  // Has every object of the experiment removed, then calls done with whether all are gone. What is
  // gone is forgotten. Calls done at once when there are none.
  void Remove(uint64_t number, const std::string& experiment, std::function<void(bool)> done);

  // Has objects removed that nobody uses, then calls done with why each is still there; empty where
  // it is gone. What is gone is forgotten.
  void RemoveStrays(std::vector<internal::IpcName> names,
                    std::function<void(std::vector<std::string>)> done);

  // Forgets names that are known to be unused.
  void Forget(uint64_t number, const std::string& experiment);

  void OnReclaimed(const internal::Reclaimed& reclaimed);
  // What was asked of the old zygote is asked of the new one again, guards included.
  void OnZygoteLost();

 private:
  struct Removal {
    std::vector<internal::IpcName> names;
    std::vector<std::string> errors;  // by name
    size_t pending = 0;
    std::function<void(std::vector<std::string>)> done;
  };
  struct Question {
    uint64_t removal;
    size_t name;           // its index
    int zygotes_lost = 0;  // over it
  };

  void Begin(std::vector<internal::IpcName> names,
             std::function<void(std::vector<std::string>)> done);
  void Ask(uint64_t question);
  void Guard(uint64_t number, const std::vector<StoredIntent>& intents);
  void ForgetName(const internal::IpcName& name);

  Zygote& zygote_;
  const std::string instance_;
  const std::string run_folder_;
  std::unordered_map<std::string, std::vector<StoredIntent>> intents_;  // by experiment
  std::set<std::string> in_use_;                                        // experiments
  std::unordered_map<uint64_t, std::vector<StoredIntent>> guarded_;     // by number
  std::unordered_map<uint64_t, Removal> removals_;
  std::unordered_map<uint64_t, Question> questions_;
  uint64_t next_id_ = 1;
};

}  // namespace ipclab
