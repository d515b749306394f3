// A tiny program of the test's own: a shell script in a folder that goes away with it.
#pragma once

#include <sys/stat.h>

#include <fstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {

class ExecutableScript {
 public:
  explicit ExecutableScript(const std::string& body) : path_(folder_ / "script") {
    std::ofstream(path_) << "#!/bin/sh\n" << body << "\n";
    EXPECT_EQ(::chmod(path_.c_str(), 0700), 0);
  }

  const std::string& path() const { return path_; }

 private:
  TemporaryFolder folder_;
  std::string path_;
};

}  // namespace ipclab
