// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/HostFunction.h"

namespace w2n::runtime {

Status define(HostInterfaces &interfaces, std::span<const HostInterfaceRow> rows,
              std::string_view version, const std::shared_ptr<HostContext> &context,
              const CallTraceSink &trace) {
  const auto sink = trace ? std::make_shared<const CallTraceSink>(trace) : nullptr;
  for (const HostResource *resource : context->hostResources())
    W2N_CHECK(interfaces.shareResource(*resource));
  for (const HostInterfaceRow &interface : rows)
    for (const HostFunctionRow &row : interface.functions) {
      auto body = [context, &row, sink](HostCall &call) {
        return row.invoke(call, *context, row, sink.get());
      };
      auto check = [&row](const ImportedFunction &import) {
        return checkImport(import, *row.type);
      };
      W2N_CHECK(interfaces.define(std::string(interface.name) + std::string(version), row.name,
                                  {std::move(body), std::move(check)}));
    }
  return {};
}

} // namespace w2n::runtime
