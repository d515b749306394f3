#include "clients/cli/recommend_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "clients/cli/failure.h"
#include "clients/cli/json_line.h"
#include "clients/cli/parse.h"
#include "clients/cli/recommendation_page.h"

namespace ipclab::cli {
namespace {

using Request = v1::RecommendMechanismRequest;

constexpr char kRecommendExamples[] =
    "  ipclab recommend --bytes 64\n"
    "  ipclab recommend --bytes 4M --one-way --first throughput\n"
    "  ipclab recommend --bytes 1k --pattern n:m --unrelated --records\n"
    "  ipclab recommend --bytes 256 --pattern 1:n --one-way --rate 50k --first cpu\n"
    "  ipclab recommend --network --records --all\n"
    "\n"
    "What a running server has measured on its host outranks the rules of thumb:\n"
    "measure first, then ask.";

absl::StatusOr<Request::Topology> ParseTopology(const std::string& text) {
  if (text == "1:1") return Request::ONE_TO_ONE;
  if (text == "1:n" || text == "1:N") return Request::ONE_TO_MANY;
  if (text == "n:1" || text == "N:1") return Request::MANY_TO_ONE;
  if (text == "n:m" || text == "N:M") return Request::MANY_TO_MANY;
  return absl::InvalidArgumentError(
      absl::StrCat("--pattern: \"", Printable(text), "\" must be 1:1, 1:n, n:1 or n:m"));
}

absl::StatusOr<Request::Priority> ParsePriority(const std::string& text) {
  if (text == "latency") return Request::LATENCY;
  if (text == "throughput") return Request::THROUGHPUT;
  if (text == "cpu") return Request::CPU;
  return absl::InvalidArgumentError(
      absl::StrCat("--first: \"", Printable(text), "\" must be latency, throughput or cpu"));
}

int RunRecommend(const CommonFlags& common, const RecommendFlags& flags) {
  const absl::StatusOr<Request> request = ReadRecommendFlags(flags);
  if (!request.ok()) return Report(FailureOf(request.status()), common.json);
  const absl::StatusOr<ConnectionOptions> options = ReadConnectionOptions(common);
  if (!options.ok()) return Report(FailureOf(options.status()), common.json);
  const auto connection = Connection::Open(*options);
  if (!connection.ok()) return Report(FailureOf(connection.status()), common.json);
  const auto context = (*connection)->NewCall();
  v1::RecommendMechanismResponse response;
  const grpc::Status status =
      (*connection)->mechanisms().RecommendMechanism(context.get(), *request, &response);
  if (!status.ok()) return Report(FailureOf(status), common.json);
  const std::string text =
      common.json
          ? absl::StrCat(MessageJson(response), "\n")
          : RecommendationPage(*request, response,
                               {.all = flags.all, .private_server = (*connection)->is_private()},
                               TerminalOf(STDOUT_FILENO));
  std::fputs(text.c_str(), stdout);
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

absl::StatusOr<Request> ReadRecommendFlags(const RecommendFlags& flags) {
  Request request;
  const auto bytes = ParseSize(flags.bytes);
  if (!bytes.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--bytes: ", bytes.status().message()));
  }
  const auto topology = ParseTopology(flags.pattern);
  if (!topology.ok()) return topology.status();
  const auto priority = ParsePriority(flags.first);
  if (!priority.ok()) return priority.status();
  if (!flags.rate.empty()) {
    const auto rate = ParseRate(flags.rate);
    if (!rate.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("--rate: ", rate.status().message()));
    }
    request.set_per_second(*rate);
  }
  request.set_message_bytes(*bytes);
  request.set_topology(*topology);
  request.set_priority(*priority);
  request.set_direction(flags.one_way ? Request::ONE_WAY : Request::TWO_WAY);
  request.set_unrelated_processes(flags.unrelated);
  request.set_across_network(flags.network);
  request.set_keeps_records(flags.records);
  request.set_survives_crash(flags.survives_crash);
  return request;
}

Command AddRecommendCommand(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<RecommendFlags>();
  CLI::App& command =
      AddCommand(app, "recommend", "Say which mechanism suits, by rules and by what was measured",
                 kRecommendExamples, common);
  command.group(kMeasureGroup);
  command.add_option("--bytes", flags->bytes, Described("The size of a message: 64, 4k, 1M"))
      ->type_name("SIZE")
      ->capture_default_str();
  command.add_option("--pattern", flags->pattern, Described("How many send to how many"))
      ->type_name("1:1|1:n|n:1|n:m")
      ->capture_default_str();
  command.add_flag("--one-way", flags->one_way,
                   Described("Messages without answers; else they go two ways"));
  command.add_option("--rate", flags->rate, Described("Messages in a second, as in 10k"))
      ->type_name("R");
  command.add_flag("--unrelated", flags->unrelated,
                   Described("The processes have no parent in common to inherit from"));
  command.add_flag("--network", flags->network, Described("They may run on different hosts"));
  command.add_flag("--records", flags->records,
                   Described("The borders between messages must be kept"));
  command.add_flag("--survives-crash", flags->survives_crash,
                   Described("Messages must outlive the crash of a process that talks"));
  command.add_option("--first", flags->first, Described("What counts most"))
      ->type_name("latency|throughput|cpu")
      ->capture_default_str();
  command.add_flag("--all", flags->all, Described("Show and explain every mechanism"));
  return {&command, [&common, flags] { return RunRecommend(common, *flags); }};
}

}  // namespace ipclab::cli
