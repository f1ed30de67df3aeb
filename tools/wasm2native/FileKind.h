// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// What a file is, from its first four bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace w2n::tool {

enum class FileKind : uint8_t { Wasm, Elf, Other };

FileKind fileKindOf(std::span<const uint8_t> bytes);
/// Other if it cannot be read: whoever opens it next says why.
FileKind fileKindAt(const std::string &path);

} // namespace w2n::tool
