#include "worker/program/objects.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/ipc_name.h"
#include "common/pages.h"
#include "common/program/semaphore_maximum.h"

namespace ipclab {
namespace {

size_t BytesOf(const ProgramObject& cells) {
  return RoundToPages(static_cast<size_t>(cells.size) * sizeof(int64_t));
}

Discipline DisciplineOf(const Mechanism& mechanism) {
  switch (mechanism.program.discipline) {
    case v1::Mechanism::BY_PRIORITY:
      return Discipline::kByPriority;
    case v1::Mechanism::BY_TYPE:
      return Discipline::kByType;
    default:
      return Discipline::kInOrder;
  }
}

// Whether the kernel tells how it stands, in what the mirror can be compared with.
bool IsSeen(const ObjectEnd& end) {
  if (end.mechanism == nullptr || end.mechanism->program.view.empty()) return false;
  if (end.cells.data() != nullptr || end.semaphore) return true;
  if (end.lock) return end.lock->IsHeld().ok();
  return (end.receiver || end.mechanism->program.is_seen_by_senders) && end.channel().Depth().ok();
}

bool IsChannel(const ProgramObject& object) { return object.kind == ObjectKind::kChannel; }

// Of the kinds that host and join as one: the part of what was hosted that is the worker's end.
template <typename Hosted, typename Part, typename End>
absl::StatusOr<ChannelOffer> Keep(absl::StatusOr<Hosted> hosted, Part Hosted::*part, End& end) {
  if (!hosted.ok()) return hosted.status();
  end = std::move((*hosted).*part);
  return std::move(hosted->offer);
}

template <typename Joined, typename End>
absl::Status Keep(absl::StatusOr<Joined> joined, End& end) {
  if (!joined.ok()) return joined.status();
  end = *std::move(joined);
  return absl::OkStatus();
}

absl::Status NoSuchObject(std::string_view what) {
  return absl::UnimplementedError(absl::StrCat("it carries no ", std::string(what)));
}

}  // namespace

Objects::Objects(const internal::WorkerSetup& setup, const Program& program,
                 std::span<const Mechanism* const> mechanisms)
    : setup_(setup), program_(program), mechanisms_(mechanisms), ends_(program.objects.size()) {
  for (const internal::LinkSetup& link : setup.links()) links_.push_back({link});
  missing_ = static_cast<int>(links_.size());
}

absl::StatusOr<std::vector<internal::Offer>> Objects::Host(std::span<Binding> bindings,
                                                           std::vector<UniqueFd>& descriptors) {
  std::vector<internal::Offer> offers;
  for (Link& link : links_) {
    if (!link.setup.host()) continue;
    absl::StatusOr<ChannelOffer> made = Make(link);
    if (!made.ok()) return Failure("make", link, made.status());
    const int object = link.setup.object().object();
    (*this)[object].is_seen = IsSeen((*this)[object]);
    bindings[static_cast<size_t>(object)] = BindingOf(link, *(*this)[object].mechanism);
    internal::Offer& offer = offers.emplace_back();
    offer.set_link(link.setup.link());
    offer.set_offer(std::move(made->bytes));
    offer.set_descriptors(static_cast<int>(made->descriptors.size()));
    std::ranges::move(made->descriptors, std::back_inserter(descriptors));
  }
  return offers;
}

absl::Status Objects::Join(const internal::Join& join, std::vector<UniqueFd> descriptors) {
  const auto link = std::ranges::find_if(links_, [&](const Link& candidate) {
    return candidate.setup.link() == join.link() && !candidate.setup.host() && !candidate.made;
  });
  if (link == links_.end()) {
    return absl::FailedPreconditionError(
        absl::StrCat("join link ", join.link(), ": it is not there to be joined"));
  }
  const absl::Status made = Make(*link, {join.offer(), std::move(descriptors)});
  return made.ok() ? made : Failure("join", *link, made);
}

absl::Status Objects::Connect() {
  for (const Link& link : links_) {
    const ObjectEnd& end = (*this)[link.setup.object().object()];
    absl::Status status;
    if (end.semaphore) {
      status = end.semaphore->Connect();
    } else if (end.lock) {
      status = end.lock->Connect();
    } else if (IsChannel(ObjectOf(link))) {
      status = (link.setup.sends() ? end.sender : end.receiver)->Connect();
    } else if (link.setup.host()) {
      for (const internal::IpcName& name : link.setup.names()) {
        status.Update(UnlinkIpcObject(name));
      }
    }
    if (!status.ok()) return Failure("connect", link, status);
  }
  for (ObjectEnd& end : ends_) end.is_seen = IsSeen(end);
  return absl::OkStatus();
}

const ProgramObject& Objects::ObjectOf(const Link& link) const {
  return program_.objects[static_cast<size_t>(link.setup.object().object())];
}

absl::StatusOr<const Mechanism*> Objects::MechanismOf(const Link& link) const {
  const internal::ObjectLink& object = link.setup.object();
  if (object.object() < 0 || object.object() >= static_cast<int>(ends_.size())) {
    return absl::InvalidArgumentError("the program has no such object");
  }
  const Mechanism* const found = FindMechanism(mechanisms_, object.mechanism().mechanism());
  if (found == nullptr) return absl::NotFoundError("there is no such mechanism");
  return found;
}

ChannelSpec Objects::SpecOf(const Link& link) const {
  const ProgramObject& object = ObjectOf(link);
  ChannelSpec spec;
  spec.message_bytes = 0;
  spec.senders = spec.receivers = setup_.crew();
  if (IsChannel(object)) {
    spec.message_bytes = kRecordBytes;
    spec.records = object.size;
    spec.sends = link.setup.sends();
    spec.senders = std::max(link.setup.senders(), 1);
    spec.receivers = std::max(link.setup.receivers(), 1);
  }
  if (object.kind == ObjectKind::kSemaphore && !object.initial.empty()) {
    spec.initial_value = object.initial.front();
  }
  for (const auto& [name, value] : link.setup.object().mechanism().options()) {
    spec.options[name] = value;
  }
  spec.names.assign(link.setup.names().begin(), link.setup.names().end());
  return spec;
}

absl::StatusOr<ChannelOffer> Objects::Make(Link& link) {
  const auto found = MechanismOf(link);
  if (!found.ok()) return found.status();
  const Mechanism& mechanism = **found;
  const ProgramObject& object = ObjectOf(link);
  const ChannelSpec spec = SpecOf(link);
  ObjectEnd& end = (*this)[link.setup.object().object()];
  end.mechanism = &mechanism;
  link.made = true;
  --missing_;
  switch (object.kind) {
    case ObjectKind::kCells: {
      if (mechanism.host_memory == nullptr) return NoSuchObject("cells");
      auto offer =
          Keep(mechanism.host_memory(spec, BytesOf(object)), &HostedMemory::region, end.cells);
      for (int i = 0; offer.ok() && i < static_cast<int>(object.initial.size()); ++i) {
        end.cell(i).store(object.initial[static_cast<size_t>(i)]);
      }
      return offer;
    }
    case ObjectKind::kSemaphore:
      if (mechanism.host_semaphore == nullptr) return NoSuchObject("semaphore");
      return Keep(mechanism.host_semaphore(spec), &HostedSemaphore::semaphore, end.semaphore);
    case ObjectKind::kMutex:
    case ObjectKind::kRwLock:
      if (mechanism.host_lock == nullptr) return NoSuchObject("lock");
      return Keep(mechanism.host_lock(spec), &HostedLock::lock, end.lock);
    case ObjectKind::kChannel:
      if (mechanism.host == nullptr || mechanism.join == nullptr) return NoSuchObject("channel");
      if (spec.shared() && mechanism.facts.sharing != v1::Mechanism::MANY_TO_MANY) {
        return absl::InvalidArgumentError(absl::StrCat(
            "it links one sender with one receiver, and the program has ", spec.senders, " and ",
            spec.receivers, "; take one that any number may share, as pipe or posix_mq"));
      }
      return Keep(mechanism.host(spec), &Hosted::channel, spec.sends ? end.sender : end.receiver);
    default:
      return NoSuchObject("such object: it is the lab's own");
  }
}

absl::Status Objects::Make(Link& link, ChannelOffer offer) {
  const auto found = MechanismOf(link);
  if (!found.ok()) return found.status();
  const Mechanism& mechanism = **found;
  const ProgramObject& object = ObjectOf(link);
  const ChannelSpec spec = SpecOf(link);
  ObjectEnd& end = (*this)[link.setup.object().object()];
  end.mechanism = &mechanism;
  link.made = true;
  --missing_;
  switch (object.kind) {
    case ObjectKind::kCells:
      if (mechanism.join_memory == nullptr) return NoSuchObject("cells");
      return Keep(mechanism.join_memory(spec, BytesOf(object), offer), end.cells);
    case ObjectKind::kSemaphore:
      if (mechanism.join_semaphore == nullptr) return NoSuchObject("semaphore");
      return Keep(mechanism.join_semaphore(spec, std::move(offer)), end.semaphore);
    case ObjectKind::kMutex:
    case ObjectKind::kRwLock:
      if (mechanism.join_lock == nullptr) return NoSuchObject("lock");
      return Keep(mechanism.join_lock(spec, std::move(offer)), end.lock);
    case ObjectKind::kChannel:
      if (mechanism.join == nullptr) return NoSuchObject("channel");
      return Keep(mechanism.join(spec, std::move(offer)), spec.sends ? end.sender : end.receiver);
    default:
      return NoSuchObject("such object: it is the lab's own");
  }
}

Binding Objects::BindingOf(const Link& link, const Mechanism& mechanism) const {
  const auto& options = link.setup.object().mechanism().options();
  const auto kind = options.find("kind");
  return {static_cast<uint8_t>(DisciplineOf(mechanism)),
          mechanism.id == "mutex" && kind != options.end() && kind->second == "errorcheck",
          SemaphoreMaximum(mechanism.id)};
}

absl::Status Objects::Failure(std::string_view act, const Link& link,
                              const absl::Status& status) const {
  const int object = link.setup.object().object();
  const bool known = object >= 0 && object < static_cast<int>(ends_.size());
  return absl::FailedPreconditionError(absl::StrCat(
      std::string(act), " ", known ? ObjectOf(link).name : absl::StrCat(object), " over ",
      link.setup.object().mechanism().mechanism(), ": ", std::string(status.message())));
}

}  // namespace ipclab
