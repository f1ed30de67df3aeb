// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Fuzzes the decoder and the validator of components, and the merging of their modules: whatever
// the bytes, they answer, and what is merged is a valid module.
#include "compiler/component/MergeComponent.h"

#include <cstdlib>
#include <vector>

namespace {

using namespace w2n;

void require(bool condition) {
  if (!condition)
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // A copy that ends where the input does, so that a read past it is seen.
  const std::vector<uint8_t> bytes(data, data + size);
  const auto merged = compiler::mergeComponent(bytes);
  if (!merged) {
    const Error &error = merged.error();
    require(!error.text.empty());
    require(error.offset <= size || error.offset == Error::noOffset);
    require(error.kind == ErrorKind::Malformed || error.kind == ErrorKind::Invalid ||
            error.kind == ErrorKind::Unsupported || error.kind == ErrorKind::Limit);
    return 0;
  }
  auto module = wasm::decodeModule(merged->wasm);
  // Together, instances may have more than one module may have.
  require(module || module.error().kind == ErrorKind::Limit);
  if (!module)
    return 0;
  const Status status = wasm::validateModule(*module);
  require(status || status.error().kind == ErrorKind::Limit);
  return 0;
}
