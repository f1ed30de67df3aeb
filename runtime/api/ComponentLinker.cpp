// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/api/ComponentHandles.h"
#include "runtime/api/HostFunction.h"
#include "runtime/component/DynamicFunction.h"
#include "runtime/wasi/p2/State.h"

using namespace w2n;

namespace {

/// The callback that the copies of a function share; frees the host's data with the last of them.
template <typename Callback> struct SharedCallback {
  Callback callback;
  void *user;
  w2n_finalizer finalizer;

  SharedCallback(Callback callback, void *user, w2n_finalizer finalizer)
      : callback(callback), user(user), finalizer(finalizer) {}
  SharedCallback(const SharedCallback &) = delete;
  SharedCallback &operator=(const SharedCallback &) = delete;
  ~SharedCallback() {
    if (finalizer)
      finalizer(user);
  }
};

template <typename Callback> using CallbackHandle = std::shared_ptr<SharedCallback<Callback>>;

template <typename Callback>
CallbackHandle<Callback> share(Callback callback, void *user, w2n_finalizer finalizer) {
  return std::make_shared<SharedCallback<Callback>>(callback, user, finalizer);
}

Status statusOf(w2n_error *error) {
  if (!error)
    return {};
  return std::unexpected(api::takeCallbackError(error));
}

/// Defines a function; if it cannot be defined, `user` stays the caller's.
template <typename Callback>
w2n_error *define(w2n_component_linker &linker, const char *interface, const char *name,
                  const CallbackHandle<Callback> &shared, runtime::HostComponentFunction function) {
  linker.linked = nullptr;
  Status defined = linker.host->define(interface, name, std::move(function));
  if (!defined)
    shared->finalizer = nullptr;
  return api::toC(std::move(defined));
}

const runtime::HostResource &resourceOf(const w2n_component_resource *resource) {
  return *reinterpret_cast<const runtime::HostResource *>(resource);
}

w2n_error *store(Result<uint32_t> result, uint32_t *out) {
  if (!result)
    return new w2n_error{std::move(result).error()};
  *out = *result;
  return nullptr;
}

} // namespace

w2n_component_linker *w2n_component_linker_new(void) { return new w2n_component_linker; }

void w2n_component_linker_free(w2n_component_linker *linker) { delete linker; }

w2n_error *w2n_component_linker_define_function(w2n_component_linker *linker, const char *interface,
                                                const char *name, w2n_component_callback callback,
                                                void *user, w2n_finalizer finalizer) {
  auto shared = share(callback, user, finalizer);
  auto body = [shared](runtime::HostCall &call, std::span<const runtime::ComponentValue> arguments,
                       runtime::ComponentValue *result, runtime::ValueArena &arena) {
    w2n_component_call inC{call, &arena};
    return statusOf(
        shared->callback(shared->user, &inC, arguments.data(), arguments.size(), result));
  };
  return define(*linker, interface, name, shared, runtime::makeDynamicFunction(std::move(body)));
}

w2n_error *w2n_component_linker_define_core(w2n_component_linker *linker, const char *interface,
                                            const char *name, w2n_component_core_callback callback,
                                            void *user, w2n_finalizer finalizer) {
  auto shared = share(callback, user, finalizer);
  auto body = [shared](runtime::HostCall &call) {
    w2n_component_call inC{call, nullptr};
    return statusOf(shared->callback(shared->user, &inC));
  };
  return define(*linker, interface, name, shared, {std::move(body), {}});
}

w2n_error *w2n_component_linker_define_resource(w2n_component_linker *linker, const char *interface,
                                                const char *name, w2n_component_destroy destroy,
                                                void *user, w2n_finalizer finalizer,
                                                const w2n_component_resource **out) {
  linker->linked = nullptr;
  auto shared = share(destroy, user, finalizer);
  auto defined = linker->host->defineResource({interface, name, [shared](uint32_t representation) {
                                                 if (shared->callback)
                                                   shared->callback(shared->user, representation);
                                               }});
  if (!defined) {
    shared->finalizer = nullptr;
    return new w2n_error{std::move(defined).error()};
  }
  *out = reinterpret_cast<const w2n_component_resource *>(*defined);
  return nullptr;
}

w2n_error *w2n_component_linker_define_wasi(w2n_component_linker *linker,
                                            const w2n_wasi_config *config) {
  linker->linked = nullptr;
  auto context = wasi::WasiContext::create(config->options);
  if (!context)
    return api::toC(std::unexpected(std::move(context.error())));
  return api::toC(wasi::p2::define(*linker->host, std::move(*context)));
}

void w2n_component_linker_set_limits(w2n_component_linker *linker, const w2n_limits *limits) {
  api::setLimits(linker->options, *limits);
}

void w2n_component_linker_set_fuel(w2n_component_linker *linker, uint64_t fuel) {
  linker->options.fuel = fuel;
}

void w2n_component_linker_set_pool(w2n_component_linker *linker, w2n_pool *pool, bool wait) {
  linker->options.pool = pool ? pool->pool : nullptr;
  linker->options.waitForSlot = wait;
}

void w2n_component_linker_trap_unknown_imports(w2n_component_linker *linker, bool trap) {
  linker->linked = nullptr;
  linker->options.trapOnUnknownImports = trap;
}

w2n_error *w2n_component_linker_instantiate(w2n_component_linker *linker,
                                            const w2n_component *component,
                                            w2n_component_instance **out) {
  if (!linker->linked || linker->linked->sharedComponent() != component->component) {
    auto linked =
        runtime::LinkedComponent::link(component->component, linker->host, linker->options);
    if (!linked)
      return new w2n_error{std::move(linked).error()};
    linker->linked = std::move(*linked);
  }
  auto instance = runtime::ComponentInstance::instantiate(linker->linked, linker->options);
  // A record is of one instance.
  linker->options.boundary = linker->plugins;
  if (!instance)
    return new w2n_error{std::move(instance).error()};
  *out = new w2n_component_instance{std::move(*instance)};
  return nullptr;
}

void *w2n_component_call_room(w2n_component_call *call, size_t bytes) {
  if (!call->arena)
    return nullptr;
  auto room = call->arena->allocate<uint8_t>(std::max<size_t>(bytes, 1));
  return room ? room->data() : nullptr;
}

uint64_t *w2n_component_call_slots(w2n_component_call *call) { return &call->call.result(); }

uint8_t *w2n_component_call_memory(w2n_component_call *call, size_t *bytes) {
  const std::span<uint8_t> memory = call->call.memory();
  *bytes = memory.size();
  return memory.data();
}

w2n_string_encoding w2n_component_call_encoding(w2n_component_call *call) {
  static_assert(W2N_STRING_UTF8 == int(component::CanonOption::Utf8) &&
                W2N_STRING_UTF16 == int(component::CanonOption::Utf16) &&
                W2N_STRING_LATIN1_UTF16 == int(component::CanonOption::Latin1Utf16));
  return w2n_string_encoding(call->call.encoding());
}

w2n_error *w2n_component_call_allocate(w2n_component_call *call, uint32_t bytes, uint32_t alignment,
                                       uint32_t *address) {
  return store(call->call.allocate(bytes, alignment), address);
}

w2n_error *w2n_component_call_lend(w2n_component_call *call, const w2n_component_resource *resource,
                                   uint32_t handle, uint32_t *representation) {
  return store(call->call.lend(resourceOf(resource), handle), representation);
}

w2n_error *w2n_component_call_take(w2n_component_call *call, const w2n_component_resource *resource,
                                   uint32_t handle, uint32_t *representation) {
  return store(call->call.take(resourceOf(resource), handle), representation);
}

w2n_error *w2n_component_call_give(w2n_component_call *call, const w2n_component_resource *resource,
                                   uint32_t representation, uint32_t *handle) {
  return store(call->call.give(resourceOf(resource), representation), handle);
}
