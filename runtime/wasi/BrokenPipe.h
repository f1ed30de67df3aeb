// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Writing to a pipe that nobody reads any more raises SIGPIPE, which by default ends the process. A
// guest has no signals, and must not end its host with one.
#pragma once

#include <sys/uio.h>

namespace w2n::wasi {

/// writev(2) to a pipe or socket, without SIGPIPE for whoever handles it. Threads: any.
ssize_t writeWithoutSignal(int host, const iovec *vectors, int count);

} // namespace w2n::wasi
