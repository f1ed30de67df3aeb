// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The errors of WASI calls, as values.
#pragma once

#include <cstdint>
#include <expected>

namespace w2n::wasi {

enum class Errno : uint16_t {
#define W2N_WASI_ERRNO(name, number, host) name = number,
#include "runtime/wasi/Errno.def"
};

/// The result of a step of a call: a value, or the errno that the guest will see. W2N_TRY and
/// W2N_CHECK work with both.
template <typename T> using WasiResult = std::expected<T, Errno>;
using Outcome = std::expected<void, Errno>;

/// The WASI number of a host errno; Io for what WASI has no word for.
Errno fromHost(int hostErrno);

/// "ENOENT"; "0" for Success. Lives for ever.
const char *nameOf(Errno error);

/// The failure that `errno` describes.
std::unexpected<Errno> systemError();

} // namespace w2n::wasi
