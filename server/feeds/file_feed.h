// One file on its way to a client, piece by piece: the next one when the one before is taken.
//
// Nobody waits for it and nobody owns it but the outlet's own callback, so it goes with the outlet.
// Strand only.
#pragma once

#include <memory>

#include "server/event_loop.h"
#include "server/export/export.h"
#include "server/feeds/outlet.h"

namespace ipclab {

using FileOutlet = Outlet<v1::ExportExperimentResponse>;

// Writes the whole file and ends the stream with OK. The first piece says name and media type; a
// file of no bytes has that piece alone. When the server stops it goes on: it is soon done, and a
// reader that does not read is cut off with all other calls at the end of the grace.
void SendFile(EventLoop& loop, ExportFile file, const std::shared_ptr<FileOutlet>& outlet);

}  // namespace ipclab
