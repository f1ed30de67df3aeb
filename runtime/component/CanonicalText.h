// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Values as text for people, in the notation of WAVE as far as it has one: what traces print. Of
// long strings and lists only the beginning is there.
#pragma once

#include "runtime/component/CanonicalTraits.h"

namespace w2n::runtime {

/// Appends `bytes` in quotation marks; "..." follows if it is longer than is printed.
void appendQuoted(std::string &text, std::string_view bytes);
void appendNumber(std::string &text, double value);
/// "input-stream#3": resources are counted as they are printed first.
void appendResource(std::string &text, HostContext &context, const ResourceType &type,
                    Resource *resource);

namespace detail {

constexpr size_t maxPrintedElements = 8;

template <IsResource R> Resource *resourceIn(const std::unique_ptr<R> &own) { return own.get(); }
template <IsResource R> Resource *resourceIn(std::reference_wrapper<R> borrow) {
  return &borrow.get();
}

template <typename T> void appendValue(std::string &text, HostContext &context, const T &value);

template <typename T>
void appendLabeled(std::string &text, HostContext &context, std::string_view label,
                   const T &value) {
  text.append(label).append("(");
  appendValue(text, context, value);
  text.append(")");
}

template <typename T> void appendList(std::string &text, HostContext &context, const T &list) {
  if constexpr (std::same_as<typename Canonical<T>::Element, uint8_t>)
    return appendQuoted(text, {reinterpret_cast<const char *>(list.data()), list.size()});
  text += "[";
  for (size_t index = 0; index < std::min(list.size(), maxPrintedElements); ++index) {
    text += index == 0 ? "" : ", ";
    appendValue<typename Canonical<T>::Element>(text, context, list[index]);
  }
  text += list.size() > maxPrintedElements ? ", ...]" : "]";
}

template <typename T, size_t index = 0>
void appendCase(std::string &text, HostContext &context, const T &value) {
  using Variant = decltype(T::value);
  if constexpr (index < std::variant_size_v<Variant>) {
    if (index != value.value.index())
      return appendCase<T, index + 1>(text, context, value);
    using Case = std::variant_alternative_t<index, Variant>;
    if constexpr (std::is_void_v<typename PayloadOf<Case>::Type>)
      text += T::cases[index];
    else
      appendLabeled(text, context, T::cases[index], std::get_if<index>(&value.value)->value);
  }
}

template <typename T> void appendFields(std::string &text, HostContext &context, const T &value) {
  std::string_view separator = "";
  auto next = [&](std::string_view label, const auto &field) {
    text.append(separator).append(label).append(label.empty() ? "" : ": ");
    separator = ", ";
    appendValue(text, context, field);
  };
  text += IsTuple<T> ? "(" : "{";
  if constexpr (IsTuple<T>)
    std::apply([&](const auto &...field) { (next({}, field), ...); }, value);
  else
    std::apply([&](auto... field) { (next(field.label, value.*field.pointer), ...); }, T::fields());
  text += IsTuple<T> ? ")" : "}";
}

template <typename T> void appendFlags(std::string &text, const T &value) {
  text += "{";
  std::apply(
      [&](auto... flag) {
        ((value.*flag.pointer
              ? void(text.append(text.ends_with('{') ? "" : ", ").append(flag.label))
              : void()),
         ...);
      },
      T::flags());
  text += "}";
}

template <typename T> void appendResult(std::string &text, HostContext &context, const T &value) {
  if (value) {
    if constexpr (std::is_void_v<typename T::value_type>)
      text += "ok";
    else
      appendLabeled(text, context, "ok", *value);
  } else {
    if constexpr (std::same_as<typename T::error_type, Unit>)
      text += "err";
    else
      appendLabeled(text, context, "err", value.error());
  }
}

template <typename T> void appendValue(std::string &text, HostContext &context, const T &value) {
  if constexpr (std::same_as<T, bool>)
    text += value ? "true" : "false";
  else if constexpr (std::same_as<T, char32_t>)
    text += "U+" + std::to_string(uint32_t(value));
  else if constexpr (std::is_floating_point_v<T>)
    appendNumber(text, value);
  else if constexpr (IsNumber<T>)
    text += std::to_string(value);
  else if constexpr (IsText<T>)
    appendQuoted(text, value);
  else if constexpr (IsList<T>)
    appendList(text, context, value);
  else if constexpr (IsOwn<T> || IsBorrow<T>)
    appendResource(text, context, Canonical<T>::Target::type, resourceIn(value));
  else if constexpr (IsEnd<T>)
    text += Canonical<T>::isFuture ? "future" : "stream";
  else if constexpr (IsTuple<T> || IsRecord<T>)
    appendFields(text, context, value);
  else if constexpr (IsEnum<T>)
    text += Canonical<T>::labels[size_t(value)];
  else if constexpr (IsFlags<T>)
    appendFlags(text, value);
  else if constexpr (IsVariant<T>)
    appendCase(text, context, value);
  else if constexpr (IsOption<T>) {
    if (value)
      appendLabeled(text, context, "some", *value);
    else
      text += "none";
  } else
    appendResult(text, context, value);
}

} // namespace detail

} // namespace w2n::runtime
