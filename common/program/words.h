// Programs, their states and their steps in words: what command line, page and errors say.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/program/apply.h"
#include "common/program/program.h"

namespace ipclab {

// A value as it is printed: a number, or the string that it stands for in quotes.
std::string ValueText(const Program& program, int64_t value);

// The operation of a label as it stands in the text, operands not known: "read counter", "lock(m)".
std::string LabelText(const Program& program, int pc);

// What a worker is about to do: "counter = 11", "read a[2]", "lock(fork[1])", "send(c, 5)".
std::string OperationText(const Program& program, const Operation& operation);

// What came of a step: "counter: 10 -> 11", "-> 42", "EAGAIN: s is 0", "sleeps until signalled".
std::string EffectText(const Program& program, const Event& event);

// "EAGAIN"; empty for 0.
std::string ErrorText(int error);

// Why a worker is not ready, and who is in its way: "waits for m, held by A", "has come to its
// end"; empty when it is ready.
struct Obstacle {
  int object = -1;
  std::vector<int> holders;
  std::string text;
};
Obstacle ObstacleOf(const Program& program, const int64_t* state, int worker);

// The mirror of an object: "10", "[1, 2, 3]", "free", "held by A", "2 of 5 records".
std::string ObjectText(const Program& program, const int64_t* state, int object);

// The first failure, with values of the state: "finally counter == 12: counter is 11"; empty for
// none. For what it was seen by, ask right after the step that failed.
std::string FailureText(const Program& program, const int64_t* state);

// What a run that is over is called: "counter=11", "deadlock: counter=10".
std::string OutcomeText(const Program& program, const int64_t* state);

// Of a deadlock, who waits for whom: the ring of those who wait for each other if there is one,
// from the lowest letter on; else everybody who waits. "A waits for n, held by B".
std::vector<std::string> WaitsOf(const Program& program, const int64_t* state);

// True when no worker can make a step and one at least waits.
bool IsDeadlock(const Program& program, const int64_t* state);

// What was left over: "2 records were left in c".
std::vector<std::string> NoticesOf(const Program& program, const int64_t* state);

// "A: x is 3".
std::string PrintedText(const Program& program, const Printed& printed);

// How a label is named by its line: "14", "14.2" of the second of its process on that line.
std::string LabelName(const Program& program, int pc);

// The labels with this name ("14": all on the line; "14.2"; "A@14" of one worker, which is then in
// worker, else -1). INVALID_ARGUMENT that lists the lines that have labels.
struct LabelSet {
  std::vector<int> pcs;
  int worker = -1;
};
absl::StatusOr<LabelSet> FindLabels(const Program& program, std::string_view name);

}  // namespace ipclab
