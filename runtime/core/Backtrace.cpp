#include "runtime/core/Backtrace.h"

#include "runtime/core/Faults.h"
#include "runtime/core/Module.h"
#include "runtime/core/Thread.h"
#include "runtime/core/Unwind.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

namespace w2n::runtime {

namespace {

constexpr size_t greatestLines = 64;
/// A walk costs 0.1 to 0.3 us a frame, and runaway recursion makes hundreds of thousands: the rest
/// is not counted.
constexpr size_t greatestFrames = 100'000;
constexpr std::string_view moreBegin = "  ... ", moreEnd = " more\n";

/// Takes "  ... N more" off the end of `notes`, and returns N.
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
  return name.empty() ? "  at " + index + "\n"
                      : "  at $" + std::string(name) + " (" + index + ")\n";
}

/// The functions that are active at return addresses, innermost first: more than one where some
/// were inlined, none in thunks and helpers. Looking them up is linear in the module, and recursion
/// repeats few.
class ActiveFunctions {
public:
  const std::vector<uint32_t> &at(const Module &module, uintptr_t address) {
    auto [entry, isNew] = known.try_emplace(address);
    if (!isNew)
      return entry->second;
    if (const uint32_t index = module.functionIndexAt(address); index != artifact::noIndex) {
      entry->second = module.inlinedFunctionsAt(address);
      entry->second.push_back(index);
    }
    return entry->second;
  }

private:
  std::unordered_map<uintptr_t, std::vector<uint32_t>> known;
};

/// The lines so far, the last of which may count those that are left out.
class Notes {
public:
  explicit Notes(std::string &text) : text(text) {
    more = takeCountOfMore(text);
    lines = size_t(std::count(text.begin(), text.end(), '\n'));
  }
  ~Notes() {
    if (more != 0)
      text += std::string(moreBegin) + std::to_string(more) + std::string(moreEnd);
  }
  void addFrame(const Module &module, uint32_t functionIndex) {
    if (lines >= greatestLines) {
      ++more;
      return;
    }
    text += frameLine(module, functionIndex);
    ++lines;
  }

private:
  std::string &text;
  size_t lines, more;
};

} // namespace

void appendBacktrace(const Activation &activation, std::string &text) {
  Notes notes(text);
  ActiveFunctions functions;
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
  // Runaway recursion has half a million frames of 16 bytes, at 50 ns each.
  for (;; afterCall = true) {
    const uintptr_t address = registers.programCounter - (afterCall ? 1 : 0);
    const auto *module = static_cast<const Module *>(codeRanges().find(address));
    if (!module)
      return;
    // Thunks and helpers have frames too, but are nobody's function.
    for (uint32_t index : functions.at(*module, address))
      notes.addFrame(*module, index);
    if (!module->unwindTable().step(registers, afterCall, stack))
      return;
  }
}

} // namespace w2n::runtime
