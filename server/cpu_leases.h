// Who may measure on which CPUs now. Two owners never hold one CPU unless both share it; who has to
// wait gets it in order, and nobody overtakes an earlier one that wants one of the same CPUs.
//
// A value without threads or I/O; the engine's, on the strand.
#pragma once

#include <cstdint>
#include <list>
#include <vector>

namespace ipclab {

class CpuLeases {
 public:
  using Owner = uint64_t;

  // True: owner holds the CPUs now. False: it waits in line. An owner asks once until its Release.
  bool Request(Owner owner, std::vector<int> cpus, bool shared);

  // Gives back what owner holds, or leaves the line. Returns those who hold theirs from now on, in
  // the order of the line.
  std::vector<Owner> Release(Owner owner);

  // Somebody who keeps owner waiting; 0 when nobody does.
  Owner BlockerOf(Owner owner) const;

 private:
  struct Claim {
    Owner owner;
    std::vector<int> cpus;
    bool shared;
    bool held;
  };

  using Line = std::list<Claim>;  // in order of arrival
  Owner Blocker(Line::const_iterator claim) const;

  Line line_;
};

}  // namespace ipclab
