// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The component that an artifact was made from, as the artifact describes it: the component's type,
// and how its functions are called through the module that it became. The compiler encodes it, the
// runtime decodes it, and trusts nothing of it: layouts are found again, indices are checked where
// they are used.
#pragma once

#include "lib/component/Concurrency.h"

#include <set>
#include <string>

namespace w2n::component {

/// A function that the component imports or exports.
struct WorldFunction {
  static constexpr uint32_t none = ~uint32_t(0);

  std::string_view interface = {}; ///< empty: of the component itself
  std::string_view name = {};
  TypeId type = {};         ///< a function type
  uint32_t instance = 0;    ///< the component instance that calls it, or that it belongs to
  uint32_t function = none; ///< index among the module's imports, or among its exports
  CanonOption encoding = CanonOption::Utf8;
  uint32_t memory = none;     ///< index of a memory
  uint32_t realloc = none;    ///< index among the exports
  uint32_t postReturn = none; ///< index among the exports
  // Fields of an asynchronous function.
  bool isAsyncLift = false;  ///< of an export: it gives its result with task.return
  uint32_t callback = none;  ///< index among the exports
  uint32_t resultNumber = 0; ///< what task.return must have, too
};

/// The functions for handles of a component instance: indices among the exports, or none.
struct WorldHandles {
  uint32_t instance = 0;
  uint32_t lend = WorldFunction::none;       ///< (handle, type) -> representation
  uint32_t take = WorldFunction::none;       ///< (handle, type) -> representation
  uint32_t give = WorldFunction::none;       ///< (representation, type) -> own handle
  uint32_t giveBorrow = WorldFunction::none; ///< (representation, type) -> borrow handle
};

/// A resource type that the component's type names.
struct WorldResource {
  ResourceNumber number = 0; ///< TypeBody::number
  uint32_t handleType = 0;   ///< what the functions for handles know it by
  bool isHost = false;
  std::string_view interface = {}, name = {}; ///< of the host's
  uint32_t instance = WorldFunction::none;    ///< the component instance that defines it
  uint32_t destructor = WorldFunction::none;  ///< index among the exports
};

struct World {
  Types types;
  TypeId type = {};
  std::vector<WorldFunction> hostCalls; ///< one for each lowering, in the order of the imports
  std::vector<WorldFunction> exports;
  std::vector<WorldHandles> handles;
  std::vector<WorldResource> resources;
  Concurrency concurrency;
  /// Holds names that nothing else holds; empty if the world was decoded.
  std::set<std::string, std::less<>> names;
};

std::vector<uint8_t> encodeWorld(const World &world);

/// Names refer to `bytes`. Errors: Malformed, Limit. Linear. Threads: any.
Result<World> decodeWorld(Bytes bytes);

} // namespace w2n::component
