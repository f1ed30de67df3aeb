// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p2/HttpTypes.h"

#include <utility>

namespace w2n::wasi::p2 {

namespace {

constexpr std::array<std::string_view, 9> methods = {
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};

/// The variant's case `index`, empty.
template <typename T, size_t... index> T emptyCase(size_t wanted, std::index_sequence<index...>) {
  T result;
  ((wanted == index ? (void)result.value.template emplace<index>() : void()), ...);
  return result;
}

} // namespace

Method methodOf(std::string_view text) {
  for (size_t index = 0; index < methods.size(); ++index)
    if (methods[index] == text)
      return emptyCase<Method>(index, std::make_index_sequence<Method::cases.size()>());
  Method method;
  method.value = Method::Other{std::string(text)};
  return method;
}

std::string toText(const Method &method) {
  if (const auto *other = std::get_if<Method::Other>(&method.value))
    return other->value;
  return std::string(methods[method.value.index()]);
}

ErrorCode errorCodeOf(http::Failure failure) {
  static_assert(size_t(http::Failure::InternalError) + 1 == ErrorCode::cases.size());
  return emptyCase<ErrorCode>(size_t(failure), std::make_index_sequence<ErrorCode::cases.size()>());
}

std::string_view nameOf(const ErrorCode &error) { return ErrorCode::cases[error.value.index()]; }

} // namespace w2n::wasi::p2
