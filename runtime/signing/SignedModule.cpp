// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/signing/SignedModule.h"

#include "lib/support/File.h"

namespace w2n::signing {

Result<std::shared_ptr<const runtime::Module>>
loadSigned(const std::string &path, const TrustedKeys &keys, const runtime::LoadOptions &options) {
  W2N_TRY(signature, readSignatureOf(path));
  W2N_TRY(artifact, readRegularFile(path));
  return loadSignedBytes(artifact, signature, keys, path, options);
}

Result<std::shared_ptr<const runtime::Module>>
loadSignedBytes(std::span<const uint8_t> artifact, std::string_view signature,
                const TrustedKeys &keys, const std::string &name,
                const runtime::LoadOptions &options) {
  W2N_CHECK(verify(keys, signature, {.content = hashOf(artifact)}, name + signatureEnd));
  runtime::LoadOptions load = options;
  // The hash covered all of it.
  load.verify = runtime::LoadOptions::Verify::Structure;
  return runtime::Module::loadBytes(artifact, name, load);
}

} // namespace w2n::signing
