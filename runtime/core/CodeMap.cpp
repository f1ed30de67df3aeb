#include "runtime/core/CodeMap.h"

#include "runtime/platform/VirtualMemory.h"

#include <algorithm>

namespace w2n::runtime {

namespace {

/// The last of `entries`, which are sorted by `begin`, that begins at `address` or before; null if
/// there is none.
template <typename Entry>
const Entry *lastAt(const std::vector<Entry> &entries, uintptr_t address) {
  const auto next = std::ranges::upper_bound(entries, address, {}, &Entry::begin);
  return next == entries.begin() ? nullptr : &*(next - 1);
}

} // namespace

CodeMap::CodeMap(const artifact::Metadata &metadata) {
  if (!platform::hasRoom(metadata.codes().size() * sizeof(Function) +
                         metadata.header().inlinedBytes / sizeof(artifact::InlinedRange) *
                             sizeof(Range)))
    return;
  readFunctions(metadata);
  readRanges(metadata);
}

void CodeMap::readFunctions(const artifact::Metadata &metadata) {
  const auto codes = metadata.codes();
  functions.reserve(codes.size());
  for (uint32_t i = metadata.header().importedFunctions; i < codes.size(); ++i) {
    // Where there are two, the other is a wrapper.
    const auto body = codes[i].tailCode ? codes[i].tailCode : codes[i].code;
    functions.push_back({reinterpret_cast<uintptr_t>(metadata.address(body)), i});
  }
  std::ranges::sort(functions, [](const Function &left, const Function &right) {
    return std::pair(left.begin, left.index) < std::pair(right.begin, right.index);
  });
}

// The list is not checked when the module is loaded: what makes no sense in it ends it.
void CodeMap::readRanges(const artifact::Metadata &metadata) {
  const auto &header = metadata.header();
  const size_t words = header.inlinedBytes / sizeof(uint32_t);
  const auto *list = reinterpret_cast<const uint32_t *>(metadata.address(header.inlined));
  constexpr size_t rangeWords = sizeof(artifact::InlinedRange) / sizeof(uint32_t);
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
  // Of several at one address the last one counts.
  std::ranges::stable_sort(ranges, {}, &Range::begin);
}

uint32_t CodeMap::functionAt(uintptr_t start) const {
  const auto found = std::ranges::lower_bound(functions, start, {}, &Function::begin);
  return found != functions.end() && found->begin == start ? found->index : artifact::noIndex;
}

std::span<const uint32_t> CodeMap::inlinedAt(uintptr_t address) const {
  const Range *range = lastAt(ranges, address);
  return range ? range->functions : std::span<const uint32_t>();
}

} // namespace w2n::runtime
