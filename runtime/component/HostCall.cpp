// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/HostCall.h"

#include "lib/artifact/Abi.h"

namespace w2n::runtime {

Result<std::shared_ptr<SharedStream>> HostCall::takeEnd(const TypeNode &, uint32_t handle) {
  return canonTrap(component::CanonTrap::UnknownHandle, handle);
}

Result<uint32_t> HostCall::giveEnd(const TypeNode &, std::shared_ptr<SharedStream>) {
  return fail(ErrorKind::Unsupported, "the caller takes no streams");
}

Result<HostTasks *> HostCall::tasks() {
  return fail(ErrorKind::Unsupported, "the caller has no tasks");
}

std::unexpected<Error> canonTrap(component::CanonTrap reason, uint32_t number) {
  return std::unexpected(Error{.kind = ErrorKind::Trap,
                               .text = component::messageOf(reason, number),
                               .code = uint32_t(artifact::TrapKind::HostError)});
}

} // namespace w2n::runtime
