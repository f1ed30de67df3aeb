// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The services of the runtime that a component needs for its tasks, streams and futures, known
// before anything is written, because functions that are imported have the first numbers. A
// component without any needs none.
#pragma once

#include "compiler/component/Evaluate.h"

#include <map>
#include <set>

namespace w2n::compiler {

/// Whether streams or futures are in a function's type.
bool hasEnds(const component::Types &types, component::TypeId id);

class ServicePlan {
public:
  ServicePlan(const FlatProgram &program, const component::Types &types);

  struct Import {
    component::Service service;
    std::optional<uint32_t> canonFunc; ///< whose service it is, unless all share it
    wasm::FunctionType type;
  };
  const std::vector<Import> &imports() const { return list; }
  /// The number of the imported function of a canonical function, or of one that all share.
  uint32_t importOf(uint32_t canonFunc) const { return firstImport + ofCanonFunc.at(canonFunc); }
  uint32_t importOf(component::Service service) const { return firstImport + shared.at(service); }
  /// Whether a component instance has tasks that the runtime knows of.
  bool hasTasks(uint32_t componentInstance) const { return instances.contains(componentInstance); }
  const std::set<uint32_t> &instancesWithTasks() const { return instances; }

private:
  void add(component::Service service, std::optional<uint32_t> canonFunc, wasm::FunctionType type);

  std::vector<Import> list;
  std::map<uint32_t, uint32_t> ofCanonFunc;
  std::map<component::Service, uint32_t> shared;
  std::set<uint32_t> instances;
  uint32_t firstImport = 0;
};

} // namespace w2n::compiler
