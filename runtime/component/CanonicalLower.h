// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Values of C++ become values of a guest (CanonicalABI.md, "Storing", "Flat Lowering"): the result
// of a host function. Strings and lists get room from the guest's `realloc`.
#pragma once

#include "runtime/component/CanonicalTraits.h"
#include "runtime/component/HostCall.h"
#include "runtime/component/HostText.h"
#include "runtime/component/Transcode.h"

#include <cstring>

namespace w2n::runtime {

class Lower {
public:
  Lower(HostCall &call, HostContext &context)
      : call(call), context(context), memory(call.memory()) {}

  Result<uint32_t> allocate(uint32_t bytes, uint32_t alignment) {
    auto address = call.allocate(bytes, alignment);
    // The guest ran, and its memory may have grown.
    memory = call.memory();
    return address;
  }
  /// The address of what was allocated, or checked as a result's place.
  uint8_t *at(uint32_t address) { return memory.data() + address; }

  HostCall &call;
  HostContext &context;

private:
  std::span<uint8_t> memory;
};

/// Writes values one after the other as the members of a tuple lie in memory.
class MemoryWriter {
public:
  MemoryWriter(Lower &lower, uint32_t base) : lower(lower), base(base) {}

  template <typename T> uint32_t begin() {
    return offset = alignUpTo(offset, Canonical<T>::alignment);
  }
  template <typename T> void end(uint32_t start) { offset = start + Canonical<T>::bytes; }
  template <typename T> void payload(uint32_t start) {
    offset = start + Canonical<T>::payloadOffset;
  }
  template <typename N> void number(N value) {
    std::memcpy(lower.at(base + offset), &value, sizeof(N));
    offset += sizeof(N);
  }

private:
  Lower &lower;
  const uint32_t base;
  uint32_t offset = 0;
};

/// Takes the one core value of a result that is flattened to one.
class SlotWriter {
public:
  template <typename T> uint32_t begin() { return 0; }
  template <typename T> void end(uint32_t) {}
  template <typename T> void payload(uint32_t) {}
  template <typename N> void number(N value) {
    if constexpr (std::is_floating_point_v<N>)
      slot = std::bit_cast<std::conditional_t<sizeof(N) == 4, uint32_t, uint64_t>>(value);
    else if constexpr (sizeof(N) < 4)
      slot = uint32_t(int32_t(value));
    else
      slot = std::make_unsigned_t<N>(value);
  }
  Slot slot = 0;
};

namespace detail {

/// Longer text is left to encodeString, which refuses what is too long.
constexpr size_t maxTextBytes = 1 << 20;

template <typename T> Status writeNext(Lower &lower, auto &writer, T &value);

void writeSized(auto &writer, uint32_t bytes, uint32_t value) {
  if (bytes == 1)
    writer.number(uint8_t(value));
  else if (bytes == 2)
    writer.number(uint16_t(value));
  else
    writer.number(value);
}

/// Bytes in the guest's encoding.
Status writeEncoded(Lower &lower, auto &writer, std::string_view bytes, uint32_t alignment,
                    uint32_t length) {
  W2N_TRY(address, lower.allocate(uint32_t(bytes.size()), alignment));
  if (!bytes.empty())
    std::memcpy(lower.at(address), bytes.data(), bytes.size());
  writer.number(address);
  writer.number(length);
  return {};
}

Status writeText(Lower &lower, auto &writer, std::string_view text) {
  const bool isValid = isUtf8(text);
  if (isValid && lower.call.encoding() == component::CanonOption::Utf8 &&
      text.size() <= maxTextBytes)
    return writeEncoded(lower, writer, text, /*alignment=*/1, uint32_t(text.size()));
  W2N_TRY(encoded, encodeString(lower.call.encoding(), isValid ? std::string(text) : toUtf8(text)));
  return writeEncoded(lower, writer, encoded.bytes, encoded.alignment, encoded.length);
}

template <typename T> Status writeList(Lower &lower, auto &writer, T &list) {
  using Element = typename Canonical<T>::Element;
  const uint64_t bytes = uint64_t(list.size()) * Canonical<Element>::bytes;
  if (bytes > UINT32_MAX)
    return canonTrap(component::CanonTrap::ListPointerOutOfBounds);
  W2N_TRY(address, lower.allocate(uint32_t(bytes), Canonical<Element>::alignment));
  if constexpr (IsNumber<Element>) {
    if (bytes != 0)
      std::memcpy(lower.at(address), list.data(), bytes);
  } else {
    MemoryWriter elements(lower, address);
    for (auto &element : list)
      W2N_CHECK(writeNext(lower, elements, element));
  }
  writer.number(address);
  writer.number(uint32_t(list.size()));
  return {};
}

template <typename T> Status writeOwn(Lower &lower, auto &writer, T &resource) {
  using Target = typename Canonical<T>::Target;
  const HostResource *type = lower.context.hostResourceOf(Target::type);
  if (!type || !resource)
    return fail(ErrorKind::Internal, "a host function returned no resource");
  W2N_TRY(representation, lower.context.resources.add(Target::type, std::move(resource)));
  W2N_TRY(handle, lower.call.give(*type, representation));
  writer.number(handle);
  return {};
}

template <typename T, size_t index = 0>
Status writeCase(Lower &lower, auto &writer, uint32_t start, T &value) {
  using Variant = decltype(T::value);
  if constexpr (index < std::variant_size_v<Variant>) {
    if (index != value.value.index())
      return writeCase<T, index + 1>(lower, writer, start, value);
    using Case = std::variant_alternative_t<index, Variant>;
    writer.template payload<T>(start);
    if constexpr (!std::is_void_v<typename PayloadOf<Case>::Type>)
      return writeNext(lower, writer, std::get_if<index>(&value.value)->value);
  }
  return {};
}

template <typename T> Status writePayload(Lower &lower, auto &writer, uint32_t start, T &value) {
  writer.template payload<T>(start);
  if constexpr (IsOption<T>) {
    if (value)
      return writeNext(lower, writer, *value);
  } else {
    if constexpr (!std::is_void_v<typename T::value_type>) {
      if (value)
        return writeNext(lower, writer, *value);
    }
    if constexpr (!std::same_as<typename T::error_type, Unit>) {
      if (!value)
        return writeNext(lower, writer, value.error());
    }
  }
  return {};
}

template <typename T> uint32_t discriminantOf(const T &value) {
  if constexpr (IsOption<T>)
    return value.has_value();
  else if constexpr (IsResultValue<T>)
    return !value.has_value();
  else
    return uint32_t(value.value.index());
}

template <typename T> Status writeBody(Lower &lower, auto &writer, uint32_t start, T &value) {
  if constexpr (std::same_as<T, bool>) {
    writer.number(uint8_t(value));
  } else if constexpr (std::same_as<T, char32_t>) {
    writer.number(uint32_t(value));
  } else if constexpr (IsNumber<T>) {
    writer.number(value);
  } else if constexpr (IsText<T>) {
    return writeText(lower, writer, value);
  } else if constexpr (IsList<T>) {
    return writeList(lower, writer, value);
  } else if constexpr (IsOwn<T>) {
    return writeOwn(lower, writer, value);
  } else if constexpr (IsEnd<T>) {
    W2N_TRY(handle, lower.call.giveEnd(Canonical<T>::node, std::move(value.shared)));
    writer.number(handle);
  } else if constexpr (IsTuple<T> || IsRecord<T>) {
    Status status;
    auto next = [&](auto &field) { status = status ? writeNext(lower, writer, field) : status; };
    if constexpr (IsTuple<T>)
      std::apply([&](auto &...field) { (next(field), ...); }, value);
    else
      std::apply([&](auto... field) { (next(value.*field.pointer), ...); }, T::fields());
    return status;
  } else if constexpr (IsEnum<T>) {
    writeSized(writer, Canonical<T>::bytes, uint32_t(value));
  } else if constexpr (IsFlags<T>) {
    uint32_t bits = 0, bit = 1;
    std::apply([&](auto... each) { ((bits |= value.*each.pointer ? bit : 0, bit <<= 1), ...); },
               T::flags());
    writeSized(writer, Canonical<T>::bytes, bits);
  } else {
    writeSized(writer, Canonical<T>::discriminantBytes, discriminantOf(value));
    if constexpr (IsVariant<T>)
      return writeCase(lower, writer, start, value);
    else
      return writePayload(lower, writer, start, value);
  }
  return {};
}

template <typename T> Status writeNext(Lower &lower, auto &writer, T &value) {
  const uint32_t start = writer.template begin<T>();
  W2N_CHECK(writeBody(lower, writer, start, value));
  writer.template end<T>(start);
  return {};
}

} // namespace detail

} // namespace w2n::runtime
