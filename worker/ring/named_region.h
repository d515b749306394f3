// Shared memory that is found by a name of the lab's, in the three ways that there are: POSIX
// shared memory, a file of the run folder, a System V segment. The host makes it, and the one who
// joins takes it: both have it then, and the name goes at once; the memory goes with the last
// mapping. Used by the mechanisms of rings and of cells. No threads of its own.
//
// Where more than two have it, those who join only find it, and the name is the host's to remove.
//
// Whatever is wanted and not to be had is refused with both numbers before anybody touches memory
// that is not there. What fails leaves nothing behind.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "ipclab/internal/control.pb.h"
#include "worker/mechanism.h"
#include "worker/ring/region.h"

namespace ipclab {

// The limits of each on this host, and why it is not available where it is not.
void DescribePosixShm(Probe& probe);
void DescribeRunFolder(Probe& probe);
void DescribeSegments(Probe& probe);

// shm_open. The kind of name is POSIX_SHM.
absl::StatusOr<Region> MakePosixShm(const internal::IpcName& name, size_t bytes);
absl::StatusOr<Region> TakePosixShm(const internal::IpcName& name, size_t bytes);
absl::StatusOr<Region> FindPosixShm(const internal::IpcName& name, size_t bytes);

// A file. The kind of name is FILE.
absl::StatusOr<Region> MakeFileRegion(const internal::IpcName& name, size_t bytes);
absl::StatusOr<Region> TakeFileRegion(const internal::IpcName& name, size_t bytes);
absl::StatusOr<Region> FindFileRegion(const internal::IpcName& name, size_t bytes);

// shmget, with more flags where there are some. The kind of name is SYSV_SHM; offer gets the id.
absl::StatusOr<Region> MakeSegment(const internal::IpcName& name, size_t bytes, int flags,
                                   ChannelOffer& offer);
absl::StatusOr<Region> TakeSegment(const internal::IpcName& name, size_t bytes,
                                   const ChannelOffer& offer);
absl::StatusOr<Region> FindSegment(size_t bytes, const ChannelOffer& offer);

}  // namespace ipclab
