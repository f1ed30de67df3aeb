// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The table of interfaces that are proposals of WASI, each of its own version. Their state is that
// of 0.2 (p2::State). Versions before a release fit themselves alone.
#pragma once

#include "runtime/component/HostFunction.h"

namespace w2n::wasi::proposals {

/// Interfaces that a component imports under `version`: "@0.2.0-rc.1", or "" for none.
struct Package {
  std::string_view version;
  std::span<const runtime::HostInterfaceRow> interfaces;
  std::span<const runtime::ResourceType *const> resourceTypes = {};
};

std::span<const Package> allPackages();

} // namespace w2n::wasi::proposals
