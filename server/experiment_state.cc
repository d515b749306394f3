#include "server/experiment_state.h"

#include <algorithm>
#include <array>

namespace ipclab {
namespace {

using E = v1::Experiment;

struct Move {
  ExperimentState from;
  ExperimentState to;
};

constexpr std::array kMoves = {
    Move{E::STARTING, E::READY},      // all workers are connected
    Move{E::STARTING, E::STOPPING},   // a worker failed, or cancel
    Move{E::READY, E::PENDING},       // its CPUs are held by another
    Move{E::READY, E::RUNNING},       // run or step, with its CPUs
    Move{E::READY, E::STOPPING},      //
    Move{E::PENDING, E::RUNNING},     // its CPUs are free
    Move{E::PENDING, E::PAUSED},      // it leaves the line
    Move{E::PENDING, E::STOPPING},    //
    Move{E::RUNNING, E::PAUSED},      // a step or its part of a run is done, or pause
    Move{E::RUNNING, E::STOPPING},    // all is done, a worker failed, or cancel
    Move{E::PAUSED, E::PENDING},      //
    Move{E::PAUSED, E::RUNNING},      //
    Move{E::PAUSED, E::STOPPING},     //
    Move{E::STOPPING, E::SUCCEEDED},  // no process is left, the result is committed
    Move{E::STOPPING, E::FAILED},     //
    Move{E::STOPPING, E::CANCELLED},  //
    Move{E::STOPPING, E::ABORTED},    //
};

}  // namespace

bool CanMove(ExperimentState from, ExperimentState to) {
  return std::any_of(kMoves.begin(), kMoves.end(),
                     [=](const Move& move) { return move.from == from && move.to == to; });
}

bool IsTerminal(ExperimentState state) {
  return state == E::SUCCEEDED || state == E::FAILED || state == E::CANCELLED ||
         state == E::ABORTED;
}

}  // namespace ipclab
