// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/CodeMap.h"

#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <utility>

namespace w2n::runtime {

namespace {

std::vector<CodeMap::Function> functionsOf(const artifact::Metadata &metadata) {
  std::vector<CodeMap::Function> functions;
  const auto codes = metadata.codes();
  functions.reserve(codes.size());
  for (uint32_t i = metadata.header().importedFunctions; i < codes.size(); ++i) {
    // If there are two, the other is a wrapper.
    const auto body = codes[i].tailCode ? codes[i].tailCode : codes[i].code;
    functions.push_back({reinterpret_cast<uintptr_t>(metadata.address(body)), i});
  }
  return functions;
}

// The list is not checked when the module is loaded: what makes no sense in it ends it.
std::vector<CodeMap::Range> rangesOf(const artifact::Metadata &metadata) {
  const auto &header = metadata.header();
  const size_t words = header.inlinedBytes / sizeof(uint32_t);
  const auto *list = reinterpret_cast<const uint32_t *>(metadata.address(header.inlined));
  constexpr size_t rangeWords = sizeof(artifact::InlinedRange) / sizeof(uint32_t);
  std::vector<CodeMap::Range> ranges;
  ranges.reserve(words / rangeWords);
  for (size_t at = 0; at + rangeWords <= words;) {
    const auto *range = reinterpret_cast<const artifact::InlinedRange *>(list + at);
    if (range->functionCount > words - at - rangeWords)
      break;
    at += rangeWords;
    ranges.push_back({reinterpret_cast<uintptr_t>(range) + uintptr_t(intptr_t(range->code)),
                      {list + at, range->functionCount}});
    at += range->functionCount;
  }
  return ranges;
}

} // namespace

CodeMap::CodeMap(std::vector<Function> newFunctions, std::vector<Range> newRanges)
    : functions(std::move(newFunctions)), ranges(std::move(newRanges)) {
  std::ranges::stable_sort(functions, {}, &Function::begin);
  std::ranges::stable_sort(ranges, {}, &Range::begin);
}

CodeMap CodeMap::of(const artifact::Metadata &metadata) {
  const uint64_t ranges = metadata.header().inlinedBytes / sizeof(artifact::InlinedRange);
  if (!platform::hasRoomOnce(metadata.codes().size() * sizeof(Function) + ranges * sizeof(Range)))
    return {};
  return {functionsOf(metadata), rangesOf(metadata)};
}

uint32_t CodeMap::functionAt(uintptr_t start) const {
  const auto found = std::ranges::lower_bound(functions, start, {}, &Function::begin);
  return found != functions.end() && found->begin == start ? found->index : artifact::noIndex;
}

std::span<const uint32_t> CodeMap::inlinedAt(uintptr_t address) const {
  const auto next = std::ranges::upper_bound(ranges, address, {}, &Range::begin);
  return next == ranges.begin() ? std::span<const uint32_t>() : (next - 1)->functions;
}

} // namespace w2n::runtime
