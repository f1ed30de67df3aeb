// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/proposals/Logging.h"

namespace w2n::wasi::proposals {

void logMessage(p2::State &state, LogLevel level, std::string_view context,
                std::string_view message) {
  if (const LogSink &log = state.wasi->log())
    log(level, context, message);
}

} // namespace w2n::wasi::proposals
