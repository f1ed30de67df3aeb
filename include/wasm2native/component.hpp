// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Hosts of components in C++: what the headers that `wasm2native-bindgen --wit` writes are made
/// of. docs/bindgen.md shows one. C++23.
///
/// Types of C++ stand for types of WIT: numbers, bool and char32_t for themselves;
/// std::string_view or std::string; std::span<const number> or std::vector; std::array;
/// std::optional; std::tuple; std::expected with void or Unit for what a result lacks; structs
/// with `fields()`; enumerations with `witCases()`; structs of bools with `flags()`; structs with
/// a std::variant `value` and `cases`; std::unique_ptr for own handles, and references for
/// borrowed ones.
///
/// Views that a host function gets are valid during the call. The linker, and all that is defined
/// with it, may be used by several threads if the host's objects may.
#ifndef WASM2NATIVE_COMPONENT_HPP
#define WASM2NATIVE_COMPONENT_HPP

#include "component_values.hpp"

namespace w2n::component {

/// The reason why a call has no result: it trapped, or an export is missing.
struct Error {
  std::string text;
};
template <typename T> using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

/// Takes an error of the C API.
inline Status take(w2n_error *error) {
  if (!error)
    return {};
  Error taken{w2n_error_text(error)};
  w2n_error_free(error);
  return std::unexpected(std::move(taken));
}

namespace detail {
inline thread_local std::optional<std::string> pendingTrap;
} // namespace detail

/// Called in a host function: the call traps with this text once the function has returned,
/// whatever it returns.
inline void trap(std::string text) { detail::pendingTrap = std::move(text); }

/// A component that can be instantiated.
class Component {
public:
  /// Takes it over.
  explicit Component(w2n_component *component) : component(component, w2n_component_free) {}
  /// The component of the artifact in a file; component.h has more ways to get one.
  static Result<Component> load(const char *path) {
    w2n_module *module = nullptr;
    if (auto status = take(w2n_module_load(path, &module)); !status)
      return std::unexpected(std::move(status).error());
    w2n_component *made = nullptr;
    const auto status = take(w2n_component_new(module, &made));
    w2n_module_free(module);
    if (!status)
      return std::unexpected(status.error());
    return Component(made);
  }
  w2n_component *get() const { return component.get(); }

private:
  std::shared_ptr<w2n_component> component;
};

/// Defines functions and resources that the host gives to components.
class Linker {
public:
  Linker() : linker(w2n_component_linker_new(), w2n_component_linker_free) {}
  w2n_component_linker *get() const { return linker.get(); }
  const std::shared_ptr<detail::Context> &context() const { return resources; }

private:
  std::unique_ptr<w2n_component_linker, decltype(&w2n_component_linker_free)> linker;
  std::shared_ptr<detail::Context> resources = std::make_shared<detail::Context>();
};

/// An instance of a component.
class Instance {
public:
  static Result<std::unique_ptr<Instance>> make(const Linker &linker, const Component &component) {
    w2n_component_instance *made = nullptr;
    if (auto status = take(w2n_component_linker_instantiate(linker.get(), component.get(), &made));
        !status)
      return std::unexpected(std::move(status).error());
    return std::unique_ptr<Instance>(new Instance(linker, component, made));
  }
  w2n_component_instance *get() const { return instance.get(); }
  const Component &component() const { return source; }
  detail::Context &context() { return resources; }

private:
  Instance(const Linker &linker, Component component, w2n_component_instance *made)
      : source(std::move(component)), instance(made, w2n_component_instance_free),
        resources(linker.context()) {}

  const Component source;
  std::unique_ptr<w2n_component_instance, decltype(&w2n_component_instance_free)> instance;
  detail::Context resources;
};

namespace detail {

/// The data that a host function needs when it is called.
template <typename Host, typename Function> struct HostFunction {
  Function *function;
  std::shared_ptr<Host> host;
  std::shared_ptr<const Context> context;
  std::string name;
};

/// A parameter as it is read: what is taken by reference is an object of a handle.
template <typename P> struct ReadAs {
  using Type = std::remove_cvref_t<P>;
};
template <typename R> struct ReadAs<R &> {
  using Type = std::reference_wrapper<R>;
};

inline constexpr char wrongResult[] =
    "the host gave a handle without an object, or an unknown enumerator";
inline thread_local std::shared_ptr<void> keptResult;

template <typename Host, typename Function> struct Callback;
template <typename Host, typename R, typename... P> struct Callback<Host, R(Host &, P...)> {
  using Data = HostFunction<Host, R(Host &, P...)>;

  static w2n_error *fail(const Data &data, const std::string &reason) {
    return w2n_error_new((data.name + ": " + reason).c_str());
  }

  static w2n_error *call(void *user, w2n_component_call *, const w2n_component_value *arguments,
                         size_t count, w2n_component_value *result) {
    return run(*static_cast<const Data *>(user), arguments, count, result,
               std::index_sequence_for<P...>());
  }

  template <size_t... index>
  static w2n_error *run(const Data &data, const w2n_component_value *arguments, size_t count,
                        w2n_component_value *result, std::index_sequence<index...>) {
    Reader reader(*data.context);
    std::tuple<std::optional<typename ReadAs<P>::Type>...> read;
    const bool isRead =
        count == sizeof...(P) &&
        ((std::get<index>(read) = reader.template read<typename ReadAs<P>::Type>(arguments[index]))
             .has_value() &&
         ...);
    if (!isRead)
      return fail(data, "the component imports it with another type");
    pendingTrap.reset();
    const auto run = [&] {
      return data.function(*data.host, static_cast<P &&>(*std::get<index>(read))...);
    };
    if constexpr (std::is_void_v<R>) {
      run();
      return pendingTrap ? fail(data, *pendingTrap) : nullptr;
    } else {
      R returned = run();
      return pendingTrap ? fail(data, *pendingTrap) : give(data, std::move(returned), result);
    }
  }

  /// The runtime reads the result after this function has returned, so what it refers to is kept
  /// until the thread's next host function has one.
  template <typename T>
  static w2n_error *give(const Data &data, T returned, w2n_component_value *result) {
    if (!result)
      return fail(data, "the component imports it without a result");
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      Writer writer(*data.context);
      *result = writer.write(returned);
      return writer.failed() ? fail(data, wrongResult) : nullptr;
    } else {
      struct Kept {
        Kept(T &&returned, const Context &context)
            : returned(std::move(returned)), writer(context) {}
        T returned;
        Writer writer;
      };
      auto kept = std::make_shared<Kept>(std::move(returned), *data.context);
      *result = kept->writer.write(kept->returned);
      const bool failed = kept->writer.failed();
      keptResult = std::move(kept);
      return failed ? fail(data, wrongResult) : nullptr;
    }
  }
};

} // namespace detail

/// Defines an interface of the host; what `define` of generated headers uses.
template <typename Host> class HostInterface {
public:
  HostInterface(Linker &linker, std::shared_ptr<Host> host, std::string_view name)
      : linker(linker), host(std::move(host)), name(name) {}

  /// Lets guests have handles of objects of the class R.
  template <typename R> void resource(const char *resourceName) {
    using Table = detail::HostTable<R>;
    auto table = std::make_shared<Table>();
    detail::Binding binding{nullptr, table};
    // The runtime keeps the table until its last instance is gone.
    auto *user = new std::shared_ptr<Table>(std::move(table));
    const auto finalize = [](void *kept) { delete static_cast<std::shared_ptr<Table> *>(kept); };
    const auto destroy = [](void *kept, uint32_t representation) {
      (*static_cast<std::shared_ptr<Table> *>(kept))->remove(representation);
    };
    if (!keep(w2n_component_linker_define_resource(linker.get(), name.c_str(), resourceName,
                                                   destroy, user, finalize, &binding.type)))
      return finalize(user);
    linker.context()->bind(&detail::tagOf<R>, std::move(binding));
  }

  /// A function without captures: R(Host &, P...).
  template <typename Lambda> void function(const char *functionName, Lambda lambda) {
    define(functionName, +lambda);
  }

  /// The first error of all definitions.
  Status finish() { return std::move(status); }

private:
  template <typename Function> void define(const char *functionName, Function *function) {
    using Data = detail::HostFunction<Host, Function>;
    auto *data = new Data{function, host, linker.context(), name + "#" + functionName};
    const auto finalize = [](void *user) { delete static_cast<Data *>(user); };
    if (!keep(w2n_component_linker_define_function(linker.get(), name.c_str(), functionName,
                                                   detail::Callback<Host, Function>::call, data,
                                                   finalize)))
      finalize(data);
  }
  bool keep(w2n_error *error) {
    auto taken = take(error);
    const bool isFine = taken.has_value();
    if (status)
      status = std::move(taken);
    return isFine;
  }

  Linker &linker;
  const std::shared_ptr<Host> host;
  const std::string name;
  Status status;
};

namespace detail {

/// The functions of an interface that an instance exports.
struct GuestTable {
  Instance &instance;
  std::string name;
  std::vector<std::string> names;
  std::vector<const w2n_component_function *> functions; ///< null if there is none
};

template <typename R, typename... A>
Result<R> callGuest(const GuestTable &table, size_t index, A &&...arguments) {
  const auto fail = [&](const char *reason) {
    return std::unexpected(Error{table.name + "#" + table.names[index] + ": " + reason});
  };
  const w2n_component_function *function = table.functions[index];
  if (!function)
    return fail("the component does not export it");
  const Context &context = table.instance.context();
  Writer writer(context);
  const std::array<Value, sizeof...(A)> values = {writer.write(arguments)...};
  if (writer.failed())
    return fail("an argument has a handle without an object, or an unknown enumerator");
  w2n_component_instance *const instance = table.instance.get();
  const Value *result = nullptr;
  if (auto status = take(
          w2n_component_instance_call(instance, function, values.data(), values.size(), &result));
      !status)
    return std::unexpected(std::move(status).error());
  // The value that is read owns all its parts, so that the guest may free its own.
  if constexpr (std::is_void_v<R>) {
    return take(w2n_component_instance_finish(instance));
  } else {
    Reader reader(context);
    auto read = result ? reader.template read<R>(*result) : std::nullopt;
    if (auto status = take(w2n_component_instance_finish(instance)); !status)
      return std::unexpected(std::move(status).error());
    if (!read)
      return fail("the component exports it with another type");
    return std::move(*read);
  }
}

} // namespace detail

/// An own handle of a resource that a guest defines. The instance must outlive it.
class GuestResource {
public:
  GuestResource(const detail::Binding &binding, const w2n_component_value &value)
      : binding(binding), own(value) {}
  GuestResource(const GuestResource &) = delete;
  GuestResource &operator=(const GuestResource &) = delete;
  /// Drops it: the guest's destructor runs. That it trapped shows at the next call.
  ~GuestResource() {
    if (owns)
      w2n_error_free(w2n_component_instance_drop(table().instance.get(), &own));
  }
  /// The value of an own handle.
  const w2n_component_value &value() const { return own; }
  /// Gives it away.
  void release() { owns = false; }

protected:
  template <typename R, typename... A> Result<R> call(size_t index, A &&...arguments) {
    return detail::callGuest<R>(table(), index, std::forward<A>(arguments)...);
  }

private:
  const detail::GuestTable &table() const {
    return *static_cast<const detail::GuestTable *>(binding.part.get());
  }

  const detail::Binding binding;
  const w2n_component_value own;
  bool owns = true;
};

/// An interface that a component exports; what `Guest` of generated headers is.
class GuestInterface {
public:
  GuestInterface(Instance &instance, std::string_view name, std::vector<std::string> names)
      : table(std::make_shared<detail::GuestTable>(
            detail::GuestTable{instance, std::string(name), std::move(names), {}})) {
    for (const std::string &each : table->names)
      table->functions.push_back(
          w2n_component_find_export(instance.component().get(), table->name.c_str(), each.c_str()));
  }

  /// Whether the component exports all of it. Errors: the first function that it does not export.
  Status check() const {
    for (size_t i = 0; i < table->names.size(); ++i)
      if (!table->functions[i])
        return std::unexpected(
            Error{table->name + "#" + table->names[i] + ": the component does not export it"});
    return {};
  }

protected:
  /// Objects of the class R call the functions of this interface.
  template <typename R> void bindResource() {
    table->instance.context().bind(&detail::tagOf<R>, {nullptr, table});
  }
  template <typename R, typename... A> Result<R> call(size_t index, A &&...arguments) {
    return detail::callGuest<R>(*table, index, std::forward<A>(arguments)...);
  }

private:
  std::shared_ptr<detail::GuestTable> table;
};

} // namespace w2n::component

#endif
