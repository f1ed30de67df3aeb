// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Images of containers in a folder, as registries' tools copy them (OCI image layout 1.0), whose
// layer is a WebAssembly module: the CNCF's layout for wasm, `application/wasm`.
#pragma once

#include "lib/support/Error.h"

#include <string>
#include <string_view>
#include <vector>

namespace w2n::tool {

inline constexpr std::string_view ociPrefix = "oci:";

/// The module in an image.
struct OciModule {
  std::vector<uint8_t> bytes; ///< they have the digest by which the image names them
  std::string path;           ///< of the file that they were read from
};

/// Reads the module of `name`, "oci:FOLDER" or "oci:FOLDER:TAG". Without a tag, the image is the
/// only one, or the first that has a module. Errors: Io; Malformed: a file that is not what the
/// layout says, or has another digest; Unsupported: no layer is a module.
Result<OciModule> readOciModule(const std::string &name);

} // namespace w2n::tool
