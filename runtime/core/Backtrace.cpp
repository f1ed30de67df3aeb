// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Backtrace.h"

#include "runtime/core/Faults.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/Thread.h"
#include "runtime/core/TrapDetails.h"
#include "runtime/core/Unwind.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace w2n::runtime {

namespace {

constexpr size_t greatestLines = 64;
/// A walk costs 0.1 to 0.5 us a frame, and runaway recursion makes hundreds of thousands: the rest
/// is not counted.
constexpr size_t greatestFrames = 100'000;
/// The longest name that is printed; the name of a function may be as long as a module.
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

std::string nameOf(const Module &module, uint32_t functionIndex) {
  const auto &metadata = module.metadata();
  const auto name = metadata.string(metadata.functions()[functionIndex].name);
  const bool isLong = name.size() > greatestNameBytes;
  return std::string(name.substr(0, greatestNameBytes)) + (isLong ? "..." : "");
}

/// "  at $name (wasm-function[3]) in a.c:12".
std::string frameLine(const std::string &name, uint32_t functionIndex,
                      const std::optional<artifact::SourceLine> &source) {
  const std::string index = "wasm-function[" + std::to_string(functionIndex) + "]";
  const std::string line = source ? " in " + source->file + ":" + std::to_string(source->line) : "";
  if (name.empty())
    return "  at " + index + line + "\n";
  return "  at $" + name + " (" + index + ")" + line + "\n";
}

/// The instance that a frame of `module` is of: in a call of `entered`, which may have called
/// others of its group. Nothing if there are several of the module.
std::weak_ptr<Instance> instanceOfFrame(Instance *entered, const Module &module) {
  Instance *found = nullptr;
  bool isUnique = true;
  if (entered)
    entered->state().group->visitInstances([&](Instance &instance) {
      if (&instance.module() != &module)
        return;
      isUnique = !found;
      found = &instance;
    });
  return found && isUnique ? found->weak_from_this() : std::weak_ptr<Instance>();
}

/// The lines so far, the last of which may count those that are left out.
class Notes {
public:
  Notes(std::string &text, std::vector<TrapFrame> *frames, Instance *entered)
      : text(text), frames(frames), entered(entered) {
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
  /// Adds the functions that are active there, innermost first: more than one where some were
  /// inlined, none in thunks and helpers, which have frames, too, but are nobody's function.
  void addFunctionsAt(const Module &module, uintptr_t address) {
    const uint32_t index = module.functionIndexAt(address);
    if (index == artifact::noIndex)
      return;
    // The line is the innermost function's; where that was called is not known.
    std::optional<artifact::SourceLine> source = module.lineAt(address);
    for (uint32_t inlined : module.inlinedFunctionsAt(address))
      if (inlined < module.metadata().functions().size())
        add(module, inlined, address, /*isInlined=*/true, std::exchange(source, {}));
    add(module, index, address, /*isInlined=*/false, source);
  }

private:
  void add(const Module &module, uint32_t functionIndex, uintptr_t address, bool isInlined,
           const std::optional<artifact::SourceLine> &source) {
    if (lines >= greatestLines) {
      ++more;
      return;
    }
    std::string name = nameOf(module, functionIndex);
    text += frameLine(name, functionIndex, source);
    ++lines;
    if (frames)
      frames->push_back({functionIndex, std::move(name),
                         address - module.unwindTable().functionStart(address),
                         address - reinterpret_cast<uintptr_t>(module.file().data()), isInlined,
                         instanceOfFrame(entered, module)});
  }

  std::string &text;
  std::vector<TrapFrame> *frames;
  Instance *entered;
  size_t lines, more;
};

/// Calls `visit(module, address)` for each frame of `activation`, innermost first, while it returns
/// true.
template <typename Visit> void walkFrames(const Activation &activation, const Visit &visit) {
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
  for (;; afterCall = true) {
    const uintptr_t address = registers.programCounter - (afterCall ? 1 : 0);
    if (!module || !module->containsCode(address))
      module = static_cast<const Module *>(codeRanges().find(address));
    if (!module || !visit(*module, address) ||
        !module->unwindTable().step(registers, afterCall, stack))
      return;
  }
}

} // namespace

void appendBacktrace(const Activation &activation, std::string &text,
                     std::vector<TrapFrame> *frames, Instance *entered) {
  Notes notes(text, frames, entered);
  if (notes.isFull())
    return;
  walkFrames(activation, [&](const Module &module, uintptr_t address) {
    notes.addFunctionsAt(module, address);
    return !notes.isFull();
  });
}

size_t storeFrames(const Activation &activation, std::span<uintptr_t> out) {
  size_t count = 0;
  walkFrames(activation, [&](const Module &, uintptr_t address) {
    if (count < out.size())
      out[count++] = address;
    return count < out.size();
  });
  return count;
}

void appendFunctions(const Activation &activation, size_t maxFrames,
                     std::vector<uint32_t> &functions) {
  walkFrames(activation, [&](const Module &module, uintptr_t address) {
    const uint32_t index = module.functionIndexAt(address);
    if (index != artifact::noIndex) {
      for (uint32_t inlined : module.inlinedFunctionsAt(address))
        if (inlined < module.metadata().functions().size())
          functions.push_back(inlined);
      functions.push_back(index);
    }
    return functions.size() < maxFrames;
  });
}

} // namespace w2n::runtime
