#include "clients/cli/explore/explore_flags.h"

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "clients/cli/command_flags.h"
#include "clients/cli/parse.h"

namespace ipclab::cli {
namespace {

using Request = v1::ExploreProgramRequest;

absl::Status Of(const std::string& flag, const absl::Status& status) {
  return absl::InvalidArgumentError(absl::StrCat(flag, ": ", std::string(status.message())));
}

// Reads text, if there is any, into field by set.
template <typename Enum, typename Set>
absl::Status ReadWord(const std::string& flag, const std::string& text, const Set& set,
                      const google::protobuf::EnumDescriptor& type) {
  if (text.empty()) return absl::OkStatus();
  if (absl::Status status = CheckUtf8(flag, text); !status.ok()) return status;
  const absl::StatusOr<int> number = ParseEnumerator(flag.substr(2), text, type);
  if (!number.ok()) return Of(flag, number.status());
  set(static_cast<Enum>(*number));
  return absl::OkStatus();
}

absl::Status ReadWords(const ExploreFlags& flags, Request& request) {
  absl::Status status = ReadWord<Request::Mode>(
      "--mode", flags.mode, [&](auto mode) { request.set_mode(mode); },
      *Request::Mode_descriptor());
  if (status.ok()) {
    status = ReadWord<Request::Engine>(
        "--engine", flags.engine, [&](auto engine) { request.set_engine(engine); },
        *Request::Engine_descriptor());
  }
  if (status.ok()) {
    status = ReadWord<Request::Reduction>(
        "--reduction", flags.reduction, [&](auto reduction) { request.set_reduction(reduction); },
        *Request::Reduction_descriptor());
  }
  if (status.ok()) {
    status = ReadWord<Request::Sampler>(
        "--sampler", flags.sampler, [&](auto sampler) { request.set_sampler(sampler); },
        *Request::Sampler_descriptor());
  }
  return status;
}

absl::Status ReadLimits(const ExploreFlags& flags, Request& request) {
  if (flags.depth) request.set_depth(*flags.depth);
  if (flags.seed) request.set_seed(*flags.seed);
  if (flags.max_preemptions) request.set_max_preemptions(*flags.max_preemptions);
  if (flags.max_schedules) request.set_max_schedules(*flags.max_schedules);
  if (flags.max_steps) request.set_max_steps(*flags.max_steps);
  if (!flags.time_limit.empty()) {
    const absl::StatusOr<absl::Duration> limit = ParseDuration(flags.time_limit);
    if (!limit.ok()) return Of("--time-limit", limit.status());
    const int64_t nanos = absl::ToInt64Nanoseconds(*limit);
    request.mutable_time_limit()->set_seconds(nanos / 1'000'000'000);
    request.mutable_time_limit()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  }
  if (!flags.memory.empty()) {
    const absl::StatusOr<int64_t> bytes = ParseSize(flags.memory);
    if (!bytes.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--memory: \"", flags.memory, "\" is no size: use bytes, or 64M, or 1G"));
    }
    request.set_max_memory_bytes(*bytes);
  }
  return absl::OkStatus();
}

void AddWords(CLI::App& command, ExploreFlags& flags) {
  command
      .add_option("--mode", flags.mode,
                  Described("find: the first failure, by as few preemptions as it takes; count: "
                            "every schedule, by how it ends; sample: some of too many, by lot"))
      ->type_name("find|count|sample")
      ->capture_default_str();
  command
      .add_option("--engine", flags.engine,
                  Described("real: worker processes on kernel objects, each operation compared "
                            "with the lab's model; model: the model alone"))
      ->type_name("real|model")
      ->capture_default_str();
  command
      .add_option("--reduction", flags.reduction,
                  Described("Of count. state: over the graph of distinct states; none: each "
                            "schedule by itself; dpor: every outcome, without the counts [state]"))
      ->type_name("none|state|dpor");
  command
      .add_option("--sampler", flags.sampler,
                  Described("Of sample. pct: random priorities, which finds a bug of some depth "
                            "with a known probability; uniform: each next step alike [pct]"))
      ->type_name("pct|uniform");
  command
      .add_option("--depth", flags.depth,
                  Described("Of pct: bugs that so many ordered pairs of steps decide [3]"))
      ->type_name("N");
  command.add_option("--seed", flags.seed, Described("Of sample: the same lots again [by lot]"))
      ->type_name("N");
}

void AddLimits(CLI::App& command, ExploreFlags& flags) {
  CLI::Range some(int64_t{1}, INT64_MAX);
  some.description("");  // it would stand in the help, in a form of its own
  command
      .add_option("--max-preemptions", flags.max_preemptions,
                  Described("Of find: schedules with at most so many preemptions, 0 to 3 [3]"))
      ->type_name("N");
  command
      .add_option("--max-schedules", flags.max_schedules,
                  Described("At most so many schedules [of sample 10000, else as the server has "
                            "it]"))
      ->type_name("N")
      ->check(some);
  command
      .add_option("--max-steps", flags.max_steps,
                  Described("Of find, sample and dpor: a schedule is truncated after so many "
                            "steps [10000]"))
      ->type_name("N")
      ->check(some);
  command
      .add_option("--time-limit", flags.time_limit,
                  Described("How long it may take [as the server has it]"))
      ->type_name("TIME");
  command
      .add_option("--memory", flags.memory,
                  Described("How much memory states may take, as in 512M [as the server has it]"))
      ->type_name("BYTES");
}

}  // namespace

void AddExploreFlags(CLI::App& command, ExploreFlags& flags) {
  AddProgramFlags(command, flags.program);
  AddWords(command, flags);
  AddLimits(command, flags);
}

absl::StatusOr<Request> ReadExploreFlags(const ExploreFlags& flags) {
  Request request;
  absl::StatusOr<v1::ProgramSpec> spec = ReadProgramFlags(flags.program);
  if (!spec.ok()) return spec.status();
  *request.mutable_program() = *std::move(spec);
  if (absl::Status status = ReadWords(flags, request); !status.ok()) return status;
  if (absl::Status status = ReadLimits(flags, request); !status.ok()) return status;
  return request;
}

}  // namespace ipclab::cli
