// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/http/Library.h"

#include "runtime/platform/OwnLibrary.h"

namespace w2n::http {

namespace {

/// A library's table of functions, if it is of this version.
template <typename Table>
Result<const Table *> open(const char *libraryName, const char *symbolName, const char *wanted) {
  W2N_TRY(symbol, platform::symbolOfOwnLibrary(libraryName, symbolName, wanted));
  const auto *table = static_cast<const Table *>(symbol);
  if (table->version != Table::currentVersion)
    return fail(ErrorKind::Unsupported,
                std::string(libraryName) + " is of another version of wasm2native");
  return table;
}

} // namespace

Result<const Codec *> openCodec() {
  static const auto codec = open<Codec>("libwasm2native-http.so", "w2nHttpCodec", "HTTP");
  return codec;
}

Result<const TlsLibrary *> openTls() {
  static const auto library = open<TlsLibrary>("libwasm2native-tls.so", "w2nTlsLibrary", "TLS");
  return library;
}

} // namespace w2n::http
