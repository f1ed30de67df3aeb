// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The kind of a file, from its first bytes.
#pragma once

#include "lib/support/Error.h"

#include <cstdint>
#include <span>
#include <string>

namespace w2n::tool {

/// Wasm is a module or a component, which the compiler tells apart. Elf is what artifacts are, too.
enum class FileKind : uint8_t { Wasm, Elf, Other };

FileKind fileKindOf(std::span<const uint8_t> bytes);
/// Other if it cannot be read: opening it says why.
FileKind fileKindAt(const std::string &path);

/// Says what `bytes` are instead of `wanted`, "not a WebAssembly module", and what to do. Errors:
/// Malformed, always.
std::unexpected<Error> wrongFile(std::span<const uint8_t> bytes, const std::string &wanted);

/// requireModule of the first bytes of a file. A file that cannot be read, or not at a position,
/// passes: opening it says why.
Status requireModuleAt(const std::string &path);

/// Whether `bytes`, the content of `path`, begin as a module does. Errors: Malformed, with what
/// they are instead, if that is known; for others the decoder finds the words.
Status requireModule(std::span<const uint8_t> bytes, const std::string &path);

} // namespace w2n::tool
