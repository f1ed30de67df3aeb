// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/component/ServicePlan.h"

#include "lib/component/Concurrency.h"

#include <algorithm>

namespace w2n::compiler {

using component::Service;

namespace {

bool hasEnds(const component::Types &types, component::TypeId id, std::set<uint32_t> &visited) {
  if (!visited.insert(uint32_t(id)).second)
    return false;
  const component::TypeBody &body = types[id];
  if (body.form == component::TypeForm::Stream || body.form == component::TypeForm::Future)
    return true;
  const auto has = [&](const std::optional<component::ValueType> &type) {
    return type && !type->primitive && hasEnds(types, type->type, visited);
  };
  return std::ranges::any_of(body.fields, [&](const auto &field) { return has(field.type); }) ||
         has(body.element) || has(body.error) || has(body.key);
}

} // namespace

bool hasEnds(const component::Types &types, component::TypeId id) {
  std::set<uint32_t> visited;
  return hasEnds(types, id, visited);
}

void ServicePlan::add(Service service, std::optional<uint32_t> canonFunc, wasm::FunctionType type) {
  if (canonFunc)
    ofCanonFunc[*canonFunc] = uint32_t(list.size());
  else
    shared[service] = uint32_t(list.size());
  list.push_back({service, canonFunc, std::move(type)});
}

ServicePlan::ServicePlan(const FlatProgram &program, const component::Types &types) {
  for (uint32_t i = 0; i < program.canonFuncs.size(); ++i) {
    const CanonFunc &func = program.canonFuncs[i];
    if (const auto service = component::serviceOf(func.builtin)) {
      add(*service, i, types[func.type]);
    } else if (program.isRuntimeCall(func, types)) {
      add(Service::Call, i,
          loweredType(types, types[program.liftedFuncs[func.lifted].type],
                      canonOptions(func.options)));
    } else if (func.builtin != component::Builtin::Lower ||
               !hasEnds(types, program.liftedFuncs[func.lifted].type)) {
      continue;
    }
    instances.insert(func.componentInstance);
  }
  for (const LiftedFunc &func : program.liftedFuncs)
    if (types[func.type].isAsync() && !func.host)
      instances.insert(func.componentInstance);
  for (const LiftedFunc &func : program.liftedFuncs)
    if (hasEnds(types, func.type))
      instances.insert(func.componentInstance);
  if (instances.empty())
    return;
  for (const Service service : {Service::EnterSync, Service::LeaveSync, Service::CountBorrow,
                                Service::NoteLoan, Service::MoveEnd})
    add(service, std::nullopt, component::signatureOf(service));
  // After the function that traps, and the one that drops what is the host's.
  firstImport = 1 + std::ranges::any_of(program.resources,
                                        [](const auto &type) { return type.host.has_value(); });
}

} // namespace w2n::compiler
