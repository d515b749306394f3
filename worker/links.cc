#include "worker/links.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "worker/waiting_channel.h"

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
  for (const internal::LinkSetup& link : setup.links()) links_.push_back({link, nullptr, false});
}

absl::StatusOr<std::vector<internal::Offer>> Links::Host(std::vector<UniqueFd>& descriptors) {
  std::vector<internal::Offer> offers;
  for (Link& link : links_) {
    if (!link.setup.host()) continue;
    absl::StatusOr<Hosted> hosted = mechanism_.host(SpecOf(link.setup));
    if (!hosted.ok()) {
      return Failure("host", link.setup.link(), mechanism_, std::string(hosted.status().message()));
    }
    link.channel = Waiting(std::move(hosted->channel));
    internal::Offer& offer = offers.emplace_back();
    offer.set_link(link.setup.link());
    offer.set_offer(std::move(hosted->offer.bytes));
    offer.set_descriptors(static_cast<int>(hosted->offer.descriptors.size()));
    std::ranges::move(hosted->offer.descriptors, std::back_inserter(descriptors));
  }
  return offers;
}

absl::Status Links::Join(const internal::Join& join, std::vector<UniqueFd> descriptors) {
  const auto link = std::ranges::find_if(
      links_, [&](const Link& candidate) { return candidate.setup.link() == join.link(); });
  if (link == links_.end() || link->setup.host() || link->channel != nullptr ||
      mechanism_.join == nullptr) {
    return Failure("join", join.link(), mechanism_, "it is not there to be joined");
  }
  auto channel = mechanism_.join(SpecOf(link->setup), {join.offer(), std::move(descriptors)});
  if (!channel.ok()) {
    return Failure("join", join.link(), mechanism_, std::string(channel.status().message()));
  }
  link->channel = Waiting(*std::move(channel));
  return absl::OkStatus();
}

absl::StatusOr<Channel*> Links::Only() {
  if (links_.size() != 1) {
    return absl::FailedPreconditionError(
        absl::StrCat("leg: the pattern wants one link, not ", links_.size()));
  }
  Link& link = links_.front();
  if (link.channel == nullptr) {
    return Failure("leg over", link.setup.link(), mechanism_, "it is not connected");
  }
  if (!link.connected) {
    if (const absl::Status status = link.channel->Connect(); !status.ok()) {
      return Failure("connect", link.setup.link(), mechanism_, std::string(status.message()));
    }
    link.connected = true;
  }
  return link.channel.get();
}

ChannelSpec Links::SpecOf(const internal::LinkSetup& link) const {
  ChannelSpec spec;
  spec.message_bytes = setup_.measure().message_bytes();
  spec.duplex = link.duplex();
  spec.sends = link.sends();
  for (const auto& [name, value] : setup_.measure().options()) spec.options[name] = value;
  spec.names.assign(link.names().begin(), link.names().end());
  return spec;
}

// Who is both ends never waits: nobody else could bring what it would wait for.
std::unique_ptr<Channel> Links::Waiting(std::unique_ptr<Channel> channel) const {
  if (mechanism_.loopback) return channel;
  return MakeWaiting(std::move(channel), setup_.measure().wait(), mechanism_.facts.lossy, clock_);
}

}  // namespace ipclab
