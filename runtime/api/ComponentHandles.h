// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The definitions of the opaque types of include/wasm2native/component.h.
#pragma once

#include "include/wasm2native/component.h"
#include "runtime/api/Handles.h"
#include "runtime/component/ComponentInstance.h"

struct w2n_component_function {
  const w2n::component::WorldFunction *function;
  std::string interface, name; ///< terminated
};

struct w2n_component {
  explicit w2n_component(std::shared_ptr<const w2n::runtime::Component> component);

  std::shared_ptr<const w2n::runtime::Component> component;
  std::vector<w2n_component_function> functions; ///< in the order of the world's exports
  mutable std::once_flag textOnce;
  mutable std::string text;
};

struct w2n_component_linker {
  std::shared_ptr<w2n::runtime::HostInterfaces> host =
      std::make_shared<w2n::runtime::HostInterfaces>();
  w2n::runtime::InstanceOptions options;
  /// The plug-ins between all instances and their host; null for none.
  std::shared_ptr<w2n::runtime::Boundary> plugins;
  /// The component that was linked last; null after a change.
  std::shared_ptr<const w2n::runtime::LinkedComponent> linked;
};

struct w2n_component_instance {
  std::unique_ptr<w2n::runtime::ComponentInstance> instance;
};

struct w2n_component_call {
  w2n::runtime::HostCall &call;
  /// Null at the level of core values.
  w2n::runtime::ValueArena *arena;
};
