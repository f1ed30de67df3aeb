// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/artifact/Abi.h"

#include <iterator>

namespace w2n::artifact {

namespace {
constexpr const char *messages[] = {
#define W2N_TRAP(name, text) text,
#include "lib/artifact/Traps.def"
};
} // namespace

const char *trapMessage(TrapKind kind) {
  return size_t(kind) < std::size(messages) ? messages[size_t(kind)] : "unknown trap";
}

} // namespace w2n::artifact
