// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Details that an error carries out of the guest besides its text (Error::exception).
#pragma once

#include "lib/support/Error.h"

#include <memory>
#include <string>
#include <vector>

namespace w2n::runtime {

class Instance;

/// A function of a guest that was active.
struct TrapFrame {
  uint32_t functionIndex;
  /// From the module's names; empty if there is none.
  std::string name;
  /// The offsets of the instruction, or of the call, in bytes of compiled code: from the beginning
  /// of the function, and of the artifact. An inlined function has those of the function that it is
  /// in.
  uint64_t functionOffset, artifactOffset;
  bool isInlined;
  /// Nothing if it is gone, or if several instances of the module may be meant.
  std::weak_ptr<Instance> instance;
};

struct TrapDetails {
  /// Innermost first; the same as the lines of Error::notes.
  std::vector<TrapFrame> frames;
  /// The runtime's hold on an uncaught exception.
  std::shared_ptr<void> exception;
};

/// Null if `error` has none.
inline const TrapDetails *detailsOf(const Error &error) {
  return static_cast<const TrapDetails *>(error.exception.get());
}
/// Makes them if `error` has none.
inline TrapDetails &detailsFor(Error &error) {
  if (!error.exception)
    error.exception = std::make_shared<TrapDetails>();
  return *static_cast<TrapDetails *>(error.exception.get());
}

} // namespace w2n::runtime
