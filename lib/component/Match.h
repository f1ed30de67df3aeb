// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Subtyping (Explainer.md, "Type Checking"; Subtyping.md). A component may be given where one is
// expected that has more imports and fewer exports; values must have the same structure.
//
// The resources that a type binds are unified with those of the other side while it is matched. A
// number stands for the same resource on both sides, so that a type always matches itself.
#pragma once

#include "lib/component/Types.h"

#include <unordered_set>

namespace w2n::component {

class Matcher {
public:
  Matcher(Types &types, uint64_t offset) : types(types), offset(offset) {}

  /// Makes `number`, which `expected` binds, stand for what `actual` does.
  void bind(ResourceNumber number, ResourceNumber actual);
  /// Binds those of `bound` that are exported or imported at `expected` to what is at `found`.
  Status bindResources(const Entity &found, const Entity &expected,
                       const std::unordered_set<ResourceNumber> &bound,
                       Substitution *substitution = nullptr);
  Status match(const Entity &found, const Entity &expected);

private:
  Status matchTypes(TypeId found, TypeId expected);
  Status matchBodies(const TypeBody &found, const TypeBody &expected);
  Status matchValues(ValueType found, ValueType expected);
  Status matchDefined(const TypeBody &found, const TypeBody &expected);
  Status matchFields(const TypeBody &found, const TypeBody &expected);
  Status matchCases(const TypeBody &found, const TypeBody &expected);
  Status matchTuples(const TypeBody &found, const TypeBody &expected);
  Status matchLabels(const TypeBody &found, const TypeBody &expected, const char *what);
  Status matchResults(const TypeBody &found, const TypeBody &expected);
  Status matchElements(const TypeBody &found, const TypeBody &expected);
  Status matchFuncs(const TypeBody &found, const TypeBody &expected);
  Status matchInstances(const TypeBody &found, const TypeBody &expected);
  Status matchComponents(const TypeBody &found, const TypeBody &expected);
  Status matchResources(ResourceNumber found, ResourceNumber expected);
  ResourceNumber resolve(ResourceNumber number) const;
  std::unexpected<Error> invalid(std::string text) const {
    return fail(ErrorKind::Invalid, std::move(text), offset);
  }
  std::unexpected<Error> expectedFound(std::string_view expected, std::string_view found) const {
    return invalid("expected " + std::string(expected) + ", found " + std::string(found));
  }

  Types &types;
  const uint64_t offset;
  std::unordered_map<ResourceNumber, ResourceNumber> bindings;
  /// Pairs that match, found before expected.
  std::unordered_set<uint64_t> matched;
};

} // namespace w2n::component
