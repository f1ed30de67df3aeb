// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// runtime.h in C++: owners that free themselves, results that hold a value or an error, typed
/// functions, host functions from lambdas. Header only; C++20, with or without exceptions and RTTI.
/// What runtime.h says of lifetimes and threads holds here: what is got from an instance ends with
/// it.
///
///     auto module = wasm2native::Module::load("plugin.so");
///     wasm2native::Linker linker;
///     linker.define("host", "log", [](wasm2native::Caller caller, uint32_t text, uint32_t bytes) {
///       ...
///     });
///     auto instance = linker.instantiate(*module);
///     auto add = instance->get<int32_t(int32_t, int32_t)>("add");
///     wasm2native::Result<int32_t> sum = (*add)(1, 2);
#ifndef WASM2NATIVE_HPP
#define WASM2NATIVE_HPP

#include "runtime.h"

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace wasm2native {

/// An error, or none.
class [[nodiscard]] Error {
public:
  Error() = default;
  /// Takes over `handle`, which may be null.
  explicit Error(w2n_error *handle) : error(handle) {}
  /// A trap, for host functions to return.
  static Error trap(const std::string &text) { return Error(w2n_error_new(text.c_str())); }
  static Error exit(uint32_t status) { return Error(w2n_error_new_exit(status)); }
  Error(Error &&other) noexcept : error(other.release()) {}
  Error &operator=(Error &&other) noexcept {
    std::swap(error, other.error);
    return *this;
  }
  ~Error() {
    if (error) [[unlikely]]
      w2n_error_free(error);
  }

  /// Whether there is one.
  explicit operator bool() const { return error != nullptr; }
  // Only if there is an error.
  w2n_error_kind kind() const { return w2n_error_kind_of(error); }
  std::string_view text() const { return w2n_error_text(error); }
  std::string_view backtrace() const { return w2n_error_backtrace(error); }
  /// Empty if it is no trap.
  std::string_view trapName() const {
    const char *name = w2n_error_trap_name(error);
    return name ? name : std::string_view();
  }
  uint32_t exitStatus() const { return w2n_error_exit_status(error); }
  size_t frameCount() const { return w2n_error_frame_count(error); }
  /// `index` must be below frameCount().
  w2n_frame frame(size_t index) const {
    w2n_frame frame = {};
    frame.size = sizeof(frame);
    (void)w2n_error_frame(error, index, &frame);
    return frame;
  }

  w2n_error *get() const { return error; }
  w2n_error *release() { return std::exchange(error, nullptr); }

private:
  w2n_error *error = nullptr;
};

/// A value, or the error that kept it from being made.
template <typename T> class [[nodiscard]] Result {
public:
  Result(T value) : held(std::move(value)) {}
  Result(Error error) : failure(std::move(error)) {}

  explicit operator bool() const { return !failure; }
  bool hasValue() const { return !failure; }
  // Only for a result with a value.
  T &operator*() & { return *held; }
  const T &operator*() const & { return *held; }
  T &&operator*() && { return std::move(*held); }
  T *operator->() { return &*held; }
  const T *operator->() const { return &*held; }
  T valueOr(T other) && { return failure ? std::move(other) : std::move(*held); }
  // Only for a result without one.
  const Error &error() const & { return failure; }
  Error &&error() && { return std::move(failure); }

private:
  std::optional<T> held;
  Error failure;
};

template <> class [[nodiscard]] Result<void> {
public:
  Result() = default;
  Result(Error error) : failure(std::move(error)) {}

  explicit operator bool() const { return !failure; }
  bool hasValue() const { return !failure; }
  const Error &error() const & { return failure; }
  Error &&error() && { return std::move(failure); }

private:
  Error failure;
};

/// The numbers of WebAssembly. Unsigned and 8-byte types are those of their size.
template <typename T>
concept Number = (std::integral<T> || std::floating_point<T>) && !std::same_as<T, bool> &&
                 (sizeof(T) == 4 || sizeof(T) == 8);

namespace detail {

template <Number T> constexpr w2n_value_kind kindOf() {
  if constexpr (std::floating_point<T>)
    return sizeof(T) == 4 ? W2N_F32 : W2N_F64;
  else
    return sizeof(T) == 4 ? W2N_I32 : W2N_I64;
}

template <Number T> uint64_t toSlot(T value) {
  if constexpr (sizeof(T) == 4)
    return std::bit_cast<uint32_t>(value);
  else
    return std::bit_cast<uint64_t>(value);
}

template <Number T> T fromSlot(uint64_t slot) {
  if constexpr (sizeof(T) == 4)
    return std::bit_cast<T>(uint32_t(slot));
  else
    return std::bit_cast<T>(slot);
}

template <Number T> T fromValue(const w2n_value &value) {
  return fromSlot<T>(uint64_t(value.of.i64));
}

template <Number T> void toValue(w2n_value &to, T value) {
  to.kind = kindOf<T>();
  if constexpr (std::same_as<T, float>)
    to.of.f32 = value;
  else if constexpr (std::same_as<T, double>)
    to.of.f64 = value;
  else if constexpr (sizeof(T) == 4)
    to.of.i32 = std::bit_cast<int32_t>(value);
  else
    to.of.i64 = std::bit_cast<int64_t>(value);
}

/// Types in a row: those of parameters, or of results.
template <typename... Ts> struct Types {
  static constexpr size_t count = sizeof...(Ts);
  static const w2n_value_kind *kinds() {
    static constexpr w2n_value_kind all[count + 1] = {kindOf<Ts>()..., 0};
    return all;
  }
};

/// The results of a function, as wasm has them.
template <typename R> struct Results {
  using As = Types<R>;
  static R fromSlots(const uint64_t *slots) { return fromSlot<R>(slots[0]); }
  static void toSlots(uint64_t *slots, R result) { slots[0] = toSlot(result); }
};
template <> struct Results<void> {
  using As = Types<>;
};
template <typename... Rs> struct Results<std::tuple<Rs...>> {
  using As = Types<Rs...>;
  static std::tuple<Rs...> fromSlots(const uint64_t *slots) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return std::tuple<Rs...>(fromSlot<Rs>(slots[I])...);
    }(std::index_sequence_for<Rs...>());
  }
  static void toSlots(uint64_t *slots, const std::tuple<Rs...> &results) {
    [&]<size_t... I>(std::index_sequence<I...>) {
      ((slots[I] = toSlot(std::get<I>(results))), ...);
    }(std::index_sequence_for<Rs...>());
  }
};
template <typename R> struct Results<Result<R>> : Results<R> {};

template <typename Params, typename ResultTypes> w2n_function_type typeOf() {
  return {Params::kinds(), Params::count, ResultTypes::kinds(), ResultTypes::count};
}

template <auto freeIt> struct Freer {
  template <typename T> void operator()(T *object) const { freeIt(object); }
};
template <typename T, auto freeIt> using Owner = std::unique_ptr<T, Freer<freeIt>>;

} // namespace detail

/// A memory of a guest, or of the host. Borrowed; OwnMemory is not.
class Memory {
public:
  explicit Memory(w2n_memory *handle) : memory(handle) {}

  /// All of it as it is now. Memories never move.
  std::span<uint8_t> bytes() const {
    return {static_cast<uint8_t *>(w2n_memory_at(memory, 0, 0)), size()};
  }
  uint64_t size() const { return w2n_memory_size_bytes(memory); }
  /// `count` objects at the guest's `address`: nothing if they lie outside, or are not aligned.
  template <typename T>
    requires std::is_trivially_copyable_v<T>
  std::optional<std::span<T>> at(uint64_t address, uint64_t count) const {
    if (count > UINT64_MAX / sizeof(T))
      return std::nullopt;
    void *found = w2n_memory_at(memory, address, count * sizeof(T));
    if (!found || reinterpret_cast<uintptr_t>(found) % alignof(T) != 0)
      return std::nullopt;
    return std::span<T>(static_cast<T *>(found), size_t(count));
  }
  std::optional<std::string_view> text(uint64_t address, uint64_t count) const {
    const void *found = w2n_memory_at(memory, address, count);
    if (!found)
      return std::nullopt;
    return std::string_view(static_cast<const char *>(found), size_t(count));
  }
  /// A copy of the object at `address`, however it is aligned.
  template <typename T>
    requires std::is_trivially_copyable_v<T>
  std::optional<T> load(uint64_t address) const {
    const void *found = w2n_memory_at(memory, address, sizeof(T));
    if (!found)
      return std::nullopt;
    T value;
    std::memcpy(&value, found, sizeof(T));
    return value;
  }
  /// False if it does not lie inside.
  template <typename T>
    requires std::is_trivially_copyable_v<T>
  bool store(uint64_t address, const T &value) const {
    void *found = w2n_memory_at(memory, address, sizeof(T));
    if (found)
      std::memcpy(found, &value, sizeof(T));
    return found != nullptr;
  }
  Result<void> grow(uint64_t deltaPages) const {
    return Error(w2n_memory_grow(memory, deltaPages));
  }
  w2n_memory *get() const { return memory; }

private:
  w2n_memory *memory;
};

class Instance;
class Caller;

/// A tag of exceptions that carry numbers.
template <Number... Ts> class Tag {
public:
  /// One that the host makes, for guests to import.
  static Result<Tag> create() {
    const w2n_function_type type = typeOfTag();
    w2n_tag *made = nullptr;
    if (w2n_error *error = w2n_tag_new(&type, &made))
      return Error(error);
    return Tag(made, true);
  }
  /// The error by which a host function throws an exception.
  Error thrown(const Caller &caller, Ts... numbers) const;
  /// The numbers of the exception that `error` is about; nothing if it is about none of this tag.
  std::optional<std::tuple<Ts...>> caught(const Error &error) const {
    w2n_value values[sizeof...(Ts) + 1];
    if (!error || !w2n_error_exception(error.get(), get(), values, sizeof...(Ts)))
      return std::nullopt;
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return std::tuple<Ts...>(detail::fromValue<Ts>(values[I])...);
    }(std::index_sequence_for<Ts...>());
  }
  w2n_tag *get() const { return tag.get(); }

private:
  friend class Instance;
  struct Free {
    bool isOwned;
    void operator()(w2n_tag *owned) const {
      if (isOwned)
        w2n_tag_free(owned);
    }
  };
  Tag(w2n_tag *handle, bool isOwned) : tag(handle, Free{isOwned}) {}
  static w2n_function_type typeOfTag() {
    return detail::typeOf<detail::Types<Ts...>, detail::Types<>>();
  }
  static bool fits(const w2n_tag *found) {
    const w2n_function_type type = w2n_tag_type(found);
    return std::ranges::equal(std::span(type.params, type.param_count),
                              std::span(typeOfTag().params, sizeof...(Ts)));
  }

  std::unique_ptr<w2n_tag, Free> tag;
};

/// The guest that calls a host function: a first parameter of lambdas that want it.
class Caller {
public:
  explicit Caller(w2n_caller *handle) : caller(handle) {}

  /// Memory 0; nothing if there is none.
  std::optional<Memory> memory() const {
    w2n_memory *found = w2n_caller_memory(caller);
    return found ? std::optional(Memory(found)) : std::nullopt;
  }
  /// The pointer that Instance::setData or Linker::setData was given.
  template <typename T> T *data() const { return static_cast<T *>(w2n_caller_data(caller)); }
  w2n_caller *get() const { return caller; }

private:
  w2n_caller *caller;
};

template <Number... Ts> Error Tag<Ts...>::thrown(const Caller &caller, Ts... numbers) const {
  w2n_value values[sizeof...(Ts) + 1] = {};
  [&]<size_t... I>(std::index_sequence<I...>) {
    (detail::toValue(values[I], numbers), ...);
  }(std::index_sequence_for<Ts...>());
  return Error(w2n_error_new_exception(caller.get(), get(), values, sizeof...(Ts)));
}

/// A module that was loaded. Any number of instances and threads share it.
class Module {
public:
  /// Takes over `handle`.
  explicit Module(w2n_module *handle) : module(handle) {}
  static Result<Module> load(const std::string &path, w2n_verify verify = W2N_VERIFY_EVERYTHING) {
    w2n_module *loaded = nullptr;
    if (w2n_error *error = w2n_module_load_file(path.c_str(), verify, &loaded))
      return Error(error);
    return Module(loaded);
  }
  static Result<Module> load(std::span<const uint8_t> artifact,
                             w2n_verify verify = W2N_VERIFY_EVERYTHING) {
    w2n_module *loaded = nullptr;
    if (w2n_error *error = w2n_module_load_bytes(artifact.data(), artifact.size(), verify, &loaded))
      return Error(error);
    return Module(loaded);
  }
  std::optional<w2n_import> importAt(size_t index) const {
    w2n_import found;
    return w2n_module_import(get(), index, &found) ? std::optional(found) : std::nullopt;
  }
  std::optional<w2n_export> exportAt(size_t index) const {
    w2n_export found;
    return w2n_module_export(get(), index, &found) ? std::optional(found) : std::nullopt;
  }
  w2n_module *get() const { return module.get(); }

private:
  detail::Owner<w2n_module, w2n_module_free> module;
};

template <typename Signature> class Function;

/// A function of a guest whose type was checked when it was looked up. Calls check nothing, box
/// nothing and allocate nothing. `R` is void, a number, or a std::tuple of numbers.
template <typename R, Number... Args> class Function<R(Args...)> {
public:
  explicit Function(const w2n_direct &checked) : direct(checked) {}

  Result<R> operator()(Args... args) const {
    if constexpr (isInRegisters) {
      const auto outcome = enter(args...);
      if (!outcome.error) [[likely]] {
        if constexpr (std::is_void_v<R>)
          return {};
        else
          return R(outcome.result);
      }
      if (outcome.error != W2N_NOT_ENTERED)
        return Error(outcome.error);
    }
    return callWithSlots(args...);
  }
  static w2n_function_type type() {
    return detail::typeOf<detail::Types<Args...>, typename detail::Results<R>::As>();
  }

private:
  static constexpr size_t resultCount = detail::Results<R>::As::count;
  static constexpr size_t floatCount = (size_t(std::floating_point<Args>) + ... + 0);
  static constexpr bool isInRegisters = (std::is_void_v<R> || std::is_arithmetic_v<R>) &&
                                        floatCount <= 8 && sizeof...(Args) - floatCount <= 5;

  auto enter(Args... args) const {
    constexpr bool isFloat = std::is_floating_point_v<R>;
    struct Outcome {
      std::conditional_t<std::is_arithmetic_v<R>, R, uint64_t> result;
      w2n_error *error;
    };
    using Enter = Outcome (*)(const w2n_direct *, Args...);
    return reinterpret_cast<Enter>(isFloat ? w2n_direct_float : w2n_direct_integer)(&direct,
                                                                                    args...);
  }
  Result<R> callWithSlots(Args... args) const {
    uint64_t slots[slotCount] = {detail::toSlot(args)...};
    if (w2n_error *error = w2n_direct_call(&direct, slots)) [[unlikely]]
      return Error(error);
    if constexpr (std::is_void_v<R>)
      return {};
    else
      return detail::Results<R>::fromSlots(slots);
  }
  static constexpr size_t slotCount = sizeof...(Args) > resultCount
                                          ? sizeof...(Args)
                                          : resultCount + (resultCount == 0);
  w2n_direct direct;
};

/// A global of numbers.
template <Number T> class Global {
public:
  explicit Global(w2n_global *handle) : global(handle) {}
  T get() const { return detail::fromValue<T>(w2n_global_get(global)); }
  Result<void> set(T number) const {
    w2n_value value = {};
    detail::toValue(value, number);
    return Error(w2n_global_set(global, &value));
  }

private:
  w2n_global *global;
};

class Instance {
public:
  /// Takes over `handle`.
  explicit Instance(w2n_instance *handle) : instance(handle) {}

  /// The export `name`, whose type is compared with `Signature`: `int32_t(int64_t, float)`. Errors:
  /// TRAP (there is none), INVALID (another type). Valid as long as the instance.
  template <typename Signature>
    requires std::is_function_v<Signature>
  Result<Function<Signature>> get(const std::string &name) const {
    w2n_function *found = w2n_instance_function(instance.get(), name.c_str());
    if (!found)
      return Error::trap("the instance exports no function " + name);
    const w2n_function_type type = Function<Signature>::type();
    w2n_direct direct;
    if (w2n_error *error = w2n_function_direct(found, &type, &direct))
      return Error(error);
    return Function<Signature>(direct);
  }
  std::optional<Memory> memory(const std::string &name = "memory") const {
    w2n_memory *found = w2n_instance_memory(instance.get(), name.c_str());
    return found ? std::optional(Memory(found)) : std::nullopt;
  }
  /// Nothing if there is none of this type.
  template <Number T> std::optional<Global<T>> global(const std::string &name) const {
    w2n_global *found = w2n_instance_global(instance.get(), name.c_str());
    if (!found || w2n_global_get(found).kind != detail::kindOf<T>())
      return std::nullopt;
    return Global<T>(found);
  }
  /// Nothing if there is none whose exceptions carry these.
  template <Number... Ts> std::optional<Tag<Ts...>> tag(const std::string &name) const {
    w2n_tag *found = w2n_instance_tag(instance.get(), name.c_str());
    if (!found || !Tag<Ts...>::fits(found))
      return std::nullopt;
    return Tag<Ts...>(found, false);
  }
  /// Sets the pointer that Caller::data gives to host functions from now on.
  void setData(void *data) const { w2n_instance_set_data(instance.get(), data); }
  std::optional<uint64_t> fuel() const {
    uint64_t left;
    return w2n_instance_fuel(instance.get(), &left) ? std::optional(left) : std::nullopt;
  }
  Result<void> setFuel(uint64_t fuel) const {
    return Error(w2n_instance_set_fuel(instance.get(), fuel));
  }
  w2n_instance *get() const { return instance.get(); }
  /// The caller frees it.
  w2n_instance *release() { return instance.release(); }

private:
  detail::Owner<w2n_instance, w2n_instance_free> instance;
};

namespace detail {

/// The call of a host function that was made of a callable.
template <typename F, bool takesCaller, typename R, typename... Args> struct HostFunction {
  using Params = Types<std::remove_cvref_t<Args>...>;

  static w2n_error *call(w2n_caller *caller, void *user, uint64_t *slots) {
    return callWith(caller, *static_cast<F *>(user), slots, std::index_sequence_for<Args...>());
  }
  static void destroy(void *user) { delete static_cast<F *>(user); }
  static w2n_function_type type() { return typeOf<Params, typename Results<R>::As>(); }

private:
  template <size_t... I>
  static w2n_error *callWith(w2n_caller *caller, F &function, uint64_t *slots,
                             std::index_sequence<I...>) {
    auto invoke = [&]() -> R {
      if constexpr (takesCaller)
        return function(Caller(caller), fromSlot<std::remove_cvref_t<Args>>(slots[I])...);
      else
        return function(fromSlot<std::remove_cvref_t<Args>>(slots[I])...);
    };
    (void)slots, (void)caller;
    if constexpr (std::is_void_v<R>)
      return invoke(), nullptr;
    else
      return finish(invoke(), slots);
  }
  template <typename T> static w2n_error *finish(Result<T> result, uint64_t *slots) {
    if (!result)
      return std::move(result).error().release();
    if constexpr (!std::is_void_v<T>)
      Results<T>::toSlots(slots, *std::move(result));
    (void)slots;
    return nullptr;
  }
  template <typename T> static w2n_error *finish(const T &result, uint64_t *slots) {
    Results<T>::toSlots(slots, result);
    return nullptr;
  }
};

// The signature of a callable: that of its operator(), or of the function that it points to.
template <typename F> struct SignatureOf : SignatureOf<decltype(&F::operator())> {};
template <typename R, typename... Args> struct SignatureOf<R (*)(Args...)> {
  template <typename F> using Host = HostFunction<F, false, R, Args...>;
};
template <typename R, typename... Args> struct SignatureOf<R (*)(Caller, Args...)> {
  template <typename F> using Host = HostFunction<F, true, R, Args...>;
};
template <typename R, typename... Args>
struct SignatureOf<R (*)(const Caller &, Args...)> : SignatureOf<R (*)(Caller, Args...)> {};
template <typename R, typename... Args>
struct SignatureOf<R (*)(Args...) noexcept> : SignatureOf<R (*)(Args...)> {};
template <typename C, typename R, typename... Args>
struct SignatureOf<R (C::*)(Args...)> : SignatureOf<R (*)(Args...)> {};
template <typename C, typename R, typename... Args>
struct SignatureOf<R (C::*)(Args...) const> : SignatureOf<R (*)(Args...)> {};
template <typename C, typename R, typename... Args>
struct SignatureOf<R (C::*)(Args...) noexcept> : SignatureOf<R (*)(Args...)> {};
template <typename C, typename R, typename... Args>
struct SignatureOf<R (C::*)(Args...) const noexcept> : SignatureOf<R (*)(Args...)> {};

} // namespace detail

class Linker {
public:
  Linker() : linker(w2n_linker_new()) {}

  /// Defines `module`.`name` as `function`, a lambda or function of numbers, which is copied and
  /// ended when no guest can call it any more. A first parameter `Caller`, or a reference to
  /// a constant one, is the guest that calls.
  /// The result is void, a number, a std::tuple of numbers, or a Result of these, whose error
  /// leaves the guest. It must not leave by an exception.
  template <typename F>
  Result<void> define(const std::string &module, const std::string &name, F function) {
    using Host = typename detail::SignatureOf<F>::template Host<F>;
    const w2n_function_type type = Host::type();
    auto *user = new F(std::move(function));
    w2n_error *error = w2n_linker_define_plain_function(linker.get(), module.c_str(), name.c_str(),
                                                        &type, Host::call, user, Host::destroy);
    if (error)
      Host::destroy(user);
    return Error(error);
  }
  Result<void> define(const std::string &module, const std::string &name, const Memory &memory) {
    return Error(
        w2n_linker_define_memory(linker.get(), module.c_str(), name.c_str(), memory.get()));
  }
  template <Number... Ts>
  Result<void> define(const std::string &module, const std::string &name, const Tag<Ts...> &tag) {
    return Error(w2n_linker_define_tag(linker.get(), module.c_str(), name.c_str(), tag.get()));
  }
  /// The exports of `instance`, as module `module`.
  Result<void> define(const std::string &module, const Instance &instance) {
    return Error(w2n_linker_define_instance(linker.get(), module.c_str(), instance.get()));
  }
  Result<void> defineWasi(const w2n_wasi_config *config) {
    return Error(w2n_linker_define_wasi(linker.get(), config));
  }
  void setFuel(uint64_t fuel) { w2n_linker_set_fuel(linker.get(), fuel); }
  void setLimits(const w2n_limits &limits) { w2n_linker_set_limits(linker.get(), &limits); }
  void setData(void *data) { w2n_linker_set_data(linker.get(), data); }
  void trapUnknownImports(bool trap = true) { w2n_linker_trap_unknown_imports(linker.get(), trap); }

  Result<Instance> instantiate(const Module &module) {
    w2n_instance *made = nullptr;
    if (w2n_error *error = w2n_linker_instantiate(linker.get(), module.get(), &made))
      return Error(error);
    return Instance(made);
  }
  w2n_linker *get() const { return linker.get(); }

private:
  detail::Owner<w2n_linker, w2n_linker_free> linker;
};

/// A memory that the host makes and owns.
class OwnMemory : public Memory {
public:
  static Result<OwnMemory> create(uint64_t minPages, uint64_t maxPages = UINT64_MAX) {
    w2n_memory_config config = W2N_MEMORY_CONFIG_DEFAULT;
    config.min = minPages;
    config.max = maxPages;
    return create(config);
  }
  static Result<OwnMemory> create(const w2n_memory_config &config) {
    w2n_memory *made = nullptr;
    if (w2n_error *error = w2n_memory_new(&config, &made))
      return Error(error);
    return OwnMemory(made);
  }

private:
  explicit OwnMemory(w2n_memory *made) : Memory(made), owner(made) {}
  detail::Owner<w2n_memory, w2n_memory_free> owner;
};

/// A deadline for the guests that the thread calls while it lives.
class Deadline {
public:
  static Result<Deadline> in(uint64_t ns) {
    w2n_interrupt *made = nullptr;
    if (w2n_error *error = w2n_interrupt_new(ns, &made))
      return Error(error);
    return Deadline(made);
  }
  Deadline(Deadline &&) = default;
  ~Deadline() {
    if (interrupt)
      w2n_interrupt_leave();
  }
  /// Ends the guests at once. Threads: any.
  void raise() const { w2n_interrupt_raise(interrupt.get()); }

private:
  explicit Deadline(w2n_interrupt *made) : interrupt(made) { w2n_interrupt_enter(made); }
  detail::Owner<w2n_interrupt, w2n_interrupt_free> interrupt;
};

} // namespace wasm2native

#endif
