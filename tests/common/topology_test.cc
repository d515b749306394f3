#include "common/topology.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <string>

#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

// A host in a folder, described as the kernel does it.
class FakeHost {
 public:
  const std::string& root() const { return folder_.path(); }

  void AddCpu(int id, const std::string& threads, const std::string& cache, int socket) {
    const std::string cpu = "cpu" + std::to_string(id);
    folder_.Write(cpu + "/topology/thread_siblings_list", threads + "\n");
    folder_.Write(cpu + "/topology/physical_package_id", std::to_string(socket) + "\n");
    AddCache(id, 0, 1, threads);
    AddCache(id, 1, 1, threads);
    AddCache(id, 2, 2, threads);
    AddCache(id, 3, 3, cache);
  }

  void AddCache(int id, int index, int level, const std::string& sharers) {
    const std::string cache =
        "cpu" + std::to_string(id) + "/cache/index" + std::to_string(index) + "/";
    folder_.Write(cache + "level", std::to_string(level) + "\n");
    folder_.Write(cache + "shared_cpu_list", sharers + "\n");
  }

  void Write(const std::string& name, const std::string& text) { folder_.Write(name, text); }

 private:
  TemporaryFolder folder_;
};

TEST(TopologyTest, RelatesThreadsCoresCachesAndSockets) {
  FakeHost host;
  // Two sockets of two cores with two threads each; core ids repeat on each socket.
  host.AddCpu(0, "0,4", "0-1,4-5", 0);
  host.AddCpu(1, "1,5", "0-1,4-5", 0);
  host.AddCpu(2, "2,6", "2-3,6-7", 1);
  host.AddCpu(4, "0,4", "0-1,4-5", 0);
  host.AddCpu(6, "2,6", "2-3,6-7", 1);
  const Topology topology = ReadTopology({0, 1, 2, 4, 6}, host.root());
  EXPECT_EQ(topology, (Topology{{{.id = 0, .core = 0, .cache = 0, .socket = 0},
                                 {.id = 1, .core = 1, .cache = 0, .socket = 0},
                                 {.id = 2, .core = 2, .cache = 2, .socket = 1},
                                 {.id = 4, .core = 0, .cache = 0, .socket = 0},
                                 {.id = 6, .core = 2, .cache = 2, .socket = 1}}}));
}

TEST(TopologyTest, OneSocketMayHaveSeveralLastCaches) {
  FakeHost host;
  host.AddCpu(0, "0", "0-1", 0);
  host.AddCpu(1, "1", "0-1", 0);
  host.AddCpu(2, "2", "2-3", 0);
  const Topology topology = ReadTopology({0, 1, 2}, host.root());
  EXPECT_EQ(topology.Find(0)->cache, topology.Find(1)->cache);
  EXPECT_NE(topology.Find(0)->cache, topology.Find(2)->cache);
  EXPECT_EQ(topology.Find(0)->socket, topology.Find(2)->socket);
}

TEST(TopologyTest, TakesTheHighestCacheWhateverItsPlaceInTheList) {
  FakeHost host;
  host.AddCache(1, 0, 3, "0-1");
  host.AddCache(1, 1, 1, "1");
  EXPECT_EQ(ReadTopology({1}, host.root()).cpus.front().cache, 0);
}

TEST(TopologyTest, WithoutCachesASocketCountsAsOne) {
  FakeHost host;
  host.Write("cpu0/topology/core_siblings_list", "0-1\n");
  host.Write("cpu2/topology/core_siblings_list", "2-3\n");
  host.Write("cpu3/topology/core_siblings_list", "2-3\n");
  const Topology topology = ReadTopology({0, 2, 3}, host.root());
  EXPECT_NE(topology.Find(0)->cache, topology.Find(2)->cache);
  EXPECT_EQ(topology.Find(2)->cache, topology.Find(3)->cache);
}

TEST(TopologyTest, WhereNothingIsKnownEachCpuIsACoreOfOneSocket) {
  const FakeHost host;
  EXPECT_EQ(ReadTopology({3, 5}, host.root()),
            (Topology{{{.id = 3, .core = 3, .cache = 0, .socket = 0},
                       {.id = 5, .core = 5, .cache = 0, .socket = 0}}}));
}

TEST(TopologyTest, NonsenseIsTakenAsNothing) {
  FakeHost host;
  host.Write("cpu1/topology/thread_siblings_list", "what?\n");
  host.Write("cpu1/topology/physical_package_id", "-1\n");
  host.Write("cpu1/cache/index0/level", "");
  EXPECT_EQ(ReadTopology({1}, host.root()),
            (Topology{{{.id = 1, .core = 1, .cache = 0, .socket = 0}}}));
}

TEST(TopologyTest, FindsNoCpuThatIsNotThere) {
  EXPECT_EQ(ReadTopology({1}, "/nonexistent").Find(2), nullptr);
}

TEST(TopologyTest, ListsTheCpusOfTheAffinityMask) {
  const std::vector<int> allowed = AllowedCpus();
  ASSERT_FALSE(allowed.empty());
  cpu_set_t before;
  ASSERT_EQ(::sched_getaffinity(0, sizeof(before), &before), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<size_t>(allowed.back()), &one);
  ASSERT_EQ(::sched_setaffinity(0, sizeof(one), &one), 0);
  const Topology topology = ReadTopology();
  ASSERT_EQ(::sched_setaffinity(0, sizeof(before), &before), 0);
  ASSERT_EQ(topology.cpus.size(), 1u);
  EXPECT_EQ(topology.cpus.front().id, allowed.back());
}

TEST(CpuListTest, ReadsNumbersAndRanges) {
  EXPECT_EQ(*ParseCpuList("5"), (std::vector<int>{5}));
  EXPECT_EQ(*ParseCpuList("0-3,8,10-11\n"), (std::vector<int>{0, 1, 2, 3, 8, 10, 11}));
  EXPECT_EQ(*ParseCpuList("7-7"), (std::vector<int>{7}));
}

TEST(CpuListTest, SortsAndDropsRepetitions) {
  EXPECT_EQ(*ParseCpuList("3,1-2,2,3"), (std::vector<int>{1, 2, 3}));
}

TEST(CpuListTest, RefusesEverythingElse) {
  for (const char* text : {"",     "\n",    ",",     "1,",           ",1",
                           "a",    "1a",    "1-",    "-1",           "3-1",
                           "1--2", "1-2-3", "+1",    " 1",           "1 ",
                           "0x1",  "1;2",   "65536", "0-4000000000", "99999999999999999999",
                           "1\n\n"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseCpuList(text).status())) << '"' << text << '"';
  }
}

}  // namespace
}  // namespace ipclab
