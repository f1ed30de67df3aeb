// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The addon behind index.js: modules, linkers and instances of runtime.h as values of JavaScript,
// through Node-API, whose binary interface is the same in all versions of Node.js.
//
// An instance lives as long as JavaScript can reach it, one of its functions, or the ArrayBuffer of
// one of its memories; `end` ends it before, and detaches those.
#include <wasm2native/runtime.h>

#include <cstring>
#include <memory>
#include <node_api.h>
#include <string>
#include <utility>
#include <vector>

namespace {

/// An exception of a host function, on its way through guests.
struct Thrown {
  napi_ref value = nullptr;
};

/// One for each environment: a thread of JavaScript.
struct Environment {
  Thrown thrown;
};

/// A function of JavaScript that guests call.
struct HostFunction {
  napi_env env;
  napi_ref function;
  std::vector<w2n_value_kind> params, results;
};

struct Instance {
  w2n_instance *instance = nullptr; ///< null after `end`
  uint32_t running = 0;             ///< calls of it that have not returned
  /// The ArrayBuffer of each memory that was asked for, weak, with the size that it has.
  struct View {
    w2n_memory *memory;
    uint64_t bytes;
    napi_ref buffer;
  };
  std::vector<View> views;

  ~Instance() { w2n_instance_free(instance); }
};
using InstancePtr = std::shared_ptr<Instance>;

struct Export {
  InstancePtr owner;
  w2n_function *function;
};

Environment &environmentOf(napi_env env) {
  void *data = nullptr;
  napi_get_instance_data(env, &data);
  return *static_cast<Environment *>(data);
}

napi_value undefined(napi_env env) {
  napi_value value;
  napi_get_undefined(env, &value);
  return value;
}

napi_value throwType(napi_env env, const std::string &text) {
  napi_throw_type_error(env, nullptr, text.c_str());
  return nullptr;
}

napi_value textOf(napi_env env, const char *text) {
  napi_value value;
  napi_create_string_utf8(env, text ? text : "", NAPI_AUTO_LENGTH, &value);
  return value;
}

void set(napi_env env, napi_value object, const char *name, napi_value value) {
  napi_set_named_property(env, object, name, value);
}

const char *kindText(w2n_error_kind kind) {
  static const char *const names[] = {"malformed", "invalid",    "unsupported", "limit",
                                      "io",        "link",       "trap",        "exit",
                                      "internal",  "interrupted"};
  return names[kind];
}

/// Throws `error`, which it frees: what a host function has thrown, or an Error that says more.
napi_value throwError(napi_env env, w2n_error *error) {
  Thrown &thrown = environmentOf(env).thrown;
  napi_value value;
  if (thrown.value) {
    napi_get_reference_value(env, thrown.value, &value);
    napi_get_named_property(env, value, "value", &value);
    napi_delete_reference(env, std::exchange(thrown.value, nullptr));
    w2n_error_free(error);
    napi_throw(env, value);
    return nullptr;
  }
  napi_create_error(env, nullptr, textOf(env, w2n_error_text(error)), &value);
  set(env, value, "kind", textOf(env, kindText(w2n_error_kind_of(error))));
  if (const char *trap = w2n_error_trap_name(error))
    set(env, value, "trap", textOf(env, trap));
  set(env, value, "wasmStack", textOf(env, w2n_error_backtrace(error)));
  if (w2n_error_kind_of(error) == W2N_ERROR_EXIT) {
    napi_value status;
    napi_create_uint32(env, w2n_error_exit_status(error), &status);
    set(env, value, "status", status);
  }
  w2n_error_free(error);
  napi_throw(env, value);
  return nullptr;
}

/// False, and an exception is thrown, if `from` cannot be a value of `kind`.
bool toWasm(napi_env env, napi_value from, w2n_value_kind kind, w2n_value &to) {
  to = {};
  to.kind = kind;
  if (kind == W2N_I64) {
    bool isExact;
    if (napi_get_value_bigint_int64(env, from, &to.of.i64, &isExact) == napi_ok)
      return true;
    throwType(env, "an i64 must be a BigInt");
    return false;
  }
  napi_value number;
  if (napi_coerce_to_number(env, from, &number) != napi_ok)
    return false; // its valueOf has thrown, or it is a BigInt or a symbol
  if (kind == W2N_I32)
    return napi_get_value_int32(env, number, &to.of.i32) == napi_ok;
  double value = 0;
  napi_get_value_double(env, number, &value);
  if (kind == W2N_F32)
    to.of.f32 = float(value);
  else
    to.of.f64 = value;
  return true;
}

napi_value fromWasm(napi_env env, const w2n_value &from) {
  napi_value value;
  if (from.kind == W2N_I32)
    napi_create_int32(env, from.of.i32, &value);
  else if (from.kind == W2N_I64)
    napi_create_bigint_int64(env, from.of.i64, &value);
  else
    napi_create_double(env, from.kind == W2N_F32 ? double(from.of.f32) : from.of.f64, &value);
  return value;
}

/// The results of a call: nothing, one, or an array.
napi_value resultsOf(napi_env env, const std::vector<w2n_value> &values) {
  if (values.empty())
    return undefined(env);
  if (values.size() == 1)
    return fromWasm(env, values[0]);
  napi_value array;
  napi_create_array_with_length(env, values.size(), &array);
  for (size_t i = 0; i < values.size(); ++i)
    napi_set_element(env, array, uint32_t(i), fromWasm(env, values[i]));
  return array;
}

template <typename T> void finalize(napi_env, void *data, void *) { delete static_cast<T *>(data); }

/// An object that owns `made`; index.js hands it to the functions below, and to nothing else.
template <typename T> napi_value wrap(napi_env env, T *made) {
  napi_value value;
  napi_create_external(env, made, finalize<T>, nullptr, &value);
  return value;
}

template <typename T> T &unwrap(napi_env env, napi_value value) {
  void *data = nullptr;
  napi_get_value_external(env, value, &data);
  return *static_cast<T *>(data);
}

struct Module {
  w2n_module *module;
  ~Module() { w2n_module_free(module); }
};
struct Linker {
  w2n_linker *linker;
  ~Linker() { w2n_linker_free(linker); }
};

std::string stringOf(napi_env env, napi_value value) {
  size_t bytes = 0;
  napi_get_value_string_utf8(env, value, nullptr, 0, &bytes);
  std::string text(bytes, '\0');
  napi_get_value_string_utf8(env, value, text.data(), bytes + 1, &bytes);
  return text;
}

template <size_t count>
void argumentsOf(napi_env env, napi_callback_info info, napi_value (&arguments)[count]) {
  size_t given = count;
  napi_get_cb_info(env, info, &given, arguments, nullptr, nullptr);
}

/// load(path or Uint8Array)
napi_value load(napi_env env, napi_callback_info info) {
  napi_value arguments[1];
  argumentsOf(env, info, arguments);
  bool isBytes = false;
  napi_is_typedarray(env, arguments[0], &isBytes);
  w2n_module *module = nullptr;
  w2n_error *error;
  if (isBytes) {
    napi_typedarray_type type;
    size_t count = 0;
    void *bytes = nullptr;
    napi_get_typedarray_info(env, arguments[0], &type, &count, &bytes, nullptr, nullptr);
    error = w2n_module_load_bytes(bytes, count, W2N_VERIFY_EVERYTHING, &module);
  } else {
    error = w2n_module_load(stringOf(env, arguments[0]).c_str(), &module);
  }
  return error ? throwError(env, error) : wrap(env, new Module{module});
}

napi_value makeLinker(napi_env env, napi_callback_info) {
  return wrap(env, new Linker{w2n_linker_new()});
}

/// Calls the function; null, or the error that leaves the guest: what was thrown is kept.
w2n_error *callJavaScript(w2n_caller *, void *user, const w2n_value *args, w2n_value *results) {
  const auto &self = *static_cast<const HostFunction *>(user);
  const napi_env env = self.env;
  napi_handle_scope scope;
  napi_open_handle_scope(env, &scope);
  std::vector<napi_value> arguments;
  for (size_t i = 0; i < self.params.size(); ++i)
    arguments.push_back(fromWasm(env, args[i]));
  napi_value function, result = nullptr;
  napi_get_reference_value(env, self.function, &function);
  napi_call_function(env, undefined(env), function, arguments.size(), arguments.data(), &result);
  bool isPending = false;
  napi_is_exception_pending(env, &isPending);
  bool isArray = false;
  if (!isPending && self.results.size() > 1)
    napi_is_array(env, result, &isArray);
  if (!isPending && self.results.size() > 1 && !isArray)
    throwType(env, "a host function with several results must return an array");
  napi_is_exception_pending(env, &isPending);
  for (size_t i = 0; i < self.results.size() && !isPending; ++i) {
    napi_value element = result;
    if (isArray)
      napi_get_element(env, result, uint32_t(i), &element);
    (void)toWasm(env, element, self.results[i], results[i]);
    napi_is_exception_pending(env, &isPending);
  }
  w2n_error *error = nullptr;
  if (isPending) {
    Thrown &thrown = environmentOf(env).thrown;
    napi_value exception;
    napi_get_and_clear_last_exception(env, &exception);
    // Not all that can be thrown can be referred to.
    napi_value holder;
    napi_create_object(env, &holder);
    set(env, holder, "value", exception);
    if (thrown.value)
      napi_delete_reference(env, thrown.value);
    napi_create_reference(env, holder, 1, &thrown.value);
    error = w2n_error_new("a function of JavaScript has thrown");
  }
  napi_close_handle_scope(env, scope);
  return error;
}

void endHostFunction(void *user) {
  const std::unique_ptr<HostFunction> self(static_cast<HostFunction *>(user));
  napi_delete_reference(self->env, self->function);
}

std::vector<w2n_value_kind> kindsOf(napi_env env, napi_value array) {
  uint32_t count = 0;
  napi_get_array_length(env, array, &count);
  std::vector<w2n_value_kind> kinds;
  for (uint32_t i = 0; i < count; ++i) {
    napi_value element;
    uint32_t kind = 0;
    napi_get_element(env, array, i, &element);
    napi_get_value_uint32(env, element, &kind);
    kinds.push_back(w2n_value_kind(kind));
  }
  return kinds;
}

/// define(linker, module, name, params, results, function); index.js has checked the kinds.
napi_value define(napi_env env, napi_callback_info info) {
  napi_value arguments[6];
  argumentsOf(env, info, arguments);
  auto host = std::make_unique<HostFunction>();
  host->env = env;
  host->params = kindsOf(env, arguments[3]);
  host->results = kindsOf(env, arguments[4]);
  napi_create_reference(env, arguments[5], 1, &host->function);
  const w2n_function_type type = {host->params.data(), host->params.size(), host->results.data(),
                                  host->results.size()};
  HostFunction *user = host.release();
  if (w2n_error *error = w2n_linker_define_function(
          unwrap<Linker>(env, arguments[0]).linker, stringOf(env, arguments[1]).c_str(),
          stringOf(env, arguments[2]).c_str(), &type, callJavaScript, user, endHostFunction)) {
    endHostFunction(user);
    return throwError(env, error);
  }
  return undefined(env);
}

bool hasOnlyNumbers(const w2n_function_type &type) {
  for (size_t i = 0; i < type.param_count; ++i)
    if (type.params[i] > W2N_F64)
      return false;
  for (size_t i = 0; i < type.result_count; ++i)
    if (type.results[i] > W2N_F64)
      return false;
  return true;
}

napi_value callExport(napi_env env, napi_callback_info info) {
  void *data = nullptr;
  size_t given = 0;
  napi_get_cb_info(env, info, &given, nullptr, nullptr, &data);
  std::vector<napi_value> arguments(given);
  napi_get_cb_info(env, info, &given, arguments.data(), nullptr, nullptr);
  const auto &self = *static_cast<const Export *>(data);
  if (!self.owner->instance)
    return throwType(env, "the instance has ended");
  const w2n_function_type type = w2n_function_type_of(self.function);
  arguments.resize(type.param_count, undefined(env));
  std::vector<w2n_value> args(type.param_count), results(type.result_count);
  for (size_t i = 0; i < args.size(); ++i)
    if (!toWasm(env, arguments[i], type.params[i], args[i]))
      return nullptr;
  // A conversion calls JavaScript, which may have ended it.
  if (!self.owner->instance)
    return throwType(env, "the instance has ended");
  ++self.owner->running;
  w2n_error *error =
      w2n_function_call(self.function, args.data(), args.size(), results.data(), results.size());
  --self.owner->running;
  return error ? throwError(env, error) : resultsOf(env, results);
}

/// The functions of numbers that the module exports, by name.
napi_value exportsOf(napi_env env, const InstancePtr &owner, const w2n_module *module) {
  napi_value exports;
  napi_create_object(env, &exports);
  w2n_export each;
  for (size_t i = 0; w2n_module_export(module, i, &each); ++i) {
    if (each.type.kind != W2N_EXTERN_FUNCTION || !hasOnlyNumbers(each.type.function))
      continue;
    auto *made = new Export{owner, w2n_instance_function(owner->instance, each.name)};
    napi_value function;
    napi_create_function(env, each.name, NAPI_AUTO_LENGTH, callExport, made, &function);
    napi_add_finalizer(env, function, made, finalize<Export>, nullptr, nullptr);
    set(env, exports, each.name, function);
  }
  return exports;
}

/// instantiate(linker, module): [instance, exports]
napi_value instantiate(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  argumentsOf(env, info, arguments);
  const Module &module = unwrap<Module>(env, arguments[1]);
  auto owner = std::make_shared<Instance>();
  if (w2n_error *error = w2n_linker_instantiate(unwrap<Linker>(env, arguments[0]).linker,
                                                module.module, &owner->instance))
    return throwError(env, error);
  napi_value both;
  napi_create_array_with_length(env, 2, &both);
  napi_set_element(env, both, 0, wrap(env, new InstancePtr(owner)));
  napi_set_element(env, both, 1, exportsOf(env, owner, module.module));
  return both;
}

void detach(napi_env env, const Instance::View &view) {
  napi_value buffer = nullptr;
  napi_get_reference_value(env, view.buffer, &buffer);
  if (buffer)
    napi_detach_arraybuffer(env, buffer);
  napi_delete_reference(env, view.buffer);
}

/// memory(instance, name): its ArrayBuffer, a new one if it has grown; undefined if there is none.
napi_value memory(napi_env env, napi_callback_info info) {
  napi_value arguments[2], buffer = nullptr;
  argumentsOf(env, info, arguments);
  const InstancePtr owner = unwrap<InstancePtr>(env, arguments[0]);
  if (!owner->instance)
    return throwType(env, "the instance has ended");
  w2n_memory *found = w2n_instance_memory(owner->instance, stringOf(env, arguments[1]).c_str());
  if (!found)
    return undefined(env);
  const uint64_t bytes = w2n_memory_size_bytes(found);
  for (size_t i = 0; i < owner->views.size(); ++i) {
    if (owner->views[i].memory != found)
      continue;
    napi_get_reference_value(env, owner->views[i].buffer, &buffer);
    if (buffer && owner->views[i].bytes == bytes)
      return buffer;
    detach(env, owner->views[i]);
    owner->views.erase(owner->views.begin() + ptrdiff_t(i));
    break;
  }
  const auto release = [](napi_env, void *, void *kept) {
    delete static_cast<InstancePtr *>(kept);
  };
  auto *kept = new InstancePtr(owner);
  if (napi_create_external_arraybuffer(env, w2n_memory_at(found, 0, 0), bytes, release, kept,
                                       &buffer) != napi_ok) {
    delete kept;
    napi_throw_range_error(env, nullptr, "an ArrayBuffer cannot have as many bytes as the memory");
    return nullptr;
  }
  napi_ref reference;
  napi_create_reference(env, buffer, 0, &reference);
  owner->views.push_back({found, bytes, reference});
  return buffer;
}

/// end(instance)
napi_value end(napi_env env, napi_callback_info info) {
  napi_value arguments[1];
  argumentsOf(env, info, arguments);
  const InstancePtr owner = unwrap<InstancePtr>(env, arguments[0]);
  if (owner->running)
    return throwType(env, "the instance is running");
  for (const Instance::View &view : owner->views)
    detach(env, view);
  owner->views.clear();
  w2n_instance_free(std::exchange(owner->instance, nullptr));
  return undefined(env);
}

} // namespace

NAPI_MODULE_INIT() {
  napi_set_instance_data(env, new Environment, finalize<Environment>, nullptr);
  const std::pair<const char *, napi_callback> functions[] = {
      {"load", load},     {"makeLinker", makeLinker},
      {"define", define}, {"instantiate", instantiate},
      {"memory", memory}, {"end", end}};
  for (const auto &[name, callback] : functions) {
    napi_value function;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
    set(env, exports, name, function);
  }
  return exports;
}
