// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// --preinit: an instance is replaced now and then by one of a module that was made from its state
// (wasm::bakeSnapshot), so that the rest of the script judges whether nothing was lost.
#include "lib/wasm/Features.h"
#include "runtime/core/Snapshot.h"
#include "test/spec/Runner.h"

#include <algorithm>
#include <bit>

namespace w2n::spec {

namespace {

Result<std::vector<uint8_t>> bakeModule(std::span<const uint8_t> wasm, std::string_view allowed,
                                        const wasm::Snapshot &snapshot) {
  W2N_TRY(features, wasm::parseFeatures(allowed));
  W2N_TRY(module, wasm::decodeModule(wasm, features));
  W2N_CHECK(wasm::validateModule(module));
  return wasm::bakeSnapshot(std::move(module), snapshot, {});
}

} // namespace

// Others may hold references to what a registered instance exports.
bool Runner::canReplace(const runtime::Instance &instance) const {
  return sources.contains(&instance.module()) &&
         std::ranges::none_of(registered,
                              [&](const auto &entry) { return entry.second.get() == &instance; });
}

Result<Runner::InstanceHandle> Runner::replace(InstanceHandle instance) {
  if (!options.preinit || !canReplace(*instance))
    return instance;
  Source &source = sources[&instance->module()];
  // Often at first, then less and less: scripts have thousands of actions.
  if (!std::has_single_bit(++source.actions))
    return instance;
  auto snapshot = runtime::takeSnapshot(*instance);
  if (!snapshot)
    return instance;
  W2N_TRY(wasm, bakeModule(source.wasm, tool::orEmpty(options.compile.features), *snapshot));
  const unsigned actions = source.actions;
  W2N_TRY(module, loadWasm(std::move(wasm)));
  sources[module.get()].actions = actions;
  W2N_TRY(made, instantiate(module));
  ++totals.replaced;
  for (auto &[name, named] : instances)
    if (named == instance)
      named = made;
  if (current == instance)
    current = made;
  return made;
}

} // namespace w2n::spec
