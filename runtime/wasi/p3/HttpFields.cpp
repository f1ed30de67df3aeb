// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p3/Http.h"

namespace w2n::wasi::p3 {

namespace {

template <typename T> OrHeaderCode<T> toHeaderResult(p2::OrHeaderError<T> result) {
  if (!result)
    return std::unexpected(HeaderCode::of(p2::HeaderError::cases[result.error().value.index()]));
  return OrHeaderCode<T>();
}

} // namespace

std::unique_ptr<Fields> fieldsNew(State &) {
  return std::make_unique<Fields>(std::make_shared<p2::FieldList>());
}

Result<OrHeaderCode<std::unique_ptr<Fields>>> fieldsFromList(State &state,
                                                             std::vector<FieldEntry> entries) {
  using Made = OrHeaderCode<std::unique_ptr<Fields>>;
  W2N_TRY(made, p2::fieldsFromList(state, std::move(entries)));
  if (!made)
    return Made(
        std::unexpected(HeaderCode::of(p2::HeaderError::cases[made.error().value.index()])));
  return Made(std::make_unique<Fields>((*made)->list));
}

std::vector<std::vector<uint8_t>> fieldsGet(State &state, Fields &self, std::string_view name) {
  return p2::fieldsGet(state, self.inner, name);
}
bool fieldsHas(State &state, Fields &self, std::string_view name) {
  return p2::fieldsHas(state, self.inner, name);
}

Result<OrHeaderCode<void>> fieldsSet(State &state, Fields &self, std::string_view name,
                                     std::vector<std::vector<uint8_t>> value) {
  W2N_TRY(set, p2::fieldsSet(state, self.inner, name, std::move(value)));
  return toHeaderResult<void>(std::move(set));
}

OrHeaderCode<void> fieldsDelete(State &state, Fields &self, std::string_view name) {
  return toHeaderResult<void>(p2::fieldsDelete(state, self.inner, name));
}

OrHeaderCode<std::vector<std::vector<uint8_t>>> fieldsGetAndDelete(State &state, Fields &self,
                                                                   std::string_view name) {
  auto values = p2::fieldsGet(state, self.inner, name);
  if (auto deleted = fieldsDelete(state, self, name); !deleted)
    return std::unexpected(deleted.error());
  return values;
}

Result<OrHeaderCode<void>> fieldsAppend(State &state, Fields &self, std::string_view name,
                                        p2::Bytes value) {
  W2N_TRY(added, p2::fieldsAppend(state, self.inner, name, value));
  return toHeaderResult<void>(std::move(added));
}

std::vector<FieldEntry> fieldsCopyAll(State &state, Fields &self) {
  return p2::fieldsEntries(state, self.inner);
}
std::unique_ptr<Fields> fieldsClone(State &state, Fields &self) {
  return std::make_unique<Fields>(p2::fieldsClone(state, self.inner)->list);
}

} // namespace w2n::wasi::p3
