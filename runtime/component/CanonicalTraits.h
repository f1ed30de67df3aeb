// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// C++ types as types of component values: their structure and their layout (CanonicalABI.md,
// "Alignment", "Element Size", "Flattening"), at compile time.
//
//   bool, u8 ... s64, f32, f64, char   bool, uint8_t ... int64_t, float, double, char32_t
//   string                             std::string_view, std::string
//   list<T>                            std::span<const T> of numbers, in place, as a parameter;
//                                      std::vector<T>; ByteBuffer as a result
//   option<T>, tuple<...>              std::optional<T>, std::tuple<...>
//   result<T, E>                       std::expected<T, E>; void for no T, Unit for no E
//   record                             a struct with `static constexpr auto fields()`,
//                                      which returns a tuple of
//                                      member("label", &Struct::member)
//   flags                              the same of bools, with `flags()`
//   enum                               an enum class from 0 on, with a constexpr function
//                                      `auto witCases(Enum)` beside it, which returns a std::array
//                                      of labels
//   variant                            a struct with a std::variant `value` of a struct for each
//                                      case, which is empty or has a member `value`; labels in
//                                      `static constexpr std::array cases`
//   stream<T>, future<T>               StreamEnd<T>, FutureEnd<T> (HostStreams.h)
//   own<R>, borrow<R>                  std::unique_ptr<R>, R &;
//                                      in lists std::reference_wrapper<R>;
//                                      R derives from Resource
//
#pragma once

#include "runtime/component/ResourceTable.h"

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

namespace w2n::runtime {

/// The payload of an error case that has none.
struct Unit {
  friend bool operator==(Unit, Unit) = default;
};

/// A list of bytes that a host function returns: as a std::vector, but not zeroed first.
class ByteBuffer {
public:
  using value_type = uint8_t;
  ByteBuffer() = default;
  explicit ByteBuffer(size_t bytes)
      : bytes(std::make_unique_for_overwrite<uint8_t[]>(bytes)), count(bytes) {}
  uint8_t *data() const { return bytes.get(); }
  size_t size() const { return count; }
  const uint8_t &operator[](size_t index) const { return bytes[index]; }
  std::span<uint8_t> span() const { return {bytes.get(), count}; }
  /// Keeps the first ones.
  void cutTo(size_t size) { count = size; }

private:
  std::unique_ptr<uint8_t[]> bytes;
  size_t count = 0;
};

struct SharedStream;

/// The readable end of a stream, and of a future.
template <typename T> struct StreamEnd {
  using Element = T;
  std::shared_ptr<SharedStream> shared;
};
template <typename T> struct FutureEnd {
  using Element = T;
  std::shared_ptr<SharedStream> shared;
};

template <typename Class, typename T> struct Member {
  using Type = T;
  std::string_view label;
  T Class::*pointer;
};
template <typename Class, typename T>
constexpr Member<Class, T> member(std::string_view label, T Class::*pointer) {
  return {label, pointer};
}

// The kinds of types.

template <typename T>
concept IsNumber = std::is_arithmetic_v<T> && !std::same_as<T, bool> && !std::same_as<T, char32_t>;
template <typename T>
concept IsText = std::same_as<T, std::string_view> || std::same_as<T, std::string>;
template <typename T>
concept IsRecord = requires { T::fields(); };
template <typename T>
concept IsFlags = requires { T::flags(); };
template <typename T>
concept IsVariant = requires(T value) {
  T::cases;
  value.value.index();
};
template <typename T>
concept IsEnum = std::is_enum_v<T> && requires(T value) { witCases(value); };
template <typename T>
concept IsResource = std::derived_from<T, Resource>;

template <typename T, template <typename...> typename Template>
inline constexpr bool isInstanceOf = false;
template <template <typename...> typename Template, typename... Arguments>
inline constexpr bool isInstanceOf<Template<Arguments...>, Template> = true;
template <typename T> inline constexpr bool isSpan = false;
template <typename T> inline constexpr bool isSpan<std::span<const T>> = true;

template <typename T>
concept IsTuple = isInstanceOf<T, std::tuple>;
template <typename T>
concept IsOption = isInstanceOf<T, std::optional>;
template <typename T>
concept IsResultValue = isInstanceOf<T, std::expected>;
template <typename T>
concept IsList = isSpan<T> || isInstanceOf<T, std::vector> || std::same_as<T, ByteBuffer>;
template <typename T>
concept IsOwn = isInstanceOf<T, std::unique_ptr>;
template <typename T>
concept IsBorrow = isInstanceOf<T, std::reference_wrapper>;
template <typename T>
concept IsEnd = isInstanceOf<T, StreamEnd> || isInstanceOf<T, FutureEnd>;

constexpr uint32_t alignUpTo(uint32_t value, uint32_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}
constexpr uint32_t bytesOfDiscriminant(size_t cases) {
  return cases <= 0x100 ? 1 : cases <= 0x10000 ? 2 : 4;
}

template <typename... T> struct TypeList {
  static constexpr size_t count = sizeof...(T);
};

/// The structure and layout of a type: `node`, `bytes`, `alignment`, `flatCount`.
template <typename T> struct Canonical;

/// Null for the payload of a case without one.
template <typename T> constexpr const TypeNode *nodeOf() {
  if constexpr (std::is_void_v<T> || std::same_as<T, Unit>)
    return nullptr;
  else
    return &Canonical<T>::node;
}

namespace detail {

/// The layout of fields one after the other.
template <typename List> struct FieldLayout;
template <typename... T> struct FieldLayout<TypeList<T...>> {
  static constexpr uint32_t alignment = [] {
    uint32_t most = 1;
    ((most = std::max(most, Canonical<T>::alignment)), ...);
    return most;
  }();
  static constexpr uint32_t bytes = [] {
    uint32_t end = 0;
    ((end = alignUpTo(end, Canonical<T>::alignment) + Canonical<T>::bytes), ...);
    return alignUpTo(end, alignment);
  }();
  static constexpr uint32_t flatCount = (0 + ... + Canonical<T>::flatCount);
};

template <typename T> struct PayloadLayout : Canonical<T> {};
struct NoPayload {
  static constexpr uint32_t bytes = 0, alignment = 1, flatCount = 0;
};
template <> struct PayloadLayout<void> : NoPayload {};
template <> struct PayloadLayout<Unit> : NoPayload {};

/// The layout of a discriminant and one of several payloads.
template <typename List> struct CaseLayout;
template <typename... T> struct CaseLayout<TypeList<T...>> {
  static constexpr uint32_t discriminantBytes = bytesOfDiscriminant(sizeof...(T));
  static constexpr uint32_t payloadAlignment = [] {
    uint32_t most = 1;
    ((most = std::max(most, PayloadLayout<T>::alignment)), ...);
    return most;
  }();
  static constexpr uint32_t payloadOffset = alignUpTo(discriminantBytes, payloadAlignment);
  static constexpr uint32_t alignment = std::max(discriminantBytes, payloadAlignment);
  static constexpr uint32_t bytes = [] {
    uint32_t most = 0;
    ((most = std::max(most, PayloadLayout<T>::bytes)), ...);
    return alignUpTo(payloadOffset + most, alignment);
  }();
  static constexpr uint32_t flatCount = [] {
    uint32_t most = 0;
    ((most = std::max(most, PayloadLayout<T>::flatCount)), ...);
    return most + 1;
  }();
};

template <typename T> struct FieldsOf;
template <typename... T> struct FieldsOf<std::tuple<T...>> {
  using List = TypeList<T...>;
};
template <typename... M> struct FieldsOfMembers;
template <typename... M> struct FieldsOfMembers<std::tuple<M...>> {
  using List = TypeList<typename M::Type...>;
};
template <IsRecord T> struct FieldsOf<T> : FieldsOfMembers<decltype(T::fields())> {};

template <typename Case> struct PayloadOf {
  using Type = void;
};
template <typename Case>
  requires requires(Case value) { value.value; }
struct PayloadOf<Case> {
  using Type = decltype(Case::value);
};
template <typename T> struct CasesOf;
template <typename T> struct CasesOf<std::optional<T>> {
  using List = TypeList<void, T>;
};
template <typename T, typename E> struct CasesOf<std::expected<T, E>> {
  using List = TypeList<T, E>;
};
template <typename V> struct CasesOfVariant;
template <typename... Case> struct CasesOfVariant<std::variant<Case...>> {
  using List = TypeList<typename PayloadOf<Case>::Type...>;
};
template <IsVariant T> struct CasesOf<T> : CasesOfVariant<decltype(T::value)> {};

template <size_t count, typename Labels, typename... T>
constexpr std::array<TypeMember, count> labeled(const Labels &labels, TypeList<T...>) {
  const TypeNode *nodes[] = {nodeOf<T>()...};
  std::array<TypeMember, count> members = {};
  for (size_t index = 0; index < count; ++index)
    members[index] = {labels[index], nodes[index]};
  return members;
}
template <size_t count, typename Labels>
constexpr std::array<TypeMember, count> labelsAlone(const Labels &labels) {
  std::array<TypeMember, count> members = {};
  for (size_t index = 0; index < count; ++index)
    members[index] = {labels[index], nullptr};
  return members;
}
/// The labels of a tuple of members.
template <typename... M>
constexpr std::array<std::string_view, sizeof...(M)> labelsOf(const std::tuple<M...> &members) {
  return std::apply([](const M &...each) { return std::array{each.label...}; }, members);
}

template <component::Primitive primitiveType, uint32_t size, uint32_t align, uint32_t flat>
struct PrimitiveType {
  static constexpr TypeNode node = {component::TypeForm::Primitive, primitiveType};
  static constexpr uint32_t bytes = size, alignment = align, flatCount = flat;
};

template <typename T> constexpr component::Primitive primitiveOf() {
  using component::Primitive;
  if constexpr (std::is_floating_point_v<T>)
    return sizeof(T) == 4 ? Primitive::F32 : Primitive::F64;
  constexpr Primitive unsignedTypes[] = {Primitive::U8, Primitive::U16, Primitive::U32,
                                         Primitive::U64};
  constexpr Primitive signedTypes[] = {Primitive::S8, Primitive::S16, Primitive::S32,
                                       Primitive::S64};
  constexpr int row = std::countr_zero(sizeof(T));
  return std::is_signed_v<T> ? signedTypes[row] : unsignedTypes[row];
}

template <typename R, component::TypeForm form> struct HandleType {
  static constexpr TypeNode node = {form, component::Primitive::Bool, {}, &R::type};
  static constexpr uint32_t bytes = 4, alignment = 4, flatCount = 1;
};

} // namespace detail

// The order of the definitions matters: a struct may have members of any of these types.

template <> struct Canonical<bool> : detail::PrimitiveType<component::Primitive::Bool, 1, 1, 1> {};
template <>
struct Canonical<char32_t> : detail::PrimitiveType<component::Primitive::Char, 4, 4, 1> {};
template <IsNumber T>
struct Canonical<T> : detail::PrimitiveType<detail::primitiveOf<T>(), sizeof(T), sizeof(T), 1> {};
template <IsText T>
struct Canonical<T> : detail::PrimitiveType<component::Primitive::String, 8, 4, 2> {};

template <IsList T> struct Canonical<T> {
  using Element = std::remove_const_t<typename T::value_type>;
  static constexpr std::array<TypeMember, 1> members = {{{{}, nodeOf<Element>()}}};
  static constexpr TypeNode node = {component::TypeForm::List, component::Primitive::Bool, members};
  static constexpr uint32_t bytes = 8, alignment = 4, flatCount = 2;
};

template <typename T>
  requires IsRecord<T> || IsTuple<T>
struct Canonical<T> : detail::FieldLayout<typename detail::FieldsOf<T>::List> {
  using List = typename detail::FieldsOf<T>::List;
  static constexpr auto members = [] {
    if constexpr (IsRecord<T>)
      return detail::labeled<List::count>(detail::labelsOf(T::fields()), List());
    else
      return detail::labeled<List::count>(std::array<std::string_view, List::count>(), List());
  }();
  static constexpr TypeNode node = {IsRecord<T> ? component::TypeForm::Record
                                                : component::TypeForm::Tuple,
                                    component::Primitive::Bool, members};
};

template <typename T>
  requires IsOption<T> || IsResultValue<T> || IsVariant<T>
struct Canonical<T> : detail::CaseLayout<typename detail::CasesOf<T>::List> {
  using List = typename detail::CasesOf<T>::List;
  static constexpr auto members = [] {
    if constexpr (IsOption<T>)
      return std::array<TypeMember, 1>{{{{}, nodeOf<typename T::value_type>()}}};
    else if constexpr (IsVariant<T>)
      return detail::labeled<List::count>(T::cases, List());
    else
      return detail::labeled<2>(std::array<std::string_view, 2>{"ok", "err"}, List());
  }();
  static constexpr component::TypeForm form = IsOption<T>    ? component::TypeForm::Option
                                              : IsVariant<T> ? component::TypeForm::Variant
                                                             : component::TypeForm::Result;
  static constexpr TypeNode node = {form, component::Primitive::Bool, members};
};

template <IsEnum T> struct Canonical<T> {
  static constexpr auto labels = witCases(T());
  static constexpr auto members = detail::labelsAlone<labels.size()>(labels);
  static constexpr TypeNode node = {component::TypeForm::Enum, component::Primitive::Bool, members};
  static constexpr uint32_t bytes = bytesOfDiscriminant(labels.size()), alignment = bytes,
                            flatCount = 1;
};

template <IsFlags T> struct Canonical<T> {
  static constexpr auto labels = detail::labelsOf(T::flags());
  static_assert(labels.size() <= 32);
  static constexpr auto members = detail::labelsAlone<labels.size()>(labels);
  static constexpr TypeNode node = {component::TypeForm::Flags, component::Primitive::Bool,
                                    members};
  static constexpr uint32_t bytes = labels.size() <= 8    ? 1
                                    : labels.size() <= 16 ? 2
                                                          : 4,
                            alignment = bytes, flatCount = 1;
};

template <IsOwn T>
struct Canonical<T> : detail::HandleType<typename T::element_type, component::TypeForm::Own> {
  using Target = typename T::element_type;
};
template <IsBorrow T>
struct Canonical<T> : detail::HandleType<typename T::type, component::TypeForm::Borrow> {
  using Target = typename T::type;
};
template <IsEnd T> struct Canonical<T> {
  static constexpr bool isFuture = isInstanceOf<T, FutureEnd>;
  static constexpr std::array<TypeMember, 1> members = {{{{}, nodeOf<typename T::Element>()}}};
  static constexpr TypeNode node = {isFuture ? component::TypeForm::Future
                                             : component::TypeForm::Stream,
                                    component::Primitive::Bool, members};
  static constexpr uint32_t bytes = 4, alignment = 4, flatCount = 1;
};

} // namespace w2n::runtime
