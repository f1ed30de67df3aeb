// Writes the metadata of an artifact (lib/artifact/Format.h) as LLVM globals, so that the linker
// fills in the distances to code and data.
#pragma once

#include "compiler/link/Image.h"
#include "compiler/lower/ModuleLowering.h"

namespace w2n::compiler {

/// Adds metadata, data segments and memory image to `lowering.module`, which holds the thunks and,
/// if `hasInitialize`, the initialize function. `sourceHash` has 32 bytes.
void emitMetadata(ModuleLowering &lowering, const MemoryImage &image, bool hasInitialize,
                  std::span<const uint8_t> sourceHash);

/// Fills in what only the linked file tells: addresses of code and unwind tables, file offsets of
/// the image. Errors: Internal.
Status completeMetadata(std::vector<uint8_t> &elf, const MemoryImage &image);

} // namespace w2n::compiler
