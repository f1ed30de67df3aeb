// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Types of C++ as types of component values, for component.hpp, which includes this.
#ifndef WASM2NATIVE_COMPONENT_VALUES_HPP
#define WASM2NATIVE_COMPONENT_VALUES_HPP

#include "component.h"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace w2n::component {

/// The value of a result case that has no type in WIT.
struct Unit {
  friend bool operator==(Unit, Unit) = default;
};

/// A field of a record or a label of flags.
template <typename Class, typename T> struct Member {
  using Type = T;
  std::string_view label;
  T Class::*pointer;
};
template <typename Class, typename T>
constexpr Member<Class, T> member(std::string_view label, T Class::*pointer) {
  return {label, pointer};
}

class GuestResource;

namespace detail {

using Value = w2n_component_value;

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

template <typename T, template <typename...> typename Template>
inline constexpr bool isInstanceOf = false;
template <template <typename...> typename Template, typename... Arguments>
inline constexpr bool isInstanceOf<Template<Arguments...>, Template> = true;
template <typename T> inline constexpr bool isSpan = false;
template <typename T> inline constexpr bool isSpan<std::span<const T>> = true;
template <typename T> inline constexpr bool isArray = false;
template <typename T, size_t n> inline constexpr bool isArray<std::array<T, n>> = true;

template <typename T>
concept IsList = isSpan<T> || isArray<T> || isInstanceOf<T, std::vector>;

template <IsNumber T> constexpr w2n_component_kind kindOfNumber() {
  if constexpr (std::is_floating_point_v<T>)
    return sizeof(T) == 4 ? W2N_COMPONENT_F32 : W2N_COMPONENT_F64;
  constexpr w2n_component_kind unsignedKinds[] = {W2N_COMPONENT_U8, W2N_COMPONENT_U16,
                                                  W2N_COMPONENT_U32, W2N_COMPONENT_U64};
  constexpr w2n_component_kind signedKinds[] = {W2N_COMPONENT_S8, W2N_COMPONENT_S16,
                                                W2N_COMPONENT_S32, W2N_COMPONENT_S64};
  constexpr int row = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3;
  return std::is_signed_v<T> ? signedKinds[row] : unsignedKinds[row];
}

/// The member of the value's union for a number.
template <IsNumber T, typename Of> constexpr auto &numberIn(Of &of) {
  constexpr w2n_component_kind kind = kindOfNumber<T>();
  if constexpr (kind == W2N_COMPONENT_U8)
    return of.u8;
  else if constexpr (kind == W2N_COMPONENT_S8)
    return of.s8;
  else if constexpr (kind == W2N_COMPONENT_U16)
    return of.u16;
  else if constexpr (kind == W2N_COMPONENT_S16)
    return of.s16;
  else if constexpr (kind == W2N_COMPONENT_U32)
    return of.u32;
  else if constexpr (kind == W2N_COMPONENT_S32)
    return of.s32;
  else if constexpr (kind == W2N_COMPONENT_U64)
    return of.u64;
  else if constexpr (kind == W2N_COMPONENT_S64)
    return of.s64;
  else if constexpr (kind == W2N_COMPONENT_F32)
    return of.f32;
  else
    return of.f64;
}

/// A resource of a guest without what WIT adds to it; it is complete when this is used.
template <typename R> struct GuestBase {
  using Type = GuestResource;
};
template <typename R> typename GuestBase<R>::Type &asGuest(R &object) { return object; }

/// The identity of a class.
using Tag = const void *;
template <typename R> inline constexpr char tagOf = 0;

/// The objects of one of the host's resource types, by representation. Lent objects are there
/// without being owned.
template <typename R> class HostTable {
public:
  uint32_t add(std::unique_ptr<R> owner) {
    R *const object = owner.get();
    return add(object, std::move(owner));
  }
  uint32_t lend(R &object) { return add(&object, nullptr); }
  R *find(uint32_t representation) {
    const std::lock_guard lock(mutex);
    return representation < entries.size() ? entries[representation].object : nullptr;
  }
  std::unique_ptr<R> remove(uint32_t representation) {
    const std::lock_guard lock(mutex);
    if (representation >= entries.size() || !entries[representation].object)
      return nullptr;
    entries[representation].object = nullptr;
    unused.push_back(representation);
    return std::move(entries[representation].owner);
  }

private:
  struct Entry {
    R *object;
    std::unique_ptr<R> owner;
  };
  uint32_t add(R *object, std::unique_ptr<R> owner) {
    const std::lock_guard lock(mutex);
    if (unused.empty()) {
      entries.push_back({object, std::move(owner)});
      return uint32_t(entries.size() - 1);
    }
    const uint32_t representation = unused.back();
    unused.pop_back();
    entries[representation] = {object, std::move(owner)};
    return representation;
  }

  std::mutex mutex;
  std::vector<Entry> entries;
  std::vector<uint32_t> unused;
};

/// The type by which the runtime knows a resource class, and the host's or the guest's part of it.
struct Binding {
  const w2n_component_resource *type = nullptr;
  std::shared_ptr<void> part;
};

/// The resource types of a linker or, before those, of an instance.
class Context {
public:
  explicit Context(std::shared_ptr<const Context> parent = nullptr) : parent(std::move(parent)) {}
  const Binding *find(Tag tag) const {
    const auto found = bindings.find(tag);
    return found != bindings.end() ? &found->second : parent ? parent->find(tag) : nullptr;
  }
  void bind(Tag tag, Binding binding) { bindings[tag] = std::move(binding); }

private:
  const std::shared_ptr<const Context> parent;
  std::unordered_map<Tag, Binding> bindings;
};

/// Values of a guest become values of C++. The first one that does not fit makes it fail.
class Reader {
public:
  explicit Reader(const Context &context) : context(context) {}

  template <typename T> std::optional<T> read(const Value &value) {
    if constexpr (std::same_as<T, bool>) {
      return is(value, W2N_COMPONENT_BOOL) ? std::optional(value.of.boolean) : std::nullopt;
    } else if constexpr (std::same_as<T, char32_t>) {
      return is(value, W2N_COMPONENT_CHAR) ? std::optional(char32_t(value.of.character))
                                           : std::nullopt;
    } else if constexpr (IsNumber<T>) {
      return is(value, kindOfNumber<T>()) ? std::optional(T(numberIn<T>(value.of))) : std::nullopt;
    } else if constexpr (IsText<T>) {
      if (!is(value, W2N_COMPONENT_STRING))
        return std::nullopt;
      return T(std::string_view(value.of.string.data, value.of.string.bytes));
    } else if constexpr (IsList<T>) {
      return readList<T>(value);
    } else if constexpr (IsRecord<T>) {
      return is(value, W2N_COMPONENT_RECORD) ? readRecord<T>(value) : std::nullopt;
    } else if constexpr (isInstanceOf<T, std::tuple>) {
      return is(value, W2N_COMPONENT_TUPLE)
                 ? readTuple<T>(value, std::make_index_sequence<std::tuple_size_v<T>>())
                 : std::nullopt;
    } else if constexpr (IsFlags<T>) {
      return is(value, W2N_COMPONENT_FLAGS) ? std::optional(readFlags<T>(value.of.flags))
                                            : std::nullopt;
    } else if constexpr (IsEnum<T>) {
      if (!is(value, W2N_COMPONENT_ENUM) || !fits(value.index < witCases(T()).size()))
        return std::nullopt;
      return T(value.index);
    } else if constexpr (isInstanceOf<T, std::unique_ptr>) {
      return readOwn<typename T::element_type>(value);
    } else if constexpr (isInstanceOf<T, std::reference_wrapper>) {
      return readBorrow<typename T::type>(value);
    } else if constexpr (isInstanceOf<T, std::optional>) {
      return readOption<T>(value);
    } else if constexpr (isInstanceOf<T, std::expected>) {
      return readResult<T>(value);
    } else {
      static_assert(IsVariant<T>, "a type that wasm2native-bindgen does not write");
      return is(value, W2N_COMPONENT_VARIANT) ? readCase<T>(value) : std::nullopt;
    }
  }

  bool failed() const { return isWrong; }

private:
  bool fits(bool condition) {
    isWrong |= !condition;
    return condition;
  }
  bool is(const Value &value, w2n_component_kind kind) { return fits(value.kind == kind); }

  template <typename T> std::optional<T> readList(const Value &value) {
    using Element = std::remove_const_t<typename T::value_type>;
    if constexpr (IsNumber<Element>) {
      if (value.kind == W2N_COMPONENT_ARRAY) {
        if (!fits(value.element == kindOfNumber<Element>()))
          return std::nullopt;
        return fromElements<T>(std::span<const Element>(
            static_cast<const Element *>(value.of.array.data), value.of.array.count));
      }
    }
    if constexpr (isSpan<T>) {
      // A list that is no array has no elements that a span could refer to.
      if (!is(value, W2N_COMPONENT_LIST) || !fits(value.of.list.count == 0))
        return std::nullopt;
      return T();
    } else {
      if (!is(value, W2N_COMPONENT_LIST))
        return std::nullopt;
      std::vector<Element> elements;
      elements.reserve(value.of.list.count);
      for (const Value &item : std::span(value.of.list.items, value.of.list.count)) {
        auto element = read<Element>(item);
        if (!element)
          return std::nullopt;
        elements.push_back(std::move(*element));
      }
      if constexpr (isArray<T>)
        return fromElements<T>(std::span<Element>(elements));
      else
        return elements;
    }
  }

  template <typename T> std::optional<T> fromElements(auto elements) {
    if constexpr (isArray<T>) {
      T array = {};
      if (!fits(elements.size() == array.size()))
        return std::nullopt;
      std::ranges::move(elements, array.begin());
      return array;
    } else {
      return T(elements.begin(), elements.end());
    }
  }

  template <typename T> bool readInto(T &place, const Value &value) {
    auto read = this->read<T>(value);
    if (read)
      place = std::move(*read);
    return read.has_value();
  }

  template <typename T> std::optional<T> readRecord(const Value &value) {
    T record = {};
    constexpr auto fields = T::fields();
    constexpr size_t count = std::tuple_size_v<decltype(T::fields())>;
    if (!fits(value.of.list.count == count))
      return std::nullopt;
    const Value *item = value.of.list.items;
    const bool isRead = std::apply(
        [&](auto... field) { return (readInto(record.*field.pointer, *item++) && ...); }, fields);
    return isRead ? std::optional(std::move(record)) : std::nullopt;
  }

  template <typename T, size_t... index>
  std::optional<T> readTuple(const Value &value, std::index_sequence<index...>) {
    if (!fits(value.of.list.count == sizeof...(index)))
      return std::nullopt;
    std::tuple<std::optional<std::tuple_element_t<index, T>>...> parts;
    const bool isRead =
        ((std::get<index>(parts) = read<std::tuple_element_t<index, T>>(value.of.list.items[index]))
             .has_value() &&
         ...);
    if (!isRead)
      return std::nullopt;
    return T(std::move(*std::get<index>(parts))...);
  }

  template <typename T> T readFlags(uint32_t bits) {
    T flags = {};
    std::apply([&](auto... flag) { ((flags.*flag.pointer = bits & 1, bits >>= 1), ...); },
               T::flags());
    return flags;
  }

  template <typename T> std::optional<T> readOption(const Value &value) {
    if (!is(value, W2N_COMPONENT_OPTION))
      return std::nullopt;
    if (value.index == 0)
      return std::optional<T>(std::in_place);
    if (!fits(value.of.payload != nullptr))
      return std::nullopt;
    auto payload = read<typename T::value_type>(*value.of.payload);
    return payload ? std::optional<T>(std::move(payload)) : std::nullopt;
  }

  template <typename T> std::optional<T> readResult(const Value &value) {
    using Ok = typename T::value_type;
    using Err = typename T::error_type;
    if (!is(value, W2N_COMPONENT_RESULT))
      return std::nullopt;
    if (value.index == 0) {
      if constexpr (std::is_void_v<Ok>) {
        return T();
      } else {
        auto ok = readPayload<Ok>(value);
        return ok ? std::optional<T>(std::in_place, std::move(*ok)) : std::nullopt;
      }
    }
    if constexpr (std::same_as<Err, Unit>) {
      return T(std::unexpected(Unit()));
    } else {
      auto error = readPayload<Err>(value);
      return error ? std::optional<T>(std::in_place, std::unexpect, std::move(*error))
                   : std::nullopt;
    }
  }

  template <typename T> std::optional<T> readPayload(const Value &value) {
    return fits(value.of.payload != nullptr) ? read<T>(*value.of.payload) : std::nullopt;
  }

  template <typename T, size_t index = 0> std::optional<T> readCase(const Value &value) {
    using Variant = decltype(T::value);
    if constexpr (index == std::variant_size_v<Variant>) {
      fits(false);
      return std::nullopt;
    } else {
      if (value.index != index)
        return readCase<T, index + 1>(value);
      using Case = std::variant_alternative_t<index, Variant>;
      if constexpr (requires(Case each) { each.value; }) {
        auto payload = readPayload<decltype(Case::value)>(value);
        if (!payload)
          return std::nullopt;
        return T{Variant(std::in_place_index<index>, Case{std::move(*payload)})};
      } else {
        return T{Variant(std::in_place_index<index>)};
      }
    }
  }

  /// The binding of a class whose type the value has.
  template <typename R> const Binding *bindingOf(const Value &value) {
    const Binding *binding = context.find(&tagOf<R>);
    return fits(binding && binding->type == value.of.resource.type) ? binding : nullptr;
  }

  template <typename R> std::optional<std::unique_ptr<R>> readOwn(const Value &value) {
    if (!is(value, W2N_COMPONENT_OWN))
      return std::nullopt;
    if constexpr (std::derived_from<R, GuestResource>) {
      // The runtime compares the type when the handle is used.
      const Binding *binding = context.find(&tagOf<R>);
      return fits(binding != nullptr) ? std::optional(std::make_unique<R>(*binding, value))
                                      : std::nullopt;
    } else {
      const Binding *binding = bindingOf<R>(value);
      if (!binding)
        return std::nullopt;
      auto object = static_cast<HostTable<R> *>(binding->part.get())
                        ->remove(value.of.resource.representation);
      return fits(object != nullptr) ? std::optional(std::move(object)) : std::nullopt;
    }
  }

  template <typename R> std::optional<std::reference_wrapper<R>> readBorrow(const Value &value) {
    const bool isHandle = value.kind == W2N_COMPONENT_BORROW || value.kind == W2N_COMPONENT_OWN;
    const Binding *binding = fits(isHandle) ? bindingOf<R>(value) : nullptr;
    if (!binding)
      return std::nullopt;
    R *object =
        static_cast<HostTable<R> *>(binding->part.get())->find(value.of.resource.representation);
    return fits(object != nullptr) ? std::optional(std::ref(*object)) : std::nullopt;
  }

  const Context &context;
  bool isWrong = false;
};

/// Values of C++ become values for a guest. They refer to what they are made from, and to this.
class Writer {
public:
  explicit Writer(const Context &context) : context(context) {}
  Writer(const Writer &) = delete;
  Writer &operator=(const Writer &) = delete;
  ~Writer() {
    for (const auto &end : lent)
      end();
  }

  /// `value` is left without the objects of its own handles.
  template <typename V> Value write(V &value) {
    using T = std::remove_const_t<V>;
    Value out = {};
    if constexpr (std::same_as<T, bool>) {
      out.kind = W2N_COMPONENT_BOOL;
      out.of.boolean = value;
    } else if constexpr (std::same_as<T, char32_t>) {
      out.kind = W2N_COMPONENT_CHAR;
      out.of.character = value;
    } else if constexpr (IsNumber<T>) {
      out.kind = kindOfNumber<T>();
      numberIn<T>(out.of) = value;
    } else if constexpr (IsText<T>) {
      out.kind = W2N_COMPONENT_STRING;
      out.of.string = {value.data(), value.size()};
    } else if constexpr (IsList<T>) {
      writeList(out, value);
    } else if constexpr (IsRecord<T>) {
      out.kind = W2N_COMPONENT_RECORD;
      std::apply([&](auto... field) { writeParts(out, value.*field.pointer...); }, T::fields());
    } else if constexpr (isInstanceOf<T, std::tuple>) {
      out.kind = W2N_COMPONENT_TUPLE;
      std::apply([&](auto &...part) { writeParts(out, part...); }, value);
    } else if constexpr (IsFlags<T>) {
      out.kind = W2N_COMPONENT_FLAGS;
      uint32_t bit = 1;
      std::apply(
          [&](auto... flag) { ((out.of.flags |= value.*flag.pointer ? bit : 0, bit <<= 1), ...); },
          T::flags());
    } else if constexpr (IsEnum<T>) {
      out.kind = W2N_COMPONENT_ENUM;
      out.index = uint32_t(value);
      fits(out.index < witCases(T()).size());
    } else if constexpr (isInstanceOf<T, std::unique_ptr>) {
      writeOwn(out, value);
    } else if constexpr (isInstanceOf<T, std::reference_wrapper>) {
      writeBorrow(out, value.get());
    } else if constexpr (isInstanceOf<T, std::optional>) {
      out.kind = W2N_COMPONENT_OPTION;
      out.index = value.has_value();
      if (value)
        out.of.payload = payload(*value);
    } else if constexpr (isInstanceOf<T, std::expected>) {
      writeResult(out, value);
    } else if constexpr (IsVariant<T>) {
      out.kind = W2N_COMPONENT_VARIANT;
      out.index = uint32_t(value.value.index());
      std::visit(
          [&](auto &each) {
            if constexpr (requires { each.value; })
              out.of.payload = payload(each.value);
          },
          value.value);
    } else {
      writeBorrow(out, value); // an object
    }
    return out;
  }

  /// Whether a value cannot be written: an own handle without an object, or an enumerator that
  /// there is not.
  bool failed() const { return isWrong; }

private:
  bool fits(bool condition) {
    isWrong |= !condition;
    return condition;
  }

  std::vector<Value> &newValues(size_t count) { return values.emplace_back(count); }

  const Value *payload(auto &value) {
    std::vector<Value> &place = newValues(1);
    place[0] = write(value);
    return place.data();
  }

  void writeParts(Value &out, auto &...parts) {
    std::vector<Value> &items = newValues(sizeof...(parts));
    size_t index = 0;
    ((items[index++] = write(parts)), ...);
    out.of.list = {items.data(), items.size()};
  }

  void writeList(Value &out, auto &list) {
    using Element = std::remove_const_t<typename std::remove_cvref_t<decltype(list)>::value_type>;
    if constexpr (IsNumber<Element>) {
      out.kind = W2N_COMPONENT_ARRAY;
      out.element = kindOfNumber<Element>();
      out.of.array = {list.data(), list.size()};
    } else {
      out.kind = W2N_COMPONENT_LIST;
      std::vector<Value> &items = newValues(list.size());
      for (size_t index = 0; index < items.size(); ++index)
        if constexpr (std::same_as<Element, bool>) {
          const bool element = list[index];
          items[index] = write(element);
        } else {
          items[index] = write(list[index]);
        }
      out.of.list = {items.data(), items.size()};
    }
  }

  template <typename T> void writeResult(Value &out, T &value) {
    out.kind = W2N_COMPONENT_RESULT;
    out.index = !value.has_value();
    if (!value) {
      if constexpr (!std::same_as<typename T::error_type, Unit>)
        out.of.payload = payload(value.error());
    } else {
      if constexpr (!std::is_void_v<typename T::value_type>)
        out.of.payload = payload(*value);
    }
  }

  template <typename R> void writeOwn(Value &out, std::unique_ptr<R> &object) {
    out.kind = W2N_COMPONENT_OWN;
    if (!fits(object != nullptr))
      return;
    if constexpr (std::derived_from<R, GuestResource>) {
      out = asGuest(*object).value();
      asGuest(*object).release();
      object.reset();
    } else {
      const Binding *binding = context.find(&tagOf<R>);
      if (!fits(binding != nullptr))
        return;
      out.of.resource.type = binding->type;
      out.of.resource.representation =
          static_cast<HostTable<R> *>(binding->part.get())->add(std::move(object));
    }
  }

  template <typename R> void writeBorrow(Value &out, R &object) {
    out.kind = W2N_COMPONENT_BORROW;
    if constexpr (std::derived_from<R, GuestResource>) {
      out.of = asGuest(object).value().of;
    } else {
      const Binding *binding = context.find(&tagOf<R>);
      if (!fits(binding != nullptr))
        return;
      out.of.resource.type = binding->type;
      auto table = std::static_pointer_cast<HostTable<R>>(binding->part);
      const uint32_t representation = table->lend(object);
      out.of.resource.representation = representation;
      lent.push_back([table, representation] { table->remove(representation); });
    }
  }

  const Context &context;
  std::deque<std::vector<Value>> values;
  std::vector<std::function<void()>> lent;
  bool isWrong = false;
};

} // namespace detail

} // namespace w2n::component

#endif
