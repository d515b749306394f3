#include "worker/links.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "worker/message.h"
#include "worker/waiting_channel.h"
#include "worker/waiting_lock.h"

namespace ipclab {
namespace {

absl::Status Failure(std::string_view act, int link, const Mechanism& mechanism,
                     std::string_view reason) {
  return absl::FailedPreconditionError(absl::StrCat(std::string(act), " link ", link, " of ",
                                                    std::string(mechanism.id), ": ",
                                                    std::string(reason)));
}

}  // namespace

Links::Links(const internal::WorkerSetup& setup, const Mechanism& mechanism, const Clock& clock)
    : setup_(setup), mechanism_(mechanism), clock_(clock) {
  for (const internal::LinkSetup& link : setup.links())
    links_.push_back({link, nullptr, nullptr, false});
}

absl::StatusOr<std::vector<internal::Offer>> Links::Host(std::vector<UniqueFd>& descriptors) {
  std::vector<internal::Offer> offers;
  for (Link& link : links_) {
    if (!link.setup.host()) continue;
    absl::StatusOr<ChannelOffer> made = Make(link);
    if (!made.ok()) {
      return Failure("host", link.setup.link(), mechanism_, std::string(made.status().message()));
    }
    internal::Offer& offer = offers.emplace_back();
    offer.set_link(link.setup.link());
    offer.set_offer(std::move(made->bytes));
    offer.set_descriptors(static_cast<int>(made->descriptors.size()));
    std::ranges::move(made->descriptors, std::back_inserter(descriptors));
  }
  return offers;
}

absl::Status Links::Join(const internal::Join& join, std::vector<UniqueFd> descriptors) {
  const auto link = std::ranges::find_if(
      links_, [&](const Link& candidate) { return candidate.setup.link() == join.link(); });
  if (link == links_.end() || link->setup.host() || link->made()) {
    return Failure("join", join.link(), mechanism_, "it is not there to be joined");
  }
  const absl::Status made = Make(*link, {join.offer(), std::move(descriptors)});
  return made.ok() ? made : Failure("join", join.link(), mechanism_, std::string(made.message()));
}

absl::Status Links::Connect() {
  for (Link& link : links_) {
    if (link.connected) continue;
    if (!link.made()) {
      return Failure("leg over", link.setup.link(), mechanism_, "it is not connected");
    }
    const absl::Status status = link.lock ? link.lock->Connect() : link.channel->Connect();
    if (!status.ok()) {
      return Failure("connect", link.setup.link(), mechanism_, std::string(status.message()));
    }
    link.connected = true;
  }
  return links_.empty() ? absl::FailedPreconditionError("leg: there is no link") : absl::OkStatus();
}

bool Links::IsLock() const { return setup_.measure().pattern() == v1::Pattern::CONTENTION; }

absl::StatusOr<ChannelOffer> Links::Make(Link& link) const {
  const ChannelSpec spec = SpecOf(link.setup);
  if (IsLock()) {
    if (mechanism_.host_lock == nullptr) return absl::UnimplementedError("it is no lock");
    absl::StatusOr<HostedLock> hosted = mechanism_.host_lock(spec);
    if (!hosted.ok()) return hosted.status();
    link.lock = MakeWaiting(std::move(hosted->lock), setup_.measure().wait(), clock_);
    return std::move(hosted->offer);
  }
  if (mechanism_.host == nullptr) return absl::UnimplementedError("it is no channel");
  absl::StatusOr<Hosted> hosted = mechanism_.host(spec);
  if (!hosted.ok()) return hosted.status();
  link.channel = Waiting(std::move(hosted->channel));
  return std::move(hosted->offer);
}

absl::Status Links::Make(Link& link, ChannelOffer offer) const {
  const ChannelSpec spec = SpecOf(link.setup);
  if (IsLock()) {
    if (mechanism_.join_lock == nullptr) return absl::UnimplementedError("it is no lock");
    auto lock = mechanism_.join_lock(spec, std::move(offer));
    if (!lock.ok()) return lock.status();
    link.lock = MakeWaiting(*std::move(lock), setup_.measure().wait(), clock_);
    return absl::OkStatus();
  }
  if (mechanism_.join == nullptr) return absl::UnimplementedError("it is not to be joined");
  auto channel = mechanism_.join(spec, std::move(offer));
  if (!channel.ok()) return channel.status();
  link.channel = Waiting(*std::move(channel));
  return absl::OkStatus();
}

ChannelSpec Links::SpecOf(const internal::LinkSetup& link) const {
  ChannelSpec spec;
  spec.message_bytes = setup_.measure().message_bytes();
  // An echo, or a relay, sends what came on as it is.
  const bool passed_on = link.duplex() || setup_.measure().pattern() == v1::Pattern::PIPELINE;
  if (!passed_on && !setup_.measure().verify_payload()) {
    spec.bytes_looked_at = MessageFormat::BytesBeforePayload(spec.message_bytes);
  }
  spec.duplex = link.duplex();
  spec.sends = link.sends();
  spec.senders = std::max(link.senders(), 1);
  spec.receivers = std::max(link.receivers(), 1);
  for (const auto& [name, value] : setup_.measure().options()) spec.options[name] = value;
  spec.names.assign(link.names().begin(), link.names().end());
  return spec;
}

// Who is both ends never waits: nobody else could bring what it would wait for. Only what may lose
// the newest message keeps a receiver waiting in vain: what an option lets drop the oldest does
// not.
std::unique_ptr<Channel> Links::Waiting(std::unique_ptr<Channel> channel) const {
  if (mechanism_.loopback) return channel;
  return MakeWaiting(std::move(channel), setup_.measure().wait(), mechanism_.facts.lossy, clock_);
}

}  // namespace ipclab
