// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p2/Http.h"

#include <algorithm>

namespace w2n::wasi::p2 {

namespace {

// The most of the host's memory that one list of fields may take.
constexpr size_t maxBytes = 256 << 10;
// Besides name and value.
constexpr size_t bytesOfField = 64;

std::string toText(Bytes bytes) { return {bytes.begin(), bytes.end()}; }
std::vector<uint8_t> toBytes(const std::string &text) { return {text.begin(), text.end()}; }

HeaderError invalidSyntax() { return {HeaderError::InvalidSyntax{}}; }

/// Why a guest may not have the field; nothing if it may.
std::optional<HeaderError> problemOf(std::string_view name) {
  if (!http::isFieldName(name))
    return invalidSyntax();
  if (http::isConnectionField(name) || http::isSameName(name, "host"))
    return HeaderError{HeaderError::Forbidden{}};
  return std::nullopt;
}

std::optional<HeaderError> problemOf(const FieldList &list, std::string_view name) {
  if (list.isImmutable)
    return HeaderError{HeaderError::Immutable{}};
  return problemOf(name);
}

/// Errors: Limit.
Result<OrHeaderError<void>> append(FieldList &list, std::string_view name, std::string value) {
  if (!http::isFieldValue(value))
    return OrHeaderError<void>(std::unexpected(invalidSyntax()));
  const size_t bytes = name.size() + value.size() + bytesOfField;
  if (bytes > maxBytes - list.bytes)
    return fail(ErrorKind::Limit, "fields of HTTP take more than the limit of " +
                                      std::to_string(maxBytes) + " bytes");
  list.bytes += bytes;
  list.fields.push_back({std::string(name), std::move(value)});
  return OrHeaderError<void>();
}

void remove(FieldList &list, std::string_view name) {
  std::erase_if(list.fields, [&](const http::Field &field) {
    const bool isIt = http::isSameName(field.name, name);
    if (isIt)
      list.bytes -= field.name.size() + field.value.size() + bytesOfField;
    return isIt;
  });
}

} // namespace

std::shared_ptr<FieldList> makeFields(http::Fields fields, bool isImmutable) {
  auto list = std::make_shared<FieldList>();
  for (const http::Field &field : fields)
    list->bytes += field.name.size() + field.value.size() + bytesOfField;
  list->bytes = std::min(list->bytes, maxBytes);
  list->fields = std::move(fields);
  list->isImmutable = isImmutable;
  return list;
}

std::unique_ptr<HttpFields> fieldsNew(State &) {
  return std::make_unique<HttpFields>(std::make_shared<FieldList>());
}

Result<OrHeaderError<std::unique_ptr<HttpFields>>> fieldsFromList(State &,
                                                                  std::vector<FieldEntry> entries) {
  using Made = OrHeaderError<std::unique_ptr<HttpFields>>;
  auto list = std::make_shared<FieldList>();
  for (const auto &[name, value] : entries) {
    if (auto problem = problemOf(name))
      return Made(std::unexpected(*problem));
    W2N_TRY(added, append(*list, name, toText(value)));
    if (!added)
      return Made(std::unexpected(added.error()));
  }
  return Made(std::make_unique<HttpFields>(std::move(list)));
}

std::vector<std::vector<uint8_t>> fieldsGet(State &, HttpFields &self, std::string_view name) {
  std::vector<std::vector<uint8_t>> values;
  for (const http::Field &field : self.list->fields)
    if (http::isSameName(field.name, name))
      values.push_back(toBytes(field.value));
  return values;
}

bool fieldsHas(State &, HttpFields &self, std::string_view name) {
  return http::findField(self.list->fields, name) != nullptr;
}

Result<OrHeaderError<void>> fieldsSet(State &, HttpFields &self, std::string_view name,
                                      std::vector<std::vector<uint8_t>> value) {
  if (auto problem = problemOf(*self.list, name))
    return OrHeaderError<void>(std::unexpected(*problem));
  for (const auto &each : value)
    if (!http::isFieldValue(toText(each)))
      return OrHeaderError<void>(std::unexpected(invalidSyntax()));
  remove(*self.list, name);
  for (const auto &each : value)
    W2N_CHECK(append(*self.list, name, toText(each)));
  return OrHeaderError<void>();
}

OrHeaderError<void> fieldsDelete(State &, HttpFields &self, std::string_view name) {
  if (auto problem = problemOf(*self.list, name))
    return std::unexpected(*problem);
  remove(*self.list, name);
  return {};
}

Result<OrHeaderError<void>> fieldsAppend(State &, HttpFields &self, std::string_view name,
                                         Bytes value) {
  if (auto problem = problemOf(*self.list, name))
    return OrHeaderError<void>(std::unexpected(*problem));
  return append(*self.list, name, toText(value));
}

std::vector<FieldEntry> fieldsEntries(State &, HttpFields &self) {
  std::vector<FieldEntry> entries;
  entries.reserve(self.list->fields.size());
  for (const http::Field &field : self.list->fields)
    entries.emplace_back(field.name, toBytes(field.value));
  return entries;
}

std::unique_ptr<HttpFields> fieldsClone(State &, HttpFields &self) {
  return std::make_unique<HttpFields>(makeFields(self.list->fields, /*isImmutable=*/false));
}

} // namespace w2n::wasi::p2
