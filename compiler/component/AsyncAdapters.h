// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Asynchronous functions, streams and futures: the runtime keeps their state (tasks, subtasks,
// ends, what waits for what), and calls functions that are made here where values go from one
// component instance to another, so that these are copied once.
#pragma once

#include "compiler/component/HelperExports.h"
#include "compiler/component/Translate.h"
#include "lib/component/World.h"

namespace w2n::compiler {

class AsyncAdapters {
public:
  AsyncAdapters(Adapters &adapters, HelperExports &exports, component::World &world)
      : adapters(adapters), module(adapters.module), program(adapters.program),
        types(adapters.types), exports(exports), world(world), to(world.concurrency) {}
  /// Fills World::concurrency. Errors: Limit, Unsupported.
  Status run();
  /// Notes what the host needs to call an asynchronous function.
  void describe(component::WorldFunction &function, const LiftedFunc &lifted);

private:
  Status addService(const ServicePlan::Import &import);
  Result<uint32_t> addCall(uint32_t canonFunc);
  Status addGuestCall(component::WorldCall &call, const CanonFunc &canon, const LiftedFunc &lifted);
  Result<uint32_t> makeStart(const CanonFunc &canon, const LiftedFunc &lifted);
  Result<uint32_t> makeFinish(const CanonFunc &canon, const LiftedFunc &lifted);
  Result<uint32_t> makeHostCall(uint32_t canonFunc);
  uint32_t makeThreadStart(const CanonFunc &func);
  uint32_t bufferOf(const CanonFunc &func, bool isWriter);
  uint32_t resultNumberOf(uint32_t instance, const std::optional<component::ValueType> &type,
                          const BoundOptions &options);
  uint32_t elementOf(uint32_t instance, const std::optional<component::ValueType> &type);
  Status addCopies();
  Result<uint32_t> makeCopy(const CanonFunc &writer, const CanonFunc &reader);
  void addStreams(const std::optional<component::ValueType> &type, std::set<uint32_t> &visited);
  void addInstance(uint32_t instance);

  /// A read or a write in the source of the component.
  struct Buffer {
    uint32_t index, element;
    const CanonFunc *func;
  };

  Adapters &adapters;
  MergedModule &module;
  const FlatProgram &program;
  const component::Types &types;
  HelperExports &exports;
  component::World &world;
  component::Concurrency &to;
  std::map<std::string, uint32_t> resultNumbers, bufferNumbers;
  std::vector<Buffer> writers, readers;
};

} // namespace w2n::compiler
