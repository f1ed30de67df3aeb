// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A resource type that the host defines. Its address is its identity.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace w2n::runtime {

struct HostResource {
  /// Both as in WIT: "wasi:io/streams@0.2.12", "input-stream". Without an interface the world
  /// itself imports it.
  std::string interface, name;
  /// Called when a guest drops an own handle; it must not call the guest. May be empty.
  std::function<void(uint32_t representation)> destroy = {};
  /// The same, in place of it, where every instance has resources of its own: gets
  /// Instance::userData.
  std::function<void(void *userData, uint32_t representation)> destroyOfInstance = {};
};

} // namespace w2n::runtime
