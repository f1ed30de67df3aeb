// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Instantiation, evaluated at compile time: a component says which modules are instantiated with
// what, without loops and conditions, so that all of its core instances are known. What is left are
// core instances in their order, and functions that canonical definitions make between them.
#pragma once

#include "lib/component/CanonOptions.h"
#include "lib/component/Concurrency.h"
#include "lib/component/ValidateComponent.h"

namespace w2n::compiler {

/// Something that a core instance defines, or a function that a canonical definition makes.
struct CoreItem {
  wasm::ExternKind kind = wasm::ExternKind::Function;
  bool isCanon = false;
  uint32_t instance = 0; ///< of FlatProgram::instances; not of a canonical function
  uint32_t index = 0;    ///< in that module's index space, or in FlatProgram::canonFuncs
};

struct CoreInstance {
  const wasm::Module *module = nullptr;
  std::vector<CoreItem> imports; ///< in the order of the module's imports
};

/// Options with what they refer to.
struct BoundOptions {
  component::CanonOption encoding = component::CanonOption::Utf8;
  std::optional<CoreItem> memory, realloc, postReturn, callback;
  bool isAsync = false;
};

/// As far as the types of core functions depend on them.
inline component::CanonOptions canonOptions(const BoundOptions &options) {
  component::CanonOptions made;
  made.isAsync = options.isAsync;
  if (options.callback)
    made.callback = 0;
  return made;
}

/// Something that the host gives: by interface and name, as HostInterfaces.h has them.
struct HostName {
  std::string interface, name;
};

/// A function that `canon lift` makes, or one of the host's.
struct LiftedFunc {
  CoreItem core;
  BoundOptions options;
  component::TypeId type = {};
  uint32_t componentInstance = 0;
  std::optional<HostName> host = {}; ///< then it has neither `core` nor options
};

/// A core function that a canonical definition makes.
struct CanonFunc {
  component::Builtin builtin = component::Builtin::Lower;
  uint32_t componentInstance = 0;
  BoundOptions options;
  uint32_t lifted = 0;             ///< of Lower: the function that is called
  uint32_t resource = 0;           ///< of the built-ins of resources
  uint32_t slot = 0;               ///< of context.get and context.set
  component::CoreFuncId type = {}; ///< of other built-ins
  bool isAsync = false, isCancellable = false;
  /// Whether Lower is of a function of the host that the component exports again: it has the core
  /// type of lifting, so that the host can call it.
  bool isForward = false;
  /// The type of elements for built-ins of streams and futures, of the result for task.return.
  std::optional<component::ValueType> subject = {};
  std::optional<CoreItem> table = {}; ///< of thread.new-indirect
};

/// A resource type: another for each instance of the component that defines it.
struct RuntimeResource {
  static constexpr uint32_t noInstance = ~uint32_t(0);
  uint32_t componentInstance = noInstance; ///< none defines the host's
  std::optional<CoreItem> destructor;
  std::optional<HostName> host = {};
};

struct ComponentInstance {
  /// The instance that instantiates it.
  std::optional<uint32_t> parent;
  /// The meaning of the numbers of resource types here, as indices of FlatProgram::resources.
  std::unordered_map<component::ResourceNumber, uint32_t> resources;
};

struct FlatProgram {
  std::vector<CoreInstance> instances;
  std::vector<LiftedFunc> liftedFuncs;
  std::vector<CanonFunc> canonFuncs;
  std::vector<RuntimeResource> resources;
  std::vector<ComponentInstance> componentInstances;
  /// The module of the instance that functions of the host are called through by the host, if the
  /// component exports any.
  std::shared_ptr<const wasm::Module> forwardModule;
  struct Export {
    HostName name;          ///< without an interface, if the component exports the function itself
    component::TypeId type; ///< as the component's own type has it
    uint32_t lifted;
  };
  /// The functions that the component itself exports.
  std::vector<Export> exports;

  /// Whether it lowers a function of the host.
  bool isHostCall(const CanonFunc &func) const {
    return func.builtin == component::Builtin::Lower && liftedFuncs[func.lifted].host;
  }

  /// Whether calls go through the runtime, because the function is asynchronous.
  bool isRuntimeCall(const CanonFunc &func, const component::Types &types) const {
    return func.builtin == component::Builtin::Lower &&
           types[liftedFuncs[func.lifted].type].isAsync();
  }

  /// Whether one of two component instances contains the other, or they are one: they cannot call
  /// each other (CanonicalABI.md, "Component Instance State").
  bool areNested(uint32_t a, uint32_t b) const;

  uint32_t resourceOf(uint32_t componentInstance, const component::Types &types,
                      component::TypeId resource) const {
    return componentInstances[componentInstance].resources.at(types[resource].number);
  }
};

/// Evaluates a valid component. What it imports is the host's. Errors: Unsupported (modules and
/// components that it imports), Limit. Threads: any.
Result<FlatProgram> evaluate(const component::Component &component, const component::Types &types,
                             component::TypeId type);

} // namespace w2n::compiler
