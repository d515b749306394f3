// Sets a variable of the environment, or with null removes it, until the end of a test.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace ipclab {

class ScopedVariable {
 public:
  ScopedVariable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    Set(value);
  }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;
  ~ScopedVariable() { Set(before_ ? before_->c_str() : nullptr); }

 private:
  void Set(const char* value) { value != nullptr ? ::setenv(name_, value, 1) : ::unsetenv(name_); }

  const char* const name_;
  std::optional<std::string> before_;
};

}  // namespace ipclab
