// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Fuzzes the decoder and the validator: whatever the bytes, they answer, and what they accept keeps
// to the limits that the lowering relies on.
#include "lib/wasm/Limits.h"
#include "lib/wasm/Module.h"

#include <cstdlib>
#include <vector>

namespace {

using namespace w2n;

void require(bool condition) {
  if (!condition)
    std::abort();
}

/// Errors must say something, and point into the file if they point anywhere.
void checkError(const Error &error, size_t size) {
  require(!error.text.empty());
  require(error.offset <= size || error.offset == Error::noOffset);
  require(error.kind == ErrorKind::Malformed || error.kind == ErrorKind::Invalid ||
          error.kind == ErrorKind::Unsupported || error.kind == ErrorKind::Limit);
}

void checkModule(const wasm::Module &module) {
  require(module.importedFunctions <= module.functions.size());
  for (uint32_t i = 0; i < module.functions.size(); ++i) {
    const wasm::Function &function = module.functions[i];
    require(function.typeIndex < module.types.size());
    require(function.code.empty() == (i < module.importedFunctions));
    uint64_t locals = 0;
    for (const wasm::LocalGroup &group : function.locals)
      locals += group.count;
    require(locals <= wasm::limits::locals);
    require(!wasm::describeFunction(module, i).empty());
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // A copy that ends where the input does, so that a read past it is seen.
  const std::vector<uint8_t> bytes(data, data + size);
  auto module = wasm::decodeModule(bytes);
  if (!module) {
    checkError(module.error(), size);
    return 0;
  }
  if (auto status = wasm::validateModule(*module); !status)
    checkError(status.error(), size);
  else
    checkModule(*module);
  return 0;
}
