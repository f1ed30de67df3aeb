// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Makes wasm binaries, well-formed or not, for tests of the decoder and the validator: sections
// from bytes, bytes from whatever one wants to write down.
#pragma once

#include "lib/wasm/Module.h"

#include <initializer_list>
#include <string_view>
#include <vector>

namespace w2n::test {

using ByteVector = std::vector<uint8_t>;

/// LEB128, as short as it can be.
ByteVector unsignedLeb(uint64_t value);
ByteVector signedLeb(int64_t value);
/// `text` with its length before it.
ByteVector name(std::string_view text);

inline void append(ByteVector &bytes, const ByteVector &more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}
inline void append(ByteVector &bytes, int byte) { bytes.push_back(uint8_t(byte)); }

/// The parts, each a byte or a vector of them, one after the other.
template <typename... Parts> ByteVector join(const Parts &...parts) {
  ByteVector bytes;
  (append(bytes, parts), ...);
  return bytes;
}

/// `part`, `count` times.
ByteVector repeat(const ByteVector &part, size_t count);
/// A count and the items.
ByteVector vectorOf(std::initializer_list<ByteVector> items);
/// `bytes` with their size before them: a function body, the contents of a section.
ByteVector sized(const ByteVector &bytes);
/// An entry of the code section without locals; `code` lacks its final `end`.
ByteVector body(const ByteVector &code);

enum class SectionId : uint8_t {
  Custom,
  Type,
  Import,
  Function,
  Table,
  Memory,
  Global,
  Export,
  Start,
  Element,
  Code,
  Data,
  DataCount,
  Tag,
};

/// Magic number and version.
extern const ByteVector header;
ByteVector section(SectionId id, const ByteVector &content);
ByteVector section(SectionId id, std::initializer_list<ByteVector> items);
ByteVector customSection(std::string_view sectionName, const ByteVector &content);

/// A module with every section that there is, each with all kinds of entries:
/// functions 0 (import "env" "log"), 1 "$run" (exported, of two locals), 2 (the start function);
/// tables 0 (imported), 1 and 2; memories 0 (imported) and 1; globals 0 (imported), 1 and 2.
ByteVector fullModule();

/// Decodes and validates.
Result<wasm::Module> load(const ByteVector &bytes);

} // namespace w2n::test
