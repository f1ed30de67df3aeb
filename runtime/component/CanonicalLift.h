// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Values of a guest become values of C++ (CanonicalABI.md, "Loading", "Flat Lifting"): the
// arguments of a host function. Each is checked before the function is called.
//
// Lists of numbers and strings in UTF-8 stay in the guest's memory, which does not change while the
// host function runs. Everything else is copied, up to a limit.
#pragma once

#include "runtime/component/CanonicalTraits.h"
#include "runtime/component/HostCall.h"
#include "runtime/component/Transcode.h"

#include <cstring>

namespace w2n::runtime {

/// The arguments of one call on their way to the host: strings that were converted live here.
class Lift {
public:
  /// The bytes of the host's memory that the arguments of a call may take.
  static constexpr uint64_t maxHostBytes = 16 << 20;

  Lift(HostCall &call, HostContext &context)
      : call(call), context(context), memory(call.memory()) {}

  /// To be called before that many bytes are allocated. Errors: Limit.
  Status reserve(uint64_t bytes) {
    if (bytes > maxHostBytes - hostBytes)
      return fail(ErrorKind::Limit, "arguments of a host function are larger than the limit of " +
                                        std::to_string(maxHostBytes) + " bytes");
    hostBytes += bytes;
    return {};
  }
  /// Errors: Trap.
  Result<const uint8_t *> range(uint32_t address, uint64_t bytes, uint32_t alignment,
                                component::CanonTrap outside) const {
    if (address % alignment != 0)
      return canonTrap(component::CanonTrap::UnalignedPointer);
    if (address > memory.size() || bytes > memory.size() - address)
      return canonTrap(outside);
    return memory.data() + address;
  }

  HostCall &call;
  HostContext &context;
  const std::span<uint8_t> memory;
  ValueArena strings{maxHostBytes};

private:
  uint64_t hostBytes = 0;
};

/// Reads values one after the other as the members of a tuple lie in memory.
class MemoryReader {
public:
  explicit MemoryReader(const uint8_t *base) : base(base) {}

  template <typename T> uint64_t begin() {
    constexpr uint64_t alignment = Canonical<T>::alignment;
    return offset = (offset + alignment - 1) & ~(alignment - 1);
  }
  template <typename T> void end(uint64_t start) { offset = start + Canonical<T>::bytes; }
  template <typename T> void payload(uint64_t start) {
    offset = start + Canonical<T>::payloadOffset;
  }
  template <typename N> N number() {
    N value;
    std::memcpy(&value, base + offset, sizeof(N));
    offset += sizeof(N);
    return value;
  }

private:
  const uint8_t *base;
  uint64_t offset = 0;
};

/// Reads values from core parameters. What a variant's place holds of a narrower payload is in its
/// low bits.
class FlatReader {
public:
  explicit FlatReader(const Slot *slots) : slots(slots) {}

  template <typename T> uint64_t begin() { return index; }
  template <typename T> void end(uint64_t start) { index = start + Canonical<T>::flatCount; }
  template <typename T> void payload(uint64_t start) { index = start + 1; }
  template <typename N> N number() {
    const Slot slot = slots[index++];
    if constexpr (std::is_floating_point_v<N>)
      return std::bit_cast<N>(std::conditional_t<sizeof(N) == 4, uint32_t, uint64_t>(slot));
    else
      return N(slot);
  }
  /// A flat discriminant is an i32, however many cases there are.
  uint32_t discriminant() { return number<uint32_t>(); }

private:
  const Slot *slots;
  uint64_t index = 0;
};

namespace detail {

template <typename T, typename Reader> uint32_t readDiscriminant(Reader &reader, size_t cases) {
  if constexpr (requires { reader.discriminant(); })
    return reader.discriminant();
  else
    return bytesOfDiscriminant(cases) == 1   ? reader.template number<uint8_t>()
           : bytesOfDiscriminant(cases) == 2 ? reader.template number<uint16_t>()
                                             : reader.template number<uint32_t>();
}

template <typename Reader> uint32_t readFlagBits(Reader &reader, uint32_t bytes) {
  return bytes == 1   ? reader.template number<uint8_t>()
         : bytes == 2 ? reader.template number<uint16_t>()
                      : reader.template number<uint32_t>();
}

template <typename T> Result<T> liftText(Lift &lift, uint32_t address, uint32_t length) {
  W2N_TRY(text, decodeString(lift.call.encoding(), lift.memory, address, length, lift.strings));
  if constexpr (std::same_as<T, std::string>)
    W2N_CHECK(lift.reserve(text.size()));
  return T(text);
}

template <typename T> Result<T> readNext(Lift &lift, auto &reader);

/// Whether a list's elements lie in memory as C++ has them.
template <typename T> inline constexpr bool isInPlace = IsNumber<T>;

template <typename T> Result<T> liftList(Lift &lift, uint32_t address, uint32_t length) {
  using Element = typename Canonical<T>::Element;
  constexpr uint64_t elementBytes = Canonical<Element>::bytes;
  W2N_TRY(base, lift.range(address, length * elementBytes, Canonical<Element>::alignment,
                           component::CanonTrap::ListPointerOutOfBounds));
  if constexpr (isSpan<T>) {
    static_assert(isInPlace<Element>);
    return T(reinterpret_cast<const Element *>(base), length);
  } else {
    W2N_CHECK(lift.reserve(uint64_t(length) * sizeof(Element)));
    T list;
    list.reserve(length);
    MemoryReader reader(base);
    for (uint32_t index = 0; index < length; ++index) {
      W2N_TRY(element, readNext<Element>(lift, reader));
      list.push_back(std::move(element));
    }
    return list;
  }
}

template <typename T> Result<T> liftHandle(Lift &lift, uint32_t handle) {
  using Target = typename Canonical<T>::Target;
  const HostResource *type = lift.context.hostResourceOf(Target::type);
  if (!type)
    return canonTrap(component::CanonTrap::UnknownHandle, handle);
  if constexpr (IsOwn<T>) {
    W2N_TRY(representation, lift.call.take(*type, handle));
    if (auto resource = lift.context.resources.take(Target::type, representation))
      return T(static_cast<Target *>(resource.release()));
  } else {
    W2N_TRY(representation, lift.call.lend(*type, handle));
    if (Resource *resource = lift.context.resources.find(Target::type, representation))
      return T(*static_cast<Target *>(resource));
  }
  return canonTrap(component::CanonTrap::UnknownHandle, handle);
}

/// The members of a record or tuple, in their order; `read` are those before.
template <typename T, typename... Read>
Result<T> readFields(Lift &, auto &, TypeList<>, Read &...read) {
  return T{std::move(read)...};
}
template <typename T, typename First, typename... Rest, typename... Read>
Result<T> readFields(Lift &lift, auto &reader, TypeList<First, Rest...>, Read &...read) {
  W2N_TRY(value, readNext<First>(lift, reader));
  return readFields<T>(lift, reader, TypeList<Rest...>(), read..., value);
}

/// Reads the alternative of a std::variant with this index.
template <typename T, size_t index = 0>
Result<T> readCase(Lift &lift, auto &reader, uint32_t discriminant) {
  using Variant = decltype(T::value);
  if constexpr (index == std::variant_size_v<Variant>) {
    return canonTrap(component::CanonTrap::InvalidDiscriminant);
  } else {
    if (index != discriminant)
      return readCase<T, index + 1>(lift, reader, discriminant);
    using Case = std::variant_alternative_t<index, Variant>;
    using Payload = typename PayloadOf<Case>::Type;
    T result{Variant(std::in_place_index<index>)};
    if constexpr (!std::is_void_v<Payload>) {
      W2N_TRY(payload, readNext<Payload>(lift, reader));
      std::get_if<index>(&result.value)->value = std::move(payload);
    }
    return result;
  }
}

template <typename T> Result<T> readOption(Lift &lift, auto &reader, uint32_t discriminant) {
  if (discriminant > 1)
    return canonTrap(component::CanonTrap::InvalidDiscriminant);
  if (discriminant == 0)
    return T(std::nullopt);
  W2N_TRY(value, readNext<typename T::value_type>(lift, reader));
  return T(std::move(value));
}

template <typename T> Result<T> readResult(Lift &lift, auto &reader, uint32_t discriminant) {
  using Ok = typename T::value_type;
  using Err = typename T::error_type;
  if (discriminant > 1)
    return canonTrap(component::CanonTrap::InvalidDiscriminant);
  if (discriminant == 0) {
    if constexpr (std::is_void_v<Ok>) {
      return T();
    } else {
      W2N_TRY(value, readNext<Ok>(lift, reader));
      return T(std::move(value));
    }
  }
  if constexpr (std::same_as<Err, Unit>) {
    return T(std::unexpected(Unit()));
  } else {
    W2N_TRY(error, readNext<Err>(lift, reader));
    return T(std::unexpected(std::move(error)));
  }
}

template <typename T> Result<T> readBody(Lift &lift, auto &reader, uint64_t start) {
  if constexpr (std::same_as<T, bool>) {
    if constexpr (requires { reader.discriminant(); })
      return reader.template number<uint32_t>() != 0;
    else
      return reader.template number<uint8_t>() != 0;
  } else if constexpr (std::same_as<T, char32_t>) {
    const auto value = reader.template number<uint32_t>();
    if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
      return canonTrap(component::CanonTrap::InvalidChar);
    return char32_t(value);
  } else if constexpr (IsNumber<T>) {
    return reader.template number<T>();
  } else if constexpr (IsText<T> || IsList<T>) {
    const auto address = reader.template number<uint32_t>();
    const auto length = reader.template number<uint32_t>();
    if constexpr (IsText<T>)
      return liftText<T>(lift, address, length);
    else
      return liftList<T>(lift, address, length);
  } else if constexpr (IsOwn<T> || IsBorrow<T>) {
    return liftHandle<T>(lift, reader.template number<uint32_t>());
  } else if constexpr (IsEnd<T>) {
    W2N_TRY(stream, lift.call.takeEnd(Canonical<T>::node, reader.template number<uint32_t>()));
    return T{std::move(stream)};
  } else if constexpr (IsRecord<T> || IsTuple<T>) {
    return readFields<T>(lift, reader, typename Canonical<T>::List());
  } else if constexpr (IsEnum<T>) {
    constexpr size_t count = Canonical<T>::labels.size();
    const uint32_t value = readDiscriminant<T>(reader, count);
    if (value >= count)
      return canonTrap(component::CanonTrap::InvalidDiscriminant);
    return T(value);
  } else if constexpr (IsFlags<T>) {
    T flags = {};
    uint32_t bits = readFlagBits(reader, Canonical<T>::bytes);
    // Bits beyond the labels are ignored.
    std::apply([&](auto... each) { ((flags.*each.pointer = bits & 1, bits >>= 1), ...); },
               T::flags());
    return flags;
  } else {
    const uint32_t discriminant = readDiscriminant<T>(reader, Canonical<T>::List::count);
    reader.template payload<T>(start);
    if constexpr (IsOption<T>)
      return readOption<T>(lift, reader, discriminant);
    else if constexpr (IsResultValue<T>)
      return readResult<T>(lift, reader, discriminant);
    else
      return readCase<T>(lift, reader, discriminant);
  }
}

template <typename T> Result<T> readNext(Lift &lift, auto &reader) {
  const uint64_t start = reader.template begin<T>();
  auto value = readBody<T>(lift, reader, start);
  reader.template end<T>(start);
  return value;
}

} // namespace detail

} // namespace w2n::runtime
