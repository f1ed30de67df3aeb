// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Loads an artifact only if a trusted key signed it. The bytes are read once, into memory that
// nobody else writes: what is verified is what runs, whatever happens to the file meanwhile.
#pragma once

#include "runtime/core/Module.h"
#include "runtime/signing/Signature.h"

namespace w2n::signing {

/// Reads the artifact at `path` and the signature beside it. Errors: those of verify,
/// readSignatureOf and Module::loadBytes.
Result<std::shared_ptr<const runtime::Module>> loadSigned(const std::string &path,
                                                          const TrustedKeys &keys,
                                                          const runtime::LoadOptions &options = {});

/// The same for bytes and the text of their signature.
Result<std::shared_ptr<const runtime::Module>>
loadSignedBytes(std::span<const uint8_t> artifact, std::string_view signature,
                const TrustedKeys &keys, const std::string &name,
                const runtime::LoadOptions &options = {});

} // namespace w2n::signing
