// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:logging/logging.
#pragma once

#include "runtime/wasi/p2/State.h"

namespace w2n::wasi::proposals {

/// Without a sink of the host, the message goes nowhere.
void logMessage(p2::State &state, LogLevel level, std::string_view context,
                std::string_view message);

} // namespace w2n::wasi::proposals
