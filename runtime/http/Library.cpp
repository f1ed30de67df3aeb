// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/http/Library.h"

#include "runtime/platform/OwnLibrary.h"

namespace w2n::http {

Result<const Codec *> openCodec() {
  constexpr const char *libraryName = "libwasm2native-http.so";
  static const auto symbol = platform::symbolOfOwnLibrary(libraryName, "w2nHttpCodec", "HTTP");
  if (!symbol)
    return std::unexpected(symbol.error());
  const auto *codec = static_cast<const Codec *>(*symbol);
  if (codec->version != Codec::currentVersion)
    return fail(ErrorKind::Unsupported,
                std::string(libraryName) + " is of another version of wasm2native");
  return codec;
}

} // namespace w2n::http
