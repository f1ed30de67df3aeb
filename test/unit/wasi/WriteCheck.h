// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Whether a call of WASI has written only where CallWrites.h says.
#pragma once

#include "runtime/wasi/CallWrites.h"
#include "runtime/wasi/WasiContext.h"

#include <algorithm>
#include <vector>

namespace w2n::wasi {

class WriteCheck {
public:
  /// Before the call.
  WriteCheck(const Call &call, const WasiContext &context, std::span<uint8_t> memory,
             std::span<const runtime::Slot> slots)
      : writes(writesOf(call, context.shared_from_this())), memory(memory),
        before(memory.begin(), memory.end()), arguments(slots.begin(), slots.end()) {
    writes->addIn(memory, arguments, ranges);
  }
  /// After it. Bytes outside of the ranges must be as they were.
  bool holds(std::span<const runtime::Slot> slots) const {
    std::vector<runtime::MemoryRange> written = ranges;
    writes->trimIn(memory, arguments, slots, written);
    std::vector<uint8_t> wanted = before;
    for (const runtime::MemoryRange &range : written)
      if (range.address <= wanted.size() && range.bytes <= wanted.size() - range.address)
        std::copy_n(memory.begin() + ptrdiff_t(range.address), range.bytes,
                    wanted.begin() + ptrdiff_t(range.address));
    return std::ranges::equal(memory, wanted);
  }

private:
  const std::shared_ptr<const MemoryWrites> writes;
  const std::span<uint8_t> memory;
  const std::vector<uint8_t> before;
  const std::vector<runtime::Slot> arguments;
  std::vector<runtime::MemoryRange> ranges;
};

} // namespace w2n::wasi
