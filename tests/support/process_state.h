// What /proc tells of a process, for tests of what it holds and whether anything of it is left.
#pragma once

#include <sys/types.h>

#include <set>
#include <string>
#include <vector>

namespace ipclab {

// Where its open descriptors point, by readlink; empty when it is gone.
std::vector<std::string> OpenDescriptors(pid_t pid);

// Its live children.
std::set<pid_t> Children(pid_t pid);

// The value of a line of /proc/<pid>/status: "SigIgn", "NoNewPrivs", "Name".
std::string StatusLine(pid_t pid, const std::string& key);

// Names in /dev/shm that are the lab's.
std::set<std::string> SharedMemoryObjects();

}  // namespace ipclab
