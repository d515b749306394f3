// What /proc tells of a process, for tests of what it holds and whether anything of it is left.
#pragma once

#include <sys/types.h>

#include <set>
#include <string>
#include <vector>

namespace ipclab {

// Where its open descriptors point, by readlink; empty when it is gone.
std::vector<std::string> OpenDescriptors(pid_t pid);

// Its live children that are workers of an experiment: a zygote has spare ones too.
std::set<pid_t> Workers(pid_t zygote);

// Its spare workers.
std::set<pid_t> Spares(pid_t zygote);

// Waits until a zygote has all its spare workers and sleeps until somebody asks for something, so
// that what it holds can be counted.
void AwaitRest(pid_t zygote);

// The value of a line of /proc/<pid>/status: "SigIgn", "NoNewPrivs", "Name".
std::string StatusLine(pid_t pid, const std::string& key);

// Names in /dev/shm that are the lab's.
std::set<std::string> SharedMemoryObjects();

}  // namespace ipclab
