// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A check of a heap after a collection, for tests and for the debug mode.
#include "runtime/heap/Heap.h"
#include "runtime/heap/Objects.h"

namespace w2n::heap {

namespace {

/// Looks at one object after the other, and keeps the first contradiction.
class Verification {
public:
  Verification(const Space &space, const HeapTypes &types) : space(space), types(types) {}

  std::string run() {
    for (uint32_t block = firstBlock; block < space.frontier && wrong.empty(); ++block)
      checkBlock(block);
    return std::move(wrong);
  }

private:
  void say(uint32_t reference, const char *what) {
    if (wrong.empty())
      wrong = "object at " + std::to_string(reference) + ": " + what;
  }
  bool isObject(uint32_t reference) const {
    return space.holds(reference) && space.starts.test(reference);
  }
  void checkBlock(uint32_t block);
  void checkObject(uint32_t reference);
  void checkLines(uint32_t reference, uint64_t bytes);

  const Space &space;
  const HeapTypes &types;
  std::string wrong;
};

void Verification::checkBlock(uint32_t block) {
  const uint64_t *words = space.starts.ofBlock(block);
  const BlockState state = space.states[block];
  const bool mayHold = state != BlockState::Free && state != BlockState::LargeTail;
  for (uint32_t i = 0; i < wordsPerBlock; ++i)
    for (uint64_t bits = words[i]; bits != 0; bits &= bits - 1) {
      const auto reference =
          uint32_t(offsetOf(block) + (i * 64 + uint32_t(std::countr_zero(bits))) * 8);
      if (!mayHold)
        return say(reference, "is in a block that is free or another object's");
      checkObject(reference);
    }
}

void Verification::checkLines(uint32_t reference, uint64_t bytes) {
  const uint64_t last = (reference + bytes - 1) / lineBytes;
  for (uint64_t line = reference / lineBytes; line <= last; ++line)
    if (space.lines[line] == uint8_t(LineState::Free))
      say(reference, "is in a free line");
}

void Verification::checkObject(uint32_t reference) {
  const artifact::ObjectHeader &header = space.header(reference);
  const TypeDescriptor &type = types.descriptor(header.typeId);
  const uint64_t bytes = declaredBytes(type, header.length);
  if (type.kind == ObjectKind::None)
    return say(reference, "has no type");
  if (clampedBytes(space, reference, bytes) != bytes)
    return say(reference, "is larger than its blocks");
  if (space.states[blockOf(reference)] != BlockState::LargeHead)
    checkLines(reference, bytes);
  auto check = [&](uint32_t to) {
    if (to != 0 && to % 2 == 0 && !isObject(to))
      say(reference, "refers to what is no object");
  };
  if (type.kind == ObjectKind::Struct)
    visitStruct(space, reference, type, check);
  else
    visitElements(space, reference, type, 0, header.length, check);
}

} // namespace

std::string Heap::verify() const { return Verification(*space, types).run(); }

} // namespace w2n::heap
