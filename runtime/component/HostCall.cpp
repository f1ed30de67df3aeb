// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/HostCall.h"

#include "lib/artifact/Abi.h"

namespace w2n::runtime {

std::unexpected<Error> canonTrap(component::CanonTrap reason, uint32_t number) {
  return std::unexpected(Error{.kind = ErrorKind::Trap,
                               .text = component::messageOf(reason, number),
                               .code = uint32_t(artifact::TrapKind::HostError)});
}

} // namespace w2n::runtime
