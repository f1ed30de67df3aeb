// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The state of an instance in the middle of a call of a host function, but for the bytes of its
// memories: what another process needs to go on there. All addresses in it are those of an
// AddressPlan, which is why it can be copied as it is.
#pragma once

#include "runtime/core/Activation.h"
#include "runtime/core/Instance.h"

namespace w2n::runtime {

struct InstanceImage {
  /// The import that was called, and the address of its slots, which are on the stack.
  uint32_t import = 0;
  uint64_t slots = 0;
  GuestPosition position;
  /// From position.stackPointer to position.stackTop.
  std::vector<uint8_t> stack;
  /// The context and the argument buffer.
  std::vector<uint8_t> context;
  std::vector<uint64_t> memoryBytes;
  std::vector<std::vector<uint64_t>> tables;
  std::vector<bool> droppedElements, droppedData;
  std::vector<std::vector<uint64_t>> elementValues;
};

/// Errors: Unsupported, saying why: what instances of `module` hold cannot be taken to another
/// process.
Status checkCanBeCarried(const Module &module);

/// The state of `instance`, which has called its import `import` with `slots`. Nothing if it was
/// called in a way that cannot be gone on with: by its start function, or not by it alone.
std::optional<InstanceImage> takeImage(Instance &instance, uint32_t import,
                                       std::span<const Slot> slots);

/// Makes `instance`, of the same module at the same addresses and with InstanceOptions::isRestored,
/// what `image` says, and `stack` what it was; memories grow to their size. `image` may be damaged.
/// Errors: Malformed; Unsupported (of another artifact, or of another version of the runtime).
Status restoreImage(Instance &instance, GuestStack &stack, const InstanceImage &image);

/// Goes on with an instance that was restored, on the thread whose stack that is.
Status resumeImage(Instance &instance, const InstanceImage &image);

/// Calls `function`, an export of `instance` without parameters and results, so that images can be
/// taken while it runs. Errors: as call.
Status callFixed(Instance &instance, const Function &function);

} // namespace w2n::runtime
