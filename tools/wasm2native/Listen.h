// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Sockets for programs that accept connections.
#pragma once

#include <expected>
#include <string>

namespace w2n::tool {

/// A socket that listens at `address`: "HOST:PORT" ("[::1]:8080", "localhost:0"), or "unix:PATH",
/// which must not be there yet. The caller owns it. Errors: for usageError.
std::expected<int, std::string> listenAt(const std::string &address);

} // namespace w2n::tool
