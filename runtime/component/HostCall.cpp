// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/HostCall.h"

namespace w2n::runtime {

std::unexpected<Error> canonTrap(component::CanonTrap reason, uint32_t number) {
  return fail(ErrorKind::Trap, component::messageOf(reason, number));
}

} // namespace w2n::runtime
