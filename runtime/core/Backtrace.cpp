// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Backtrace.h"

#include "runtime/core/Faults.h"
#include "runtime/core/Module.h"
#include "runtime/core/Thread.h"
#include "runtime/core/Unwind.h"

#include <algorithm>
#include <charconv>

namespace w2n::runtime {

namespace {

constexpr size_t greatestLines = 64;
/// A walk costs 0.1 to 0.5 us a frame, and runaway recursion makes hundreds of thousands: the rest
/// is not counted.
constexpr size_t greatestFrames = 100'000;
/// Of a name, which may be as long as a module.
constexpr size_t greatestNameBytes = 1000;
constexpr std::string_view moreBegin = "  ... ", moreEnd = " more\n", orMoreEnd = " or more\n";

/// Takes "  ... N more", or "  ... N or more", off the end of `notes`, and returns N.
size_t takeCountOfMore(std::string &notes) {
  const size_t line = notes.rfind(moreBegin);
  if (line == std::string::npos || !notes.ends_with(moreEnd))
    return 0;
  size_t count = 0;
  std::from_chars(notes.data() + line + moreBegin.size(), notes.data() + notes.size(), count);
  notes.resize(line);
  return count;
}

std::string frameLine(const Module &module, uint32_t functionIndex) {
  const auto &metadata = module.metadata();
  const std::string index = "wasm-function[" + std::to_string(functionIndex) + "]";
  const auto name = metadata.string(metadata.functions()[functionIndex].name);
  if (name.empty())
    return "  at " + index + "\n";
  const bool isLong = name.size() > greatestNameBytes;
  return "  at $" + std::string(name.substr(0, greatestNameBytes)) + (isLong ? "..." : "") + " (" +
         index + ")\n";
}

/// The lines so far, the last of which may count those that are left out.
class Notes {
public:
  explicit Notes(std::string &text) : text(text) {
    more = takeCountOfMore(text);
    lines = size_t(std::count(text.begin(), text.end(), '\n'));
  }
  ~Notes() {
    if (more != 0)
      text += std::string(moreBegin) + std::to_string(more) +
              std::string(isFull() ? orMoreEnd : moreEnd);
  }
  /// Whether no more frames are to be looked at.
  bool isFull() const { return lines + more >= greatestFrames; }
  /// Those that are active there, innermost first: more than one where some were inlined, none in
  /// thunks and helpers, which have frames, too, but are nobody's function.
  void addFunctionsAt(const Module &module, uintptr_t address) {
    const uint32_t index = module.functionIndexAt(address);
    if (index == artifact::noIndex)
      return;
    for (uint32_t inlined : module.inlinedFunctionsAt(address))
      if (inlined < module.metadata().functions().size())
        add(module, inlined);
    add(module, index);
  }

private:
  void add(const Module &module, uint32_t functionIndex) {
    if (lines >= greatestLines) {
      ++more;
      return;
    }
    text += frameLine(module, functionIndex);
    ++lines;
  }

  std::string &text;
  size_t lines, more;
};

} // namespace

void appendBacktrace(const Activation &activation, std::string &text) {
  Notes notes(text);
  FrameRegisters registers = {.programCounter = activation.trapProgramCounter,
                              .stackPointer = activation.trapStackPointer,
                              .framePointer = activation.trapFramePointer,
                              .returnAddress = activation.trapReturnAddress,
                              .returnAddressKnown = activation.afterCall == 0};
  const StackBounds stack = {currentGuestStack->limit, activation.guestStackTop};
  bool afterCall = activation.afterCall != 0;
  if (isCrossing(registers.programCounter)) {
    // The stack ended in the first instruction of a crossing.
    if (!leaveAtEntry(registers, stack))
      return;
    afterCall = true;
  }
  const Module *module = nullptr;
  for (; !notes.isFull(); afterCall = true) {
    const uintptr_t address = registers.programCounter - (afterCall ? 1 : 0);
    if (!module || !module->containsCode(address))
      module = static_cast<const Module *>(codeRanges().find(address));
    if (!module)
      return;
    notes.addFunctionsAt(*module, address);
    if (!module->unwindTable().step(registers, afterCall, stack))
      return;
  }
}

} // namespace w2n::runtime
