// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/HostFunction.h"

#include "runtime/core/Instance.h"

namespace w2n::runtime {

detail::TraceLine::TraceLine(const HostFunctionRow &row, const CallTrace &trace,
                             HostContext &context)
    : context(context), names(row.parameterNames) {
  // "[method]resource.name" names the resource; "name" needs its interface.
  if (row.name.starts_with('['))
    line = row.name.substr(row.name.find(']') + 1);
  else
    line.append(trace.interface.substr(trace.interface.find('/') + 1)).append(".").append(row.name);
  line += "(";
}

namespace {

/// `contextOf(call)` is that of a call.
template <typename ContextOf>
Status defineWith(HostInterfaces &interfaces, std::span<const HostInterfaceRow> rows,
                  std::string_view version, const HostContext &types, const CallTraceSink &trace,
                  const ContextOf &contextOf) {
  for (const HostResource *resource : types.hostResources())
    W2N_CHECK(interfaces.shareResource(*resource));
  for (const HostInterfaceRow &interface : rows) {
    const auto traced =
        trace ? std::make_shared<const CallTrace>(CallTrace{interface.name, trace}) : nullptr;
    for (const HostFunctionRow &row : interface.functions) {
      auto body = [contextOf, &row, traced](HostCall &call) {
        return row.invoke(call, contextOf(call), row, traced.get());
      };
      auto check = [&row](const ImportedFunction &import) {
        return checkImport(import, *row.type);
      };
      W2N_CHECK(interfaces.define(std::string(interface.name) + std::string(version), row.name,
                                  {std::move(body), std::move(check), row.type}));
    }
  }
  return {};
}

} // namespace

Status define(HostInterfaces &interfaces, std::span<const HostInterfaceRow> rows,
              std::string_view version, const std::shared_ptr<HostContext> &context,
              const CallTraceSink &trace) {
  return defineWith(interfaces, rows, version, *context, trace,
                    [context](HostCall &) -> HostContext & { return *context; });
}

Status definePerInstance(HostInterfaces &interfaces, std::span<const HostInterfaceRow> rows,
                         std::string_view version, const HostContext &prototype,
                         const CallTraceSink &trace) {
  return defineWith(interfaces, rows, version, prototype, trace,
                    [](HostCall &call) -> HostContext & {
                      return *static_cast<HostContext *>(call.instance().userData);
                    });
}

} // namespace w2n::runtime
