// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/dylink/LinkModules.h"

#include "lib/dylink/Linker.h"

namespace w2n::dylink {

namespace {

Result<std::vector<uint8_t>> link(Linker &linker, wasm::FeatureSet features) {
  W2N_CHECK(linker.readParts());
  W2N_CHECK(linker.orderParts());
  // Bases are known from here on, and so are the values of globals that depend on nothing else.
  W2N_CHECK(linker.placeMemory());
  W2N_CHECK(linker.placeTable());
  linker.collectSymbols();
  // Every function, global and tag has its new number then.
  W2N_CHECK(linker.resolveFunctions());
  W2N_CHECK(linker.resolveGlobals());
  W2N_CHECK(linker.resolveTags());
  // The table has its size, and no symbol is missing.
  linker.resolveAddresses();
  W2N_CHECK(linker.requireSymbols());
  W2N_TRY(linked, linker.emit());
  // Whatever a module did that no tool does (writing to what must be constant, ...) is refused
  // here.
  auto module = wasm::decodeModule(linked, features);
  const Status valid = module ? wasm::validateModule(*module) : std::unexpected(module.error());
  if (!valid)
    return fail(valid.error().kind, "the linked module is not valid: " + valid.error().text);
  return linked;
}

} // namespace

std::expected<std::vector<uint8_t>, LinkError> linkModules(std::span<const LinkInput> inputs,
                                                           const LinkOptions &options) {
  Linker linker(inputs, options);
  auto linked = link(linker, options.features);
  if (linked)
    return std::move(*linked);
  return std::unexpected(LinkError{linker.file(), std::move(linked).error()});
}

} // namespace w2n::dylink
