// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Walking the stack of compiled code, which has no frame pointers: the call frame information of an
// artifact's .eh_frame (DWARF 5, section 6.4; Linux Standard Base, "Exception Frames"), interpreted
// for the few registers that matter. The bytes are not trusted: every read is bounded, of the
// tables and of the stack.
#pragma once

#include "runtime/arch/Arch.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace w2n::runtime {

/// The registers that a walk follows. A frame pointer that is not known ends the walk only where a
/// frame depends on it.
struct FrameRegisters {
  uintptr_t programCounter = 0;
  uintptr_t stackPointer = 0;
  uintptr_t framePointer = 0;
  bool framePointerKnown = true;
  /// The register of the return address, on processors that have one; not known after a call.
  uintptr_t returnAddress = 0;
  bool returnAddressKnown = false;
  /// In the order of unwindRegisters.saved; for exceptions, which continue in the frame.
  std::array<uintptr_t, savedRegisterCount> saved = {};
  bool savedKnown = true;
};

/// The addresses that may be read.
struct StackBounds {
  uintptr_t begin = 0, end = 0;
};

/// Goes to the caller from the first instruction of a function; false if the return address cannot
/// be read.
bool leaveAtEntry(FrameRegisters &registers, StackBounds stack);

class UnwindTable {
public:
  UnwindTable() = default;
  /// Indexes `ehFrame`, which must outlive the table: linear. Records that make no sense are left
  /// out; all, if there is no memory for them. `image`: where tables of landing pads may lie.
  explicit UnwindTable(std::span<const uint8_t> ehFrame, std::span<const uint8_t> image = {});

  /// Goes from the frame of `registers` to its caller's; false if that cannot be done. `afterCall`:
  /// the program counter is a return address, which may lie past its function.
  bool step(FrameRegisters &registers, bool afterCall, StackBounds stack) const;
  /// The landing pad of an exception that reaches the call before `returnAddress`, or 0.
  uintptr_t landingPad(uintptr_t returnAddress) const;
  /// The start of the function that holds `address`, or 0.
  uintptr_t functionStart(uintptr_t address) const;

private:
  /// A frame description entry: its code, and where it and its common entry are.
  struct Entry {
    uintptr_t begin, end;
    std::span<const uint8_t> instructions;
    std::span<const uint8_t> initialInstructions;
    uint64_t codeAlignment;
    int64_t dataAlignment;
    uint64_t returnAddressRegister;
    /// The language-specific data area; reaches to the end of the image, if it is there.
    std::span<const uint8_t> landingPads;
  };
  struct CommonEntry;
  const Entry *find(uintptr_t address) const;
  void readEntry(std::span<const uint8_t> ehFrame, std::span<const uint8_t> image, size_t at,
                 std::span<const uint8_t> body, uint32_t commonOffset);

  std::vector<Entry> entries; // by begin
};

} // namespace w2n::runtime
