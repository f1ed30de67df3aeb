#include "lib/artifact/Abi.h"

namespace w2n::artifact {

namespace {
constexpr const char *messages[] = {
#define W2N_TRAP(name, text) text,
#include "lib/artifact/Traps.def"
};
} // namespace

const char *trapMessage(TrapKind kind) { return messages[size_t(kind)]; }

} // namespace w2n::artifact
