#include "tests/clients/step/screens.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace ipclab::cli {
namespace {

constexpr char kLostUpdate[] = R"(title  "Lost update"
lesson "counter = counter + 1 is a read and a write. Another process can come between them."
goal   counter == 11 "Make the final value 11."
param  workers = 2 in 1..8
variant racy, mutex

shared counter = 10
mutex m

process P[workers] {
  if variant == mutex { lock(m) }
  counter = counter + 1     # two steps
  if variant == mutex { unlock(m) }
}
observe counter
finally counter == 10 + workers
)";

constexpr char kTwoLocks[] = R"(title "Two locks"
mutex left
mutex right

process P { lock(left);  lock(right); unlock(right); unlock(left) }
process Q { lock(right); lock(left);  unlock(left);  unlock(right) }
)";

void SetSpan(v1::SourceSpan& span, int line, int column, int end_column) {
  span.set_line(line);
  span.set_column(column);
  span.set_end_line(line);
  span.set_end_column(end_column);
}

}  // namespace

v1::ProgramWorker& AddWorker(StepScreen& screen, const std::string& letter, const std::string& name,
                             v1::ProgramWorker::State state, int line, const std::string& next) {
  v1::ProgramWorker& worker = *screen.view.add_workers();
  worker.set_letter(letter);
  worker.set_name(name);
  worker.set_state(state);
  worker.set_next(next);
  if (line > 0) SetSpan(*worker.mutable_span(), line, 3, 10);
  return worker;
}

v1::ProgramObject& AddObject(StepScreen& screen, const std::string& name,
                             const std::string& mechanism, const std::string& value,
                             const std::string& kernel_value) {
  v1::ProgramObject& object = *screen.view.add_objects();
  object.set_name(name);
  object.set_mechanism(mechanism);
  object.set_value(value);
  object.set_kernel_value(kernel_value);
  return object;
}

v1::ProgramOperation& AddOperation(StepScreen& screen, const std::string& worker,
                                   const std::string& operation, const std::string& effect) {
  v1::ProgramOperation& added = screen.history.emplace_back();
  added.set_step(static_cast<int64_t>(screen.history.size()));
  added.set_worker(worker);
  added.set_operation(operation);
  added.set_effect(effect);
  screen.last = worker;
  screen.view.set_step(added.step());
  return added;
}

StepScreen LostUpdateScreen() {
  StepScreen screen;
  screen.subject = "lost_update";
  screen.variant = "racy";
  screen.program.set_title("Lost update");
  screen.program.set_lesson(
      "counter = counter + 1 is a read and a write. Another process can come between them.");
  screen.program.set_goal("Make the final value 11.");
  screen.program.set_question("Why does it take two processes to lose an update?");
  screen.program.add_variants("racy");
  screen.program.add_variants("mutex");
  screen.program.set_source(kLostUpdate);
  for (const char* letter : {"A", "B"}) {
    v1::ProgramWorker& worker =
        AddWorker(screen, letter, absl::StrCat("P[", screen.view.workers_size(), "]"),
                  v1::ProgramWorker::READY, 12, "counter = 11");
    SetSpan(*worker.mutable_span(), 12, 3, 24);
    v1::ProgramLocal& read = *worker.add_locals();
    read.set_name("#1");
    read.set_value("10");
    v1::ProgramLocal& error = *worker.add_locals();
    error.set_name("error");
    error.set_value("0");
  }
  AddObject(screen, "counter", "posix_shm", "10", "10");
  v1::ProgramObject& mutex = AddObject(screen, "m", "mutex", "free");
  mutex.set_kernel_absent("the C library keeps it to itself");
  AddOperation(screen, "A", "read counter", "-> 10").set_object("counter");
  AddOperation(screen, "B", "read counter", "-> 10").set_object("counter");
  screen.history.back().set_preemption(true);
  screen.view.set_preemptions(1);
  v1::ProgramCheck& check = *screen.view.add_checks();
  check.set_text("finally counter == 10 + workers");
  check.set_state(v1::ProgramCheck::NOT_YET);
  screen.view.set_schedule("lost_update racy @3f9a01c2 : A! B");
  return screen;
}

StepScreen DeadlockScreen() {
  StepScreen screen;
  screen.subject = "my.lab";
  screen.program.set_title("Two locks");
  screen.program.set_source(kTwoLocks);
  struct Lane {
    const char* letter;
    const char* name;
    int line;
    const char* wants;
    const char* holder;
  };
  for (const Lane& lane : {Lane{"A", "P", 5, "right", "B"}, Lane{"B", "Q", 6, "left", "A"}}) {
    v1::ProgramWorker& worker =
        AddWorker(screen, lane.letter, lane.name, v1::ProgramWorker::BLOCKED, lane.line,
                  absl::StrCat("lock(", lane.wants, ")"));
    SetSpan(*worker.mutable_span(), lane.line, 26, 38);
    worker.set_waits_for(lane.wants);
    worker.add_held_by(lane.holder);
  }
  AddObject(screen, "left", "mutex", "held by A").add_waiters("B");
  AddObject(screen, "right", "mutex", "held by B").add_waiters("A");
  AddOperation(screen, "A", "lock(left)", "left: held by A").set_object("left");
  AddOperation(screen, "B", "lock(right)", "right: held by B").set_object("right");
  screen.view.set_schedule("program @11223344 : A! B");
  v1::ProgramVerdict& verdict = *screen.view.mutable_verdict();
  verdict.set_failing(true);
  verdict.set_deadlocked(true);
  verdict.set_failed_check("deadlock");
  verdict.set_outcome("deadlock: ");
  verdict.add_waits("A waits for right, held by B");
  verdict.add_waits("B waits for left, held by A");
  return screen;
}

StepScreen CrowdedScreen(int steps) {
  StepScreen screen;
  screen.subject =
      "a_program_with_a_name_that_is_longer_than_any_screen_is_wide_and_then_some_more";
  screen.variant = "with_a_variant";
  screen.program.set_title("並行プログラム: überall Straßen");
  screen.program.set_lesson(std::string(400, 'x') + " lesson " + std::string(200, 'y'));
  screen.program.set_goal("Make it so that 「すべて」 is as it should be, and then once more.");
  screen.program.set_source(std::string(300, '{') + "\n\tprint \"日本語\"\n" +
                            std::string(500, '\n') + "}\n");
  for (int i = 0; i < 16; ++i) {
    v1::ProgramWorker& worker =
        AddWorker(screen, std::string(1, static_cast<char>('A' + i)),
                  absl::StrCat("Philosopher_with_a_name[", i, "]"),
                  i % 3 == 0 ? v1::ProgramWorker::BLOCKED : v1::ProgramWorker::READY, 2 + i * 20,
                  "send(channel_with_a_name, \"日本語日本語日本語日本語日本語\")");
    worker.set_waits_for("fork_of_silver[11]");
    worker.add_held_by("P");
    worker.set_reason("waits for fork_of_silver[11], held by P, who is at dinner and takes long");
    v1::ProgramLocal& local = *worker.add_locals();
    local.set_name("a_local_with_a_long_name");
    local.set_value("9223372036854775807");
  }
  for (int i = 0; i < 60; ++i) {
    v1::ProgramObject& object = AddObject(screen, absl::StrCat("fork_of_silver[", i, "]"),
                                          "posix_sem_unnamed", "held by A", "sem_getvalue: 0");
    object.add_waiters("B");
  }
  for (int i = 0; i < 20; ++i) {
    v1::ProgramCheck& check = *screen.view.add_checks();
    check.set_text(absl::StrCat("always fork_of_silver[", i, "] + fork_of_silver[0] < 2"));
    check.set_state(i == 7 ? v1::ProgramCheck::FAILED : v1::ProgramCheck::HOLDS);
  }
  for (int i = 0; i < 100; ++i) {
    screen.view.add_output(absl::StrCat("A: the value of 変数 is ", i, std::string(100, '!')));
  }
  for (int i = 0; i < steps; ++i) {
    AddOperation(screen, std::string(1, static_cast<char>('A' + i % 16)),
                 absl::StrCat("wait(fork_of_silver[", i % 60, "])"),
                 absl::StrCat("fork_of_silver[", i % 60, "]: 1 -> 0"))
        .set_object(absl::StrCat("fork_of_silver[", i % 60, "]"));
  }
  screen.view.set_schedule(absl::StrCat("crowd @00000000 : ", std::string(2000, 'A')));
  screen.view.mutable_verdict()->set_failing(true);
  screen.view.mutable_verdict()->set_failed_check(std::string(900, 'v'));
  screen.status = std::string(900, 's');
  return screen;
}

std::string TextOf(const ScreenPage& page) {
  std::string text;
  for (const StyledLine& line : page.lines) {
    absl::StrAppend(&text, absl::StripTrailingAsciiWhitespace(line.text()), "\n");
  }
  return text;
}

}  // namespace ipclab::cli
