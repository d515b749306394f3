#include "server/program/object_mechanisms.h"

#include <algorithm>
#include <bit>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/pages.h"
#include "common/program/semaphore_maximum.h"
#include "server/errors.h"
#include "server/program/object_links.h"
#include "server/validate_options.h"

namespace ipclab {
namespace {

std::string WhoCarries(const Catalogue& catalogue, ObjectKind kind) {
  std::vector<std::string> ids;
  for (const internal::MechanismRecord& record : catalogue.records()) {
    if (Carries(record.mechanism(), kind)) ids.push_back(record.mechanism().id());
  }
  return ids.empty() ? "none" : absl::StrJoin(ids, ", ");
}

Discipline DisciplineOf(const v1::Mechanism& mechanism) {
  if (mechanism.discipline() == v1::Mechanism::BY_PRIORITY) return Discipline::kByPriority;
  if (mechanism.discipline() == v1::Mechanism::BY_TYPE) return Discipline::kByType;
  return Discipline::kInOrder;
}

class MechanismCheck {
 public:
  MechanismCheck(v1::ProgramSpec& spec, const Catalogue& catalogue, ProgramPlan& plan,
                 Complaints& complaints)
      : given_(spec.mechanisms().begin(), spec.mechanisms().end()),
        spec_(spec),
        catalogue_(catalogue),
        plan_(plan),
        complaints_(complaints),
        uses_(ChannelUses(plan.program)) {}

  void Run() {
    CheckKeys();
    plan_.objects.resize(plan_.program.objects.size());
    for (size_t i = 0; i < plan_.objects.size(); ++i) {
      if (HasMechanism(plan_.program.objects[i].kind)) Check(i);
    }
    plan_.links = LinksOf(plan_.program);
    std::string too_many = TooManyLinks(plan_.links);
    if (!too_many.empty()) complaints_.Wrong("spec.program", std::move(too_many));
    Echo();
  }

 private:
  // Said of one of them, all of an array of which nothing else is said.
  void CheckKeys() {
    for (const auto& [name, mechanism] : given_) {
      const auto is_it = [&name = name](const ProgramObject& each) {
        return each.name == name || each.array == name;
      };
      const auto found = std::ranges::find_if(plan_.program.objects, is_it);
      if (found == plan_.program.objects.end()) {
        std::set<std::string> names;
        for (const ProgramObject& each : plan_.program.objects) {
          if (HasMechanism(each.kind)) names.insert(each.array);
        }
        Wrong(name, absl::StrCat("the program has no object of that name; it has ",
                                 names.empty() ? "none" : absl::StrJoin(names, ", ")));
      } else if (!HasMechanism(found->kind)) {
        Wrong(name, absl::StrCat("a ", KindWord(found->kind),
                                 " is the lab's own, and no mechanism is behind it"));
      }
    }
  }

  void Check(size_t index) {
    ProgramObject& object = plan_.program.objects[index];
    ObjectPlan& plan = plan_.objects[index];
    const auto [field, mechanism] = Wanted(object);
    plan.mechanism = mechanism;
    const std::string& id = plan.mechanism.mechanism();
    plan.record = catalogue_.Find(id);
    if (plan.record == nullptr) {
      return Once(field,
                  absl::StrCat("there is no mechanism ", Quoted(id), "; a ", KindWord(object.kind),
                               " can be over ", WhoCarries(catalogue_, object.kind)));
    }
    const v1::Mechanism& found = plan.record->mechanism();
    if (!Carries(found, object.kind)) {
      return Once(field, absl::StrCat(id, " cannot carry a ", KindWord(object.kind), "; there are ",
                                      WhoCarries(catalogue_, object.kind)));
    }
    if (!found.available() && lacking_.insert(id).second) {
      complaints_.Lacks(
          "MECHANISM_UNAVAILABLE", found.name(),
          absl::StrCat(id, " cannot be used on this host: ", found.unavailable_reason()));
    }
    if (object.kind == ObjectKind::kChannel) CheckChannel(field, object, found, uses_[index]);
    CheckOptions(*plan.mechanism.mutable_options(), absl::StrCat(field, ".options"), found,
                 checked_.insert(field).second ? complaints_ : said_already_);
    if (object.kind == ObjectKind::kSemaphore) CheckSemaphore(field, object, plan);
    object.discipline = DisciplineOf(found);
    const auto kind = plan.mechanism.options().find("kind");
    object.error_checking = kind != plan.mechanism.options().end() && kind->second == "errorcheck";
  }

  // What is asked for, and where that stands.
  std::pair<std::string, v1::ObjectMechanism> Wanted(const ProgramObject& object) const {
    for (const std::string& name : {object.name, object.array}) {
      const auto found = given_.find(name);
      if (found == given_.end()) continue;
      v1::ObjectMechanism mechanism = found->second;
      if (mechanism.mechanism().empty()) mechanism.set_mechanism(DefaultMechanism(object));
      return {FieldOf(name), mechanism};
    }
    v1::ObjectMechanism mechanism;
    mechanism.set_mechanism(DefaultMechanism(object));
    return {FieldOf(object.array), mechanism};
  }

  void CheckChannel(const std::string& field, const ProgramObject& object,
                    const v1::Mechanism& mechanism, const ChannelUse& use) {
    const std::string& id = mechanism.id();
    if (use.by_type && mechanism.discipline() != v1::Mechanism::BY_TYPE) {
      Once(field, absl::StrCat(object.name, " is received from by type, which ", id,
                               " cannot: choose one of discipline BY_TYPE"));
    }
    const uint32_t senders = use.senders == 0 ? 1 : use.senders;
    const uint32_t receivers = use.receivers == 0 ? 1 : use.receivers;
    const bool pair =
        std::popcount(senders) == 1 && std::popcount(receivers) == 1 && senders != receivers;
    if (mechanism.sharing() == v1::Mechanism::MANY_TO_MANY || pair) return;
    Once(field, absl::StrCat(id, " joins one sender and one receiver; ", std::popcount(use.senders),
                             " may send into ", object.name, " and ", std::popcount(use.receivers),
                             " may receive from it: choose one that many can share"));
  }

  void CheckSemaphore(const std::string& field, ProgramObject& object, const ObjectPlan& plan) {
    const std::string& id = plan.mechanism.mechanism();
    object.most = SemaphoreMaximum(id);
    if (!object.initial.empty() && object.initial.front() > object.most) {
      Once(field, absl::StrCat("a semaphore over ", id, " counts from 0 to ", object.most,
                               ", and cannot begin with ", object.initial.front(),
                               ": choose another mechanism"));
    }
    const auto undo = plan.mechanism.options().find("undo");
    if (undo != plan.mechanism.options().end() && undo->second == "true") {
      Once(absl::StrCat(field, ".options[\"undo\"]"),
           "undo is for CONTENTION: it would take notifications back");
    }
  }

  // An array's elements are alike if nobody said otherwise.
  void Echo() {
    auto& echo = *spec_.mutable_mechanisms();
    echo.clear();
    std::map<std::string, std::set<std::string>> of_arrays;
    for (size_t i = 0; i < plan_.objects.size(); ++i) {
      of_arrays[plan_.program.objects[i].array].insert(Text(plan_.objects[i].mechanism));
    }
    for (size_t i = 0; i < plan_.objects.size(); ++i) {
      const ProgramObject& object = plan_.program.objects[i];
      if (!HasMechanism(object.kind)) continue;
      const bool alike = of_arrays[object.array].size() == 1;
      echo[alike ? object.array : object.name] = plan_.objects[i].mechanism;
    }
  }

  static std::string Text(const v1::ObjectMechanism& mechanism) {
    std::map<std::string, std::string> options(mechanism.options().begin(),
                                               mechanism.options().end());
    return absl::StrCat(mechanism.mechanism(), " ",
                        absl::StrJoin(options, " ", absl::PairFormatter("=")));
  }

  static std::string FieldOf(const std::string& name) {
    return absl::StrCat("spec.program.mechanisms[", Quoted(name), "]");
  }
  void Wrong(const std::string& name, std::string description) {
    complaints_.Wrong(FieldOf(name), std::move(description));
  }
  // All of an array have it wrong in the same way.
  void Once(const std::string& field, std::string description) {
    if (said_.insert(absl::StrCat(field, "\n", description)).second) {
      complaints_.Wrong(field, std::move(description));
    }
  }

  const std::map<std::string, v1::ObjectMechanism> given_;
  v1::ProgramSpec& spec_;
  const Catalogue& catalogue_;
  ProgramPlan& plan_;
  Complaints& complaints_;
  const std::vector<ChannelUse> uses_;
  std::set<std::string> said_;
  std::set<std::string> lacking_;
  std::set<std::string> checked_;
  Complaints said_already_;
};

}  // namespace

v1::ProgramObject::Kind KindOf(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kCells:
      return v1::ProgramObject::CELLS;
    case ObjectKind::kMutex:
      return v1::ProgramObject::MUTEX;
    case ObjectKind::kSemaphore:
      return v1::ProgramObject::SEMAPHORE;
    case ObjectKind::kCondition:
      return v1::ProgramObject::CONDITION;
    case ObjectKind::kRwLock:
      return v1::ProgramObject::RWLOCK;
    case ObjectKind::kBarrier:
      return v1::ProgramObject::BARRIER;
    case ObjectKind::kChannel:
      return v1::ProgramObject::CHANNEL;
    case ObjectKind::kCritical:
      return v1::ProgramObject::CRITICAL;
  }
  return v1::ProgramObject::KIND_UNSPECIFIED;
}

std::string KindWord(ObjectKind kind) {
  if (kind == ObjectKind::kCells) return "shared cell";
  return absl::AsciiStrToLower(v1::ProgramObject::Kind_Name(KindOf(kind)));
}

std::string DefaultMechanism(const ProgramObject& object) {
  if (!object.mechanism.empty()) return object.mechanism;
  switch (object.kind) {
    case ObjectKind::kCells:
      return "posix_shm";
    case ObjectKind::kMutex:
      return "mutex";
    case ObjectKind::kSemaphore:
      return "posix_sem_unnamed";
    case ObjectKind::kRwLock:
      return "rwlock";
    case ObjectKind::kChannel:
      return "pipe";
    default:
      return "";
  }
}

bool Carries(const v1::Mechanism& mechanism, ObjectKind kind) {
  return std::ranges::find(mechanism.carries(), static_cast<int>(KindOf(kind))) !=
         mechanism.carries().end();
}

void CheckMechanisms(v1::ProgramSpec& spec, const Catalogue& catalogue, ProgramPlan& plan,
                     Complaints& complaints) {
  MechanismCheck(spec, catalogue, plan, complaints).Run();
}

}  // namespace ipclab
