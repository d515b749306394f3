#include "server/rpc/catalogue_service.h"

#include <algorithm>
#include <charconv>

#include "server/recommend/recommend.h"

namespace ipclab {
namespace {

constexpr int kDefaultPage = 100;
constexpr int kLargestPage = 1000;

// The catalogue never changes while the server lives, so a page token is the next one's index.
absl::StatusOr<v1::ListMechanismsResponse> Page(const Catalogue& catalogue, int page_size,
                                                const std::string& token) {
  const auto& records = catalogue.records();
  size_t first = 0;
  if (!token.empty()) {
    const char* const end = token.data() + token.size();
    const auto [stop, error] = std::from_chars(token.data(), end, first);
    if (error != std::errc() || stop != end || first == 0 || first >= records.size()) {
      return InvalidRequest(
          {{"page_token", "must be the next_page_token of an answer of this server"}});
    }
  }
  const size_t size =
      static_cast<size_t>(page_size == 0 ? kDefaultPage : std::clamp(page_size, 1, kLargestPage));
  const size_t last = std::min(records.size(), first + size);
  v1::ListMechanismsResponse response;
  for (size_t i = first; i < last; ++i) *response.add_mechanisms() = records[i].mechanism();
  if (last < records.size()) response.set_next_page_token(std::to_string(last));
  return response;
}

}  // namespace

grpc::ServerUnaryReactor* MechanismService::ListMechanisms(grpc::CallbackServerContext* context,
                                                           const v1::ListMechanismsRequest* request,
                                                           v1::ListMechanismsResponse* response) {
  return rpc_.Answer(
      context, "ListMechanisms", response,
      [&engine = rpc_.engine, size = request->page_size(), token = request->page_token()](
          auto reply) { reply(Page(engine.catalogue(), size, token)); });
}

grpc::ServerUnaryReactor* MechanismService::GetMechanism(grpc::CallbackServerContext* context,
                                                         const v1::GetMechanismRequest* request,
                                                         v1::Mechanism* response) {
  return rpc_.Answer(context, "GetMechanism", response,
                     [&engine = rpc_.engine, name = request->name()](auto reply) {
                       reply(engine.catalogue().Get(name));
                     });
}

grpc::ServerUnaryReactor* MechanismService::RecommendMechanism(
    grpc::CallbackServerContext* context, const v1::RecommendMechanismRequest* request,
    v1::RecommendMechanismResponse* response) {
  return rpc_.Answer(
      context, "RecommendMechanism", response,
      [&engine = rpc_.engine, wanted = *request](auto reply) {
        reply(Recommend(wanted, engine.catalogue(), engine.digests(), engine.environment()));
      });
}

}  // namespace ipclab
