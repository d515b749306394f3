#include "clients/cli/measure/measure_flags.h"

#include <CLI/CLI.hpp>

namespace ipclab::cli {
namespace {

constexpr char kMeasureExamples[] =
    "  ipclab measure pipe\n"
    "  ipclab measure pipe --bytes 64,4k,64k --pattern stream --duration 300ms\n"
    "  ipclab measure --all --placement same_cpu --trials 10\n"
    "  ipclab measure pipe null --bytes 64..4k --wait block,spin,spin_then_block\n"
    "  ipclab measure pipe --option capacity=65536 --verify --json\n"
    "  ipclab measure pipe mpmc_ring --pattern fan_in --senders 4\n"
    "  ipclab measure mutex futex_lock --workers 4 --critical-section 1us\n"
    "  ipclab measure unix_stream --rate 10k --arrivals poisson\n"
    "  ipclab measure pipe unix_stream --bytes 64,4k --compare --noise-floor\n"
    "  ipclab measure pipe --knee\n"
    "\n"
    "Exit code: 0 done; 1 messages were lost or an experiment failed; 2 usage; 3 the server\n"
    "said no; 4 no server; 130 stopped by Ctrl-C.";

void AddCrowdFlags(CLI::App& command, MeasureFlags& flags) {
  CLI::Range some(1, 60);
  some.description("");  // it would stand in the help, in a form of its own
  command.add_option("--senders", flags.senders, Described("Workers that send: of fan_in [2]"))
      ->type_name("N")
      ->check(some);
  command
      .add_option("--receivers", flags.receivers,
                  Described("Workers that receive: of fan_out and broadcast [2]; of fan_in, where "
                            "one object takes all [1]"))
      ->type_name("N")
      ->check(some);
  command
      .add_option("--workers", flags.workers,
                  Described("Workers in all: of pipeline [3] and contention [2]"))
      ->type_name("N")
      ->check(some);
  command
      .add_option("--critical-section", flags.critical_section,
                  Described("Of contention: how long the lock is held, as in 1us [0]"))
      ->type_name("TIME");
}

void AddLoadFlags(CLI::App& command, MeasureFlags& flags) {
  command
      .add_option("--rate", flags.rate,
                  Described("An open loop: messages due in a second, from each sender, as in 10k. "
                            "Latency counts from when a message was due"))
      ->type_name("R");
  command
      .add_option(
          "--arrivals", flags.arrivals,
          Described("With --rate or --knee: when they are due, equally or by chance [fixed]"))
      ->type_name("fixed|poisson");
  command.add_flag("--knee", flags.knee,
                   Described("A sweep over rates up to what the mechanism can take at all: where "
                             "latency begins to rise"));
  command
      .add_option("--time-every", flags.time_every,
                  Described("Of stream: time one message in N; all are counted [1, or 64 where the "
                            "clock would cost more than the mechanism]"))
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""));
}

void AddComparisonFlags(CLI::App& command, MeasureFlags& flags) {
  command.add_flag("--compare", flags.compare,
                   Described("Compare the first mechanism with each of the others: ratio with its "
                             "95% interval, and a verdict"));
  command
      .add_option("--by", flags.by,
                  Described("By what to compare; messages in a second are \"rate\" [rate for "
                            "streams and fans, else p50]"))
      ->type_name("p50|p99|rate|cpu");
  command.add_flag("--noise-floor", flags.noise_floor,
                   Described("Measure everything twice in the same run, to see how far it is from "
                             "itself"));
  command.add_flag("--no-floor", flags.no_floor,
                   Described("Do not measure `null` beside the others"));
}

}  // namespace

CLI::App& AddMeasureCommand(CLI::App& app, CommonFlags& common, MeasureFlags& flags) {
  CLI::App& command = AddCommand(app, "measure", "Measure mechanisms between real processes",
                                 kMeasureExamples, common);
  command
      .add_option("mechanism", flags.mechanisms,
                  Described("What to measure; `ipclab mechanisms` lists it"))
      ->type_name("MECHANISM");
  command.add_flag("--all", flags.all,
                   Described("Every available mechanism, in the first pattern that it carries "
                             "unless --pattern is given"));
  command
      .add_option("--bytes", flags.bytes,
                  Described("Message sizes: 64,4k,1M (k and M are powers of 1024); 64..4k doubles"))
      ->type_name("LIST")
      ->capture_default_str();
  command
      .add_option(
          "--pattern", flags.pattern,
          Described("The traffic, or a list: round_trip, stream, fan_in, fan_out, pipeline, "
                    "broadcast; contention; hand_off, notify. Default: round_trip, or the "
                    "first that the mechanism carries"))
      ->type_name("PATTERN");
  command
      .add_option(
          "--placement", flags.placement,
          Described("same_cpu, same_core, same_cache, different_cores, different_sockets, or CPUs "
                    "such as 0,1. Default: different_cores where there are two"))
      ->type_name("WHERE");
  command
      .add_option("--wait", flags.wait,
                  Described("How a worker waits, or a list of ways: block in the kernel, spin, or "
                            "spin for 50 us and then block"))
      ->type_name("block|spin|spin_then_block")
      ->capture_default_str();
  command
      .add_option("--messages", flags.messages,
                  Described("Messages per trial, instead of --duration"))
      ->type_name("N");
  command
      .add_option("--duration", flags.duration,
                  Described("Time per trial: 1s, 300ms [1s; with --all 300ms]"))
      ->type_name("TIME");
  command
      .add_option(
          "--trials", flags.trials,
          Described("Trials of each, with fresh processes, in rounds of random order [3; to "
                    "compare 10]"))
      ->type_name("N");
  command
      .add_option("--seed", flags.seed,
                  Described("For the same order of trials, and the same moments of poisson, again"))
      ->type_name("N");
  command
      .add_option("--warm-up", flags.warm_up,
                  Described("Messages before the first that counts. Default: until the figures are "
                            "steady"))
      ->type_name("N");
  command
      .add_option("--option", flags.options,
                  Described("An option of the mechanism; may be repeated"))
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  AddCrowdFlags(command, flags);
  AddLoadFlags(command, flags);
  AddComparisonFlags(command, flags);
  command.add_flag("--keep", flags.keep,
                   Described("Leave the experiments of the trials on the server that runs, and "
                             "print their names, for get, export and watch"));
  command.add_flag("--verify", flags.verify, Described("Check the contents of every message"));
  return command;
}

}  // namespace ipclab::cli
