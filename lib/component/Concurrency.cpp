// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/component/Concurrency.h"

#include <algorithm>

namespace w2n::component {

std::optional<Service> serviceOf(Builtin builtin) {
  const auto *found = std::ranges::find(serviceInfos, infoOf(builtin).name, &ServiceInfo::name);
  if (found == std::end(serviceInfos))
    return std::nullopt;
  return Service(found - serviceInfos);
}

wasm::FunctionType signatureOf(Service service) {
  using wasm::ValueType;
  wasm::FunctionType type;
  std::vector<ValueType> *list = &type.params;
  for (const char letter : serviceInfos[size_t(service)].signature) {
    if (letter == ':')
      list = &type.results;
    else
      list->push_back(letter == 'l' ? ValueType::i64() : ValueType::i32());
  }
  return type;
}

} // namespace w2n::component
