#include "server/ends.h"

#include <cstring>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace ipclab {

v1::End MakeEnd(v1::End::Class end_class, std::string_view reason, std::string_view message) {
  v1::End end;
  end.set_class_(end_class);
  end.set_reason(std::string(reason));
  end.set_message(std::string(message));
  return end;
}

std::string SignalName(int signal) {
  const char* const abbreviation = sigabbrev_np(signal);
  return abbreviation ? absl::StrCat("SIG", abbreviation) : absl::StrCat("signal ", signal);
}

std::string WorkerName(int index, std::string_view role) {
  return absl::StrCat("worker ", index, " (", std::string(role), ")");
}

v1::End EndOfProcess(const internal::Ended& ended, std::string_view worker_name) {
  const std::string name(worker_name);
  if (ended.signal() == 0) {
    v1::End end = MakeEnd(v1::End::EXIT, "EXITED",
                          absl::StrCat(name, " exited with code ", ended.exit_code()));
    end.set_exit_code(ended.exit_code());
    return end;
  }
  const std::string signal = SignalName(ended.signal());
  v1::End end =
      ended.out_of_memory()
          ? MakeEnd(v1::End::OOM, "OUT_OF_MEMORY",
                    absl::StrCat(name, " was killed by the kernel for want of memory"))
          : MakeEnd(v1::End::SIGNAL, signal, absl::StrCat(name, " was ended by ", signal));
  end.set_signal(ended.signal());
  return end;
}

std::string RoleName(internal::Role role) {
  // Looked up once: the answer to every step names the roles of its workers.
  static const auto& names = *new std::vector<std::string>([] {
    std::vector<std::string> each;
    for (int i = 0; i < internal::Role_ARRAYSIZE; ++i) {
      each.push_back(absl::AsciiStrToLower(internal::Role_Name(static_cast<internal::Role>(i))));
    }
    return each;
  }());
  return internal::Role_IsValid(role) ? names[static_cast<size_t>(role)] : "";
}

}  // namespace ipclab
