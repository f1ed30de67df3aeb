// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Fuzzes the parser and the resolver of WIT: whatever the text, they answer, and what they accept
// prints to a text that means the same.
#include "lib/wit/Print.h"
#include "lib/wit/Resolve.h"

#include <cstdlib>

namespace {

using namespace w2n;

void require(bool condition) {
  if (!condition)
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto packages =
      wit::parsePackages("text", std::string(reinterpret_cast<const char *>(data), size));
  if (!packages) {
    const Error &error = packages.error();
    require(error.text.starts_with("text:"));
    require(error.kind == ErrorKind::Malformed || error.kind == ErrorKind::Invalid ||
            error.kind == ErrorKind::Limit);
    return 0;
  }
  const std::string once = wit::printPackages(*packages);
  auto again = wit::parsePackages("again", once);
  require(again && wit::printPackages(*again) == once);
  return 0;
}
