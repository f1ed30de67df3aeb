// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Matching a module's imports with what the resolver finds.
#pragma once

#include "runtime/core/Instance.h"

namespace w2n::runtime {

/// Finds and checks every import of `module`, in order, before anything is changed. Errors: Link,
/// beginning with the specification's "unknown import" or "incompatible import type". Source: core
/// specification, section 4.5.4 and "Import Subtyping" (section 3.4).
Result<std::vector<Extern>> resolveImports(const Module &module, const Resolver &resolver,
                                           const InstanceOptions &options);

/// Writes the imports into the context of `instance` and ties its group to those of the instances
/// that they belong to.
Status bindImports(Instance &instance, std::span<const Extern> imports);

} // namespace w2n::runtime
