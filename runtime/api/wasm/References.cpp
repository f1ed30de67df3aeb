// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The common parts of all references: owners, sameness, host information, casts.
#include "runtime/api/wasm/Objects.h"

using namespace w2n;
using standard::HostInfo;

void HostInfo::set(void *newData, void (*newFinalizer)(void *)) {
  void *const oldData = std::exchange(data, newData);
  if (auto *old = std::exchange(finalizer, newFinalizer))
    old(oldData);
}

wasm_ref_t::wasm_ref_t(Kind kind, std::shared_ptr<standard::Store> ofStore, const void *ofThing)
    : kind(kind), thing(ofThing ? ofThing : this), store(std::move(ofStore)) {
  store->objects.emplace(thing, this);
  if (const auto known = store->infos.find(thing); known != store->infos.end())
    info = known->second.lock();
}

wasm_ref_t::~wasm_ref_t() {
  store->objects.erase(thing);
  // The finalizer may ask for anything.
  const std::shared_ptr<standard::Store> keep = store;
  info.reset();
  if (const auto known = keep->infos.find(thing);
      known != keep->infos.end() && known->second.expired())
    keep->infos.erase(known);
}

HostInfo &wasm_ref_t::makeInfo() {
  if (info)
    return *info;
  info = std::make_shared<HostInfo>();
  if (runtime::Instance *instance = keeper()) {
    instance->attach(info);
    std::erase_if(store->infos, [](const auto &entry) { return entry.second.expired(); });
    store->infos[thing] = info;
  }
  return *info;
}

#define W2N_REF_BASE(name)                                                                         \
  void wasm_##name##_delete(wasm_##name##_t *reference) {                                          \
    if (reference)                                                                                 \
      reference->release();                                                                        \
  }                                                                                                \
  wasm_##name##_t *wasm_##name##_copy(const wasm_##name##_t *reference) {                          \
    auto *same = const_cast<wasm_##name##_t *>(reference);                                         \
    if (same)                                                                                      \
      same->retain();                                                                              \
    return same;                                                                                   \
  }                                                                                                \
  bool wasm_##name##_same(const wasm_##name##_t *left, const wasm_##name##_t *right) {             \
    return left == right;                                                                          \
  }                                                                                                \
  void *wasm_##name##_get_host_info(const wasm_##name##_t *reference) {                            \
    return reference->info ? reference->info->get() : nullptr;                                     \
  }                                                                                                \
  void wasm_##name##_set_host_info(wasm_##name##_t *reference, void *data) {                       \
    reference->makeInfo().set(data, nullptr);                                                      \
  }                                                                                                \
  void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t *reference, void *data,          \
                                                  void (*finalizer)(void *)) {                     \
    reference->makeInfo().set(data, finalizer);                                                    \
  }

// `isKind` says whether `reference` is one of these.
#define W2N_REF(name, isKind)                                                                      \
  W2N_REF_BASE(name)                                                                               \
  wasm_ref_t *wasm_##name##_as_ref(wasm_##name##_t *object) { return object; }                     \
  const wasm_ref_t *wasm_##name##_as_ref_const(const wasm_##name##_t *object) { return object; }   \
  wasm_##name##_t *wasm_ref_as_##name(wasm_ref_t *reference) {                                     \
    return reference && (isKind) ? static_cast<wasm_##name##_t *>(reference) : nullptr;            \
  }                                                                                                \
  const wasm_##name##_t *wasm_ref_as_##name##_const(const wasm_ref_t *reference) {                 \
    return wasm_ref_as_##name(const_cast<wasm_ref_t *>(reference));                                \
  }
#define W2N_REF_OF_KIND(name) W2N_REF(name, reference->kind == wasm_##name##_t::kindOfThis)

W2N_REF_BASE(ref)
W2N_REF_OF_KIND(trap)
W2N_REF_OF_KIND(foreign)
W2N_REF_OF_KIND(module)
W2N_REF_OF_KIND(instance)
W2N_REF_OF_KIND(func)
W2N_REF_OF_KIND(global)
W2N_REF_OF_KIND(table)
W2N_REF_OF_KIND(memory)
W2N_REF(extern, reference->kind <= standard::Kind::Tag)

#define W2N_EXTERN(name)                                                                           \
  wasm_extern_t *wasm_##name##_as_extern(wasm_##name##_t *object) { return object; }               \
  const wasm_extern_t *wasm_##name##_as_extern_const(const wasm_##name##_t *object) {              \
    return object;                                                                                 \
  }                                                                                                \
  wasm_##name##_t *wasm_extern_as_##name(wasm_extern_t *object) {                                  \
    return wasm_ref_as_##name(object);                                                             \
  }                                                                                                \
  const wasm_##name##_t *wasm_extern_as_##name##_const(const wasm_extern_t *object) {              \
    return wasm_ref_as_##name##_const(object);                                                     \
  }

W2N_EXTERN(func)
W2N_EXTERN(global)
W2N_EXTERN(table)
W2N_EXTERN(memory)

wasm_foreign_t *wasm_foreign_new(wasm_store_t *store) { return new wasm_foreign_t(store->store); }
