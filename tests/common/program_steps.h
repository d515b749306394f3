// What a compiled lab program does, as text that a test can name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/program/apply.h"
#include "common/program/compile.h"

namespace ipclab {

// Compiles a source that must be right; what is wrong with it fails the test.
Program MustCompile(std::string_view source, const ProgramChoice& choice = {});

// The diagnostics, each as "error 3:7-9 message" or "warning ...".
std::vector<std::string> MessagesOf(std::string_view source, const ProgramChoice& choice = {});

// "read", of Op::kRead.
std::string_view NameOf(Op op);

// The operations of worker A, which goes on until it can go no further: "read x", "write a[2] 5",
// "lock m".
std::vector<std::string> StepsAlone(const Program& program);

// The instructions, one per line, with the text that each label comes from.
std::string ListingOf(const Program& program, std::string_view source);

}  // namespace ipclab
