// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The call frame interpreter, on hand-written tables and stacks.
#include "runtime/core/Unwind.h"

#include <cstring>
#include <gtest/gtest.h>
#include <random>

namespace w2n::runtime {
namespace {

// The registers' numbers, which all are below 64.
const uint8_t sp = uint8_t(unwindRegisters.stackPointer),
              fp = uint8_t(unwindRegisters.framePointer),
              ra = uint8_t(unwindRegisters.returnAddress);

/// An .eh_frame with one function of 32 bytes that starts 64 bytes after the table:
/// as x86-64's push %rbp; mov %rsp, %rbp (frame pointer from byte 4 on); pop %rbp at byte 30. The
/// numbers of the registers are the processor's.
class Table {
public:
  Table() {
    const uint8_t common[] = {0x14, 0, 0, 0, 0, 0, 0, 0, 1, 'z', 'R', 0, 1, 0x78, ra, 1, 0x1b,
                              // def_cfa sp+8; return address at cfa-8
                              0x0c, sp, 8, uint8_t(0x80 | ra), 1, 0, 0};
    const uint8_t entry[] = {0x1c, 0, 0, 0, 0x1c, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0, 0,
                             // after 1: def_cfa_offset 16, the frame pointer at cfa-16
                             0x41, 0x0e, 16, uint8_t(0x80 | fp), 2,
                             // after 4: def_cfa_register of the frame pointer
                             0x43, 0x0d, fp,
                             // after 30: def_cfa sp+8
                             0x5a, 0x0c, sp, 8, 0, 0, 0};
    static_assert(sizeof(common) == 24 && sizeof(entry) == 32);
    std::memcpy(bytes, common, sizeof(common));
    std::memcpy(bytes + 24, entry, sizeof(entry));
    const int32_t distance = 128 - 32;
    std::memcpy(bytes + 32, &distance, sizeof(distance));
  }
  uintptr_t function() const { return reinterpret_cast<uintptr_t>(bytes) + 128; }
  std::span<const uint8_t> span() const { return {bytes, 60}; }

  alignas(8) uint8_t bytes[160] = {};
};

class UnwindTest : public testing::Test {
protected:
  UnwindTest() {
    for (size_t i = 0; i < std::size(stack); ++i)
      stack[i] = 1000 + i;
  }
  uintptr_t slot(size_t index) const { return reinterpret_cast<uintptr_t>(&stack[index]); }
  StackBounds bounds() const { return {slot(0), slot(16)}; }

  Table table;
  uintptr_t stack[16];
};

TEST_F(UnwindTest, FindsTheFunction) {
  const UnwindTable unwind(table.span());
  EXPECT_EQ(unwind.functionStart(table.function()), table.function());
  EXPECT_EQ(unwind.functionStart(table.function() + 31), table.function());
  EXPECT_EQ(unwind.functionStart(table.function() + 32), 0u);
  EXPECT_EQ(unwind.functionStart(table.function() - 1), 0u);
}

TEST_F(UnwindTest, FollowsEachRow) {
  const UnwindTable unwind(table.span());
  FrameRegisters registers = {table.function(), slot(4), 77, true};
  ASSERT_TRUE(unwind.step(registers, false, bounds()));
  EXPECT_EQ(registers.programCounter, 1004u);
  EXPECT_EQ(registers.stackPointer, slot(5));
  EXPECT_EQ(registers.framePointer, 77u);

  registers = {table.function() + 1, slot(4), 77, true};
  ASSERT_TRUE(unwind.step(registers, false, bounds()));
  EXPECT_EQ(registers.programCounter, 1005u);
  EXPECT_EQ(registers.framePointer, 1004u);

  // The stack pointer has moved on, the frame pointer says where.
  registers = {table.function() + 10, slot(1), slot(6), true};
  ASSERT_TRUE(unwind.step(registers, false, bounds()));
  EXPECT_EQ(registers.programCounter, 1007u);
  EXPECT_EQ(registers.stackPointer, slot(8));
  EXPECT_EQ(registers.framePointer, 1006u);
}

TEST_F(UnwindTest, TakesTheRowOfTheCallNotOfWhatFollows) {
  const UnwindTable unwind(table.span());
  FrameRegisters registers = {table.function() + 4, slot(4), slot(9), true};
  ASSERT_TRUE(unwind.step(registers, true, bounds()));
  EXPECT_EQ(registers.programCounter, 1005u);
  // A call that is a function's last instruction returns past its end.
  registers = {table.function() + 32, slot(4), 0, true};
  EXPECT_TRUE(unwind.step(registers, true, bounds()));
}

TEST_F(UnwindTest, StopsAtTheEndOfTheStack) {
  const UnwindTable unwind(table.span());
  FrameRegisters registers = {table.function(), slot(16), 0, true};
  EXPECT_FALSE(unwind.step(registers, false, bounds()));
  registers = {table.function() + 10, slot(4), 0, false};
  EXPECT_FALSE(unwind.step(registers, false, bounds()));
  registers = {table.function() + 10, slot(4), 3, true};
  EXPECT_FALSE(unwind.step(registers, false, bounds()));
}

// A function that has not saved its return address, in the innermost frame, where it is in its
// register; on x86-64 that is damage.
TEST_F(UnwindTest, FindsTheReturnAddressInItsRegister) {
  // The rule of the return address becomes "same value".
  table.bytes[20] = 0x08;
  table.bytes[21] = ra;
  table.bytes[19] = 0;
  const UnwindTable unwind(table.span());
  FrameRegisters registers = {.programCounter = table.function(),
                              .stackPointer = slot(4),
                              .returnAddress = 4711,
                              .returnAddressKnown = true};
  if (unwindRegisters.callsPushReturnAddress)
    registers.returnAddressKnown = false;
  EXPECT_EQ(unwind.step(registers, false, bounds()), !unwindRegisters.callsPushReturnAddress);
  if (unwindRegisters.callsPushReturnAddress)
    return;
  EXPECT_EQ(registers.programCounter, 4711u);
  EXPECT_EQ(registers.stackPointer, slot(4));
  // A caller has called, so that the register has another value since.
  registers.programCounter = table.function();
  EXPECT_FALSE(unwind.step(registers, true, bounds()));
}

TEST_F(UnwindTest, SurvivesDamage) {
  std::mt19937 random(1);
  const Table sound;
  for (int i = 0; i < 300'000; ++i) {
    table = sound;
    for (int flips = 1 + int(random() % 4); flips > 0; --flips)
      table.bytes[random() % 60] ^= uint8_t(1u << random() % 8);
    const UnwindTable unwind(table.span().first(random() % 61));
    FrameRegisters registers = {table.function() + random() % 32, slot(4), slot(6), true};
    for (int frames = 0; frames < 20 && unwind.step(registers, true, bounds()); ++frames) {
    }
  }
}

} // namespace
} // namespace w2n::runtime
