// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/HostFunction.h"

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

Status define(HostInterfaces &interfaces, std::span<const HostInterfaceRow> rows,
              std::string_view version, const std::shared_ptr<HostContext> &context,
              const CallTraceSink &trace) {
  for (const HostResource *resource : context->hostResources())
    W2N_CHECK(interfaces.shareResource(*resource));
  for (const HostInterfaceRow &interface : rows) {
    const auto traced =
        trace ? std::make_shared<const CallTrace>(CallTrace{interface.name, trace}) : nullptr;
    for (const HostFunctionRow &row : interface.functions) {
      auto body = [context, &row, traced](HostCall &call) {
        return row.invoke(call, *context, row, traced.get());
      };
      auto check = [&row](const ImportedFunction &import) {
        return checkImport(import, *row.type);
      };
      W2N_CHECK(interfaces.define(std::string(interface.name) + std::string(version), row.name,
                                  {std::move(body), std::move(check)}));
    }
  }
  return {};
}

} // namespace w2n::runtime
