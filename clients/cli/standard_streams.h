// Standard input, output and error of this process: always there, and a failed write is no secret.
//
// Main thread, but for FlushOutput, which any thread may call.
#pragma once

namespace ipclab::cli {

// Puts something in place of a stream that the caller has closed; else the next socket would be
// given its number, and what is printed would go to the server. Reading finds the end, writing
// fails. Call it before anything is opened.
void FillStandardStreams();

// False when something of what was printed so far has not been written: the disk is full, or nobody
// takes it.
bool FlushOutput();

// The exit code of a command that was about to return this one: says so on standard error, and
// turns success into failure, when the output could not be written.
int ExitCodeAfterFlush(int code);

}  // namespace ipclab::cli
