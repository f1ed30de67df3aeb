// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/component/Evaluate.h"

#include "compiler/component/ForwardModule.h"
#include "compiler/component/ServicePlan.h"

#include <algorithm>
#include <map>

namespace w2n::compiler {

using namespace component;

namespace {

/// Bounds what a file can ask for: components can instantiate others twice, and those again.
constexpr uint32_t maxInstances = 10'000;
constexpr uint64_t maxSteps = 20'000'000;

struct Frame;
struct Instance;

/// A component with what it can refer to outside of it.
struct Closure {
  const component::Component *component = nullptr;
  TypeId type = {};
  Frame *parent = nullptr;
};

struct Item {
  Sort sort = Sort::Func;
  uint32_t lifted = 0;                   ///< of a function
  std::optional<uint32_t> resource = {}; ///< of a type that is one
  const wasm::Module *module = nullptr;
  Closure closure = {};
  std::shared_ptr<Instance> instance = {};
};

struct Instance {
  std::map<std::string_view, Item> exports;
};

using CoreExports = std::map<std::string_view, CoreItem>;

/// The index spaces of one component instance.
struct Frame {
  Frame *parent = nullptr;
  uint32_t componentInstance = 0;
  std::vector<CoreItem> coreFuncs, coreTables, coreMemories, coreGlobals, coreTags;
  std::vector<std::shared_ptr<CoreExports>> coreInstances;
  std::vector<Item> modules, funcs, types, components, instances;

  std::vector<CoreItem> &coreSpace(wasm::ExternKind kind) {
    std::vector<CoreItem> *const spaces[] = {&coreFuncs, &coreTables, &coreMemories, &coreGlobals,
                                             &coreTags};
    return *spaces[size_t(kind)];
  }
  std::vector<Item> *space(Sort sort) {
    switch (sort) {
    case Sort::CoreModule:
      return &modules;
    case Sort::Func:
      return &funcs;
    case Sort::Type:
      return &types;
    case Sort::Component:
      return &components;
    case Sort::Instance:
      return &instances;
    default:
      return nullptr;
    }
  }
};

class Evaluator {
public:
  explicit Evaluator(const Types &types) : types(types) {}
  Result<FlatProgram> run(const component::Component &component, TypeId type);

private:
  using Arguments = std::map<std::string_view, Item>;
  Result<std::shared_ptr<Instance>> instantiate(const Closure &closure, const Arguments &arguments,
                                                uint32_t *componentInstance = nullptr);

  Status evaluate(const Definition &definition, const CoreModuleDefinition &);
  Status evaluate(const Definition &definition, const CoreInstanceDefinition &);
  Status evaluate(const Definition &, const CoreTypeDefinition &) { return {}; }
  Status evaluate(const Definition &definition, const ComponentDefinition &);
  Status evaluate(const Definition &definition, const InstanceDefinition &);
  Status evaluate(const Definition &definition, const AliasDefinition &);
  Status evaluate(const Definition &definition, const TypeSyntax &);
  Status evaluate(const Definition &definition, const CanonDefinition &);
  Status evaluate(const Definition &definition, const ImportDefinition &);
  Status evaluate(const Definition &definition, const ExportDefinition &);
  Status evaluate(const Definition &definition, const StartDefinition &) {
    return unsupported("component start functions", definition.offset);
  }
  Status evaluate(const Definition &definition, const ValueDefinition &) {
    return unsupported("component values", definition.offset);
  }
  Status instantiateModule(const wasm::Module &module, const CoreInstanceDefinition &);
  void bindResources(const Entity &entity, const Item &item);
  Result<Item> fromHost(const Entity &entity, const HostName &name, uint64_t offset);
  Status exportFuncs(TypeId type, const Instance &instance, const std::string &interface);
  Result<uint32_t> forward(uint32_t lifted, std::string_view name);
  Result<uint32_t> forwardInstance();
  BoundOptions bind(const CanonOptions &options);
  void bindBuiltin(CanonFunc &func, const Definition &definition, const CanonDefinition &canon);
  const Item &itemAt(const SortIndex &item) { return (*frame->space(item.sort))[item.index]; }
  CoreItem coreItemAt(const SortIndex &item) {
    const auto kind = wasm::ExternKind(size_t(item.sort) - size_t(Sort::CoreFunc));
    return frame->coreSpace(kind)[item.index];
  }
  std::unexpected<Error> unsupported(const std::string &what, uint64_t offset) const {
    return fail(ErrorKind::Unsupported, what + " are not supported yet", offset);
  }
  Status step(uint64_t count) {
    steps += count;
    if (steps > maxSteps)
      return fail(ErrorKind::Limit, "component instantiates too much");
    return {};
  }

  const Types &types;
  FlatProgram program;
  /// Components that are defined in them refer to them.
  std::vector<std::unique_ptr<Frame>> frames;
  Frame *frame = nullptr;
  std::shared_ptr<Instance> exports;
  const Arguments *given = nullptr;
  std::optional<uint32_t> forwarding;
  uint64_t steps = 0;
};

Status Evaluator::evaluate(const Definition &, const CoreModuleDefinition &definition) {
  frame->modules.push_back({.sort = Sort::CoreModule, .module = definition.module.get()});
  return {};
}

Status Evaluator::instantiateModule(const wasm::Module &module,
                                    const CoreInstanceDefinition &definition) {
  if (program.instances.size() >= maxInstances)
    return fail(ErrorKind::Limit,
                "component has more than " + std::to_string(maxInstances) + " core instances");
  W2N_CHECK(step(1 + module.imports.size() + module.exports.size()));
  std::map<std::string_view, const CoreExports *> arguments;
  for (const auto &[name, index] : definition.arguments)
    arguments[name] = frame->coreInstances[index].get();
  const auto number = uint32_t(program.instances.size());
  CoreInstance instance{&module, {}};
  // The imports, by kind: an export of an import is the item that was given.
  std::vector<CoreItem> imported[5];
  for (const wasm::Import &import : module.imports) {
    const CoreItem item = arguments.at(import.module)->at(import.name);
    instance.imports.push_back(item);
    imported[size_t(import.kind)].push_back(item);
  }
  program.instances.push_back(std::move(instance));
  auto items = std::make_shared<CoreExports>();
  for (const wasm::Export &exported : module.exports) {
    const std::vector<CoreItem> &given = imported[size_t(exported.kind)];
    (*items)[exported.name] = exported.index < given.size()
                                  ? given[exported.index]
                                  : CoreItem{exported.kind, false, number, exported.index};
  }
  frame->coreInstances.push_back(std::move(items));
  return {};
}

Status Evaluator::evaluate(const Definition &, const CoreInstanceDefinition &definition) {
  if (definition.module)
    return instantiateModule(*frame->modules[*definition.module].module, definition);
  auto items = std::make_shared<CoreExports>();
  for (const auto &[name, item] : definition.exports)
    (*items)[name] = coreItemAt(item);
  frame->coreInstances.push_back(std::move(items));
  return {};
}

Status Evaluator::evaluate(const Definition &definition, const ComponentDefinition &nested) {
  frame->components.push_back(
      {.sort = Sort::Component,
       .closure = {nested.component.get(), TypeId(definition.resolved), frame}});
  return {};
}

Status Evaluator::evaluate(const Definition &definition, const InstanceDefinition &syntax) {
  W2N_CHECK(step(1 + syntax.arguments.size() + syntax.exports.size()));
  if (!syntax.component) {
    auto instance = std::make_shared<Instance>();
    for (const auto &[name, item] : syntax.exports)
      instance->exports[name.name] = itemAt(item);
    frame->instances.push_back({.sort = Sort::Instance, .instance = std::move(instance)});
    return {};
  }
  Arguments arguments;
  for (const auto &[name, item, offset] : syntax.arguments)
    arguments[name] = itemAt(item);
  uint32_t made = 0;
  // A copy: the index space moves as it grows.
  const Closure closure = frame->components[*syntax.component].closure;
  W2N_TRY(instance, instantiate(closure, arguments, &made));
  auto &ours = program.componentInstances[frame->componentInstance].resources;
  for (const auto &[inner, outer] : definition.resources) {
    const auto &theirs = program.componentInstances[made].resources;
    if (auto found = theirs.find(inner); found != theirs.end())
      ours[outer] = found->second;
  }
  frame->instances.push_back({.sort = Sort::Instance, .instance = std::move(instance)});
  return {};
}

Status Evaluator::evaluate(const Definition &, const AliasDefinition &alias) {
  switch (alias.target) {
  case AliasDefinition::Target::Export:
    frame->space(alias.sort)
        ->push_back(Item(frame->instances[alias.instance].instance->exports.at(alias.name)));
    return {};
  case AliasDefinition::Target::CoreExport: {
    const CoreItem item = frame->coreInstances[alias.instance]->at(alias.name);
    frame->coreSpace(item.kind).push_back(item);
    return {};
  }
  case AliasDefinition::Target::Outer: {
    if (alias.sort == Sort::CoreType)
      return {};
    Frame *outer = frame;
    for (uint32_t i = 0; i < alias.outerCount; ++i)
      outer = outer->parent;
    frame->space(alias.sort)->push_back(Item((*outer->space(alias.sort))[alias.outerIndex]));
    return {};
  }
  }
  return {};
}

Status Evaluator::evaluate(const Definition &definition, const TypeSyntax &syntax) {
  Item item{.sort = Sort::Type};
  if (syntax.form == TypeForm::Resource) {
    RuntimeResource resource{.componentInstance = frame->componentInstance, .destructor = {}};
    if (syntax.destructor)
      resource.destructor = frame->coreFuncs[*syntax.destructor];
    item.resource = uint32_t(program.resources.size());
    program.resources.push_back(resource);
    program.componentInstances[frame->componentInstance].resources[definition.resolved] =
        *item.resource;
  }
  frame->types.push_back(std::move(item));
  return {};
}

BoundOptions Evaluator::bind(const CanonOptions &options) {
  BoundOptions bound;
  bound.isAsync = options.isAsync;
  if (options.callback)
    bound.callback = frame->coreFuncs[*options.callback];
  bound.encoding = options.encoding;
  if (options.memory)
    bound.memory = frame->coreMemories[*options.memory];
  if (options.realloc)
    bound.realloc = frame->coreFuncs[*options.realloc];
  if (options.postReturn)
    bound.postReturn = frame->coreFuncs[*options.postReturn];
  return bound;
}

/// The immediates of built-ins of tasks, streams and futures.
void Evaluator::bindBuiltin(CanonFunc &func, const Definition &definition,
                            const CanonDefinition &canon) {
  func.isAsync = canon.isAsync || func.options.isAsync;
  func.isCancellable = canon.isCancellable;
  if (definition.subjectPrimitive)
    func.subject = ValueType{definition.subjectPrimitive, {}};
  else if (definition.subject)
    func.subject = ValueType{std::nullopt, TypeId(*definition.subject)};
  for (const char immediate : infoOf(canon.builtin).immediates) {
    if (immediate == 'm')
      func.options.memory = frame->coreMemories[canon.memory];
    if (immediate == 'b')
      func.table = frame->coreTables[canon.table];
  }
}

Status Evaluator::evaluate(const Definition &definition, const CanonDefinition &canon) {
  W2N_TRY(read, readOptions(canon));
  const BoundOptions options = bind(read);
  if (canon.builtin == Builtin::Lift) {
    const TypeId type = TypeId(definition.resolved);
    frame->funcs.push_back({.sort = Sort::Func, .lifted = uint32_t(program.liftedFuncs.size())});
    program.liftedFuncs.push_back(
        {frame->coreFuncs[canon.function], options, type, frame->componentInstance});
    return {};
  }
  CanonFunc func{canon.builtin, frame->componentInstance, options};
  switch (canon.builtin) {
  case Builtin::Lower:
    func.lifted = frame->funcs[canon.function].lifted;
    break;
  case Builtin::ResourceNew:
  case Builtin::ResourceDrop:
  case Builtin::ResourceRep:
    func.resource =
        program.resourceOf(frame->componentInstance, types, TypeId(definition.resolved));
    break;
  default:
    func.slot = canon.slot;
    func.type = CoreFuncId(definition.resolved);
    break;
  }
  bindBuiltin(func, definition, canon);
  const auto index = uint32_t(program.canonFuncs.size());
  program.canonFuncs.push_back(std::move(func));
  frame->coreFuncs.push_back({wasm::ExternKind::Function, true, 0, index});
  return {};
}

void Evaluator::bindResources(const Entity &entity, const Item &item) {
  if (entity.sort == Sort::Type && item.resource && types[entity.type].form == TypeForm::Resource) {
    program.componentInstances[frame->componentInstance].resources[types[entity.type].number] =
        *item.resource;
  } else if (entity.sort == Sort::Instance) {
    steps += types[entity.type].exports.size();
    for (const auto &[name, exported, implements] : types[entity.type].exports)
      bindResources(exported, item.instance->exports.at(name));
  }
}

/// An import of the component itself. A resource is another for each number.
Result<Item> Evaluator::fromHost(const Entity &entity, const HostName &name, uint64_t offset) {
  W2N_CHECK(step(1));
  Item item{.sort = entity.sort};
  switch (entity.sort) {
  case Sort::Func:
    item.lifted = uint32_t(program.liftedFuncs.size());
    program.liftedFuncs.push_back(
        {.core = {}, .options = {}, .type = entity.type, .componentInstance = 0, .host = name});
    return item;
  case Sort::Type:
    if (types[entity.type].form == TypeForm::Resource) {
      auto &ours = program.componentInstances[frame->componentInstance].resources;
      const auto [found, isNew] =
          ours.emplace(types[entity.type].number, uint32_t(program.resources.size()));
      if (isNew)
        program.resources.push_back({.destructor = {}, .host = name});
      item.resource = found->second;
    }
    return item;
  case Sort::Instance:
    item.instance = std::make_shared<Instance>();
    for (const auto &[member, exported, implements] : types[entity.type].exports) {
      W2N_TRY(given, fromHost(exported, {name.name, std::string(member)}, offset));
      item.instance->exports[member] = std::move(given);
    }
    return item;
  default:
    return unsupported("imports of a " + std::string(nameOf(entity.sort)) +
                           " when the component runs (`" + name.name + "`)",
                       offset);
  }
}

Status Evaluator::evaluate(const Definition &definition, const ImportDefinition &import) {
  const Entity entity{import.desc.sort, TypeId(definition.resolved), {}, {}};
  Item item;
  if (!frame->parent) {
    W2N_TRY(given, fromHost(entity, {{}, std::string(import.name.name)}, definition.offset));
    item = std::move(given);
  } else {
    item = given->at(import.name.name);
    bindResources(entity, item);
  }
  frame->space(import.desc.sort)->push_back(item);
  return {};
}

Status Evaluator::evaluate(const Definition &definition, const ExportDefinition &syntax) {
  const Item item = itemAt(syntax.item);
  auto &resources = program.componentInstances[frame->componentInstance].resources;
  for (const auto &[actual, ascribed] : definition.resources)
    if (auto found = resources.find(actual); found != resources.end())
      resources[ascribed] = uint32_t(found->second);
  exports->exports[syntax.name.name] = item;
  frame->space(syntax.item.sort)->push_back(item);
  return {};
}

Result<std::shared_ptr<Instance>> Evaluator::instantiate(const Closure &closure,
                                                         const Arguments &arguments,
                                                         uint32_t *componentInstance) {
  if (program.componentInstances.size() >= maxInstances)
    return fail(ErrorKind::Limit,
                "component has more than " + std::to_string(maxInstances) + " instances");
  Frame *const savedFrame = frame;
  const auto savedExports = exports;
  const Arguments *const savedArguments = given;
  frames.push_back(std::make_unique<Frame>());
  frame = frames.back().get();
  frame->parent = closure.parent;
  frame->componentInstance = uint32_t(program.componentInstances.size());
  if (componentInstance)
    *componentInstance = frame->componentInstance;
  program.componentInstances.emplace_back();
  if (savedFrame)
    program.componentInstances.back().parent = savedFrame->componentInstance;
  exports = std::make_shared<Instance>();
  given = &arguments;
  for (const Definition &definition : closure.component->definitions) {
    W2N_CHECK(step(1));
    W2N_CHECK(
        std::visit([&](const auto &kind) { return evaluate(definition, kind); }, definition.kind));
  }
  auto made = exports;
  frame = savedFrame;
  exports = savedExports;
  given = savedArguments;
  return made;
}

/// The core instance that functions are forwarded through.
Result<uint32_t> Evaluator::forwardInstance() {
  if (!forwarding) {
    W2N_TRY(module, decodeForwardModule());
    program.forwardModule = std::make_shared<const wasm::Module>(std::move(module));
    forwarding = uint32_t(program.instances.size());
    program.instances.push_back({program.forwardModule.get(), {}});
  }
  return *forwarding;
}

/// A function of the component, of the root, that calls a function of the host.
Result<uint32_t> Evaluator::forward(uint32_t lifted, std::string_view name) {
  const TypeId type = program.liftedFuncs[lifted].type;
  const TypeBody &func = types[type];
  // Handles would have to be dropped when the call ends.
  if (func.isAsync() || func.hasResources || hasEnds(types, type))
    return fail(ErrorKind::Unsupported,
                "the component exports a function that it imports, which is not supported yet if "
                "the function is asynchronous, or has handles, streams or futures: `" +
                    std::string(name) + "`");
  W2N_TRY(instance, forwardInstance());
  const auto item = [&](wasm::ExternKind kind, uint32_t index) {
    return CoreItem{kind, false, instance, index};
  };
  BoundOptions options;
  options.memory = item(wasm::ExternKind::Memory, forwardMemory);
  options.realloc = item(wasm::ExternKind::Function, forwardRealloc);
  const CoreItem core{wasm::ExternKind::Function, true, 0, uint32_t(program.canonFuncs.size())};
  program.canonFuncs.push_back({.componentInstance = 0,
                                .options = options,
                                .lifted = lifted,
                                .type = {},
                                .isForward = true});
  options.postReturn = item(wasm::ExternKind::Function, forwardPostReturn(flatResult(types, func)));
  program.liftedFuncs.push_back({core, options, type, 0});
  return uint32_t(program.liftedFuncs.size() - 1);
}

/// The functions of the component, or of an instance that it exports.
Status Evaluator::exportFuncs(TypeId type, const Instance &instance, const std::string &interface) {
  for (const auto &[name, entity, implements] : types[type].exports) {
    if (entity.sort != Sort::Func)
      continue;
    uint32_t lifted = instance.exports.at(name).lifted;
    if (program.liftedFuncs[lifted].host) {
      W2N_TRY(forwarded, forward(lifted, name));
      lifted = forwarded;
    }
    program.exports.push_back({{interface, std::string(name)}, entity.type, lifted});
  }
  return {};
}

Result<FlatProgram> Evaluator::run(const component::Component &component, TypeId type) {
  W2N_TRY(instance, instantiate({&component, type, nullptr}, {}));
  W2N_CHECK(exportFuncs(type, *instance, {}));
  for (const auto &[name, entity, implements] : types[type].exports)
    if (entity.sort == Sort::Instance)
      W2N_CHECK(exportFuncs(entity.type, *instance->exports.at(name).instance, std::string(name)));
  return std::move(program);
}

} // namespace

bool FlatProgram::areNested(uint32_t a, uint32_t b) const {
  // Parents are numbered before what they instantiate.
  while (a != b) {
    uint32_t &inner = a > b ? a : b;
    const std::optional<uint32_t> parent = componentInstances[inner].parent;
    if (!parent || *parent < std::min(a, b))
      return false;
    inner = *parent;
  }
  return true;
}

Result<FlatProgram> evaluate(const component::Component &component, const Types &types,
                             TypeId type) {
  return Evaluator(types).run(component, type);
}

} // namespace w2n::compiler
