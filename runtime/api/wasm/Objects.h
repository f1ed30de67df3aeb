// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The references of the standard C API: objects that count how many owners the host has, one
// for each thing of the runtime, so that copies are the same and share their host information.
// wasm_ref_t is the base of all; casts copy nothing.
#pragma once

#include "runtime/api/Handles.h"
#include "runtime/api/wasm/Types.h"
#include "runtime/cache/ModuleCache.h"
#include "runtime/core/Instance.h"
#include "runtime/core/Memory.h"
#include "runtime/core/Table.h"
#include "runtime/core/TrapDetails.h"

#include <unordered_map>
#include <unordered_set>

struct wasm_ref_t;
struct wasm_func_t;

struct wasm_config_t {
  std::string cacheFolder, compilerPath;
  w2n_compile_options options;
};

namespace w2n::standard {

/// The state that engines, and the stores that are made with them, share. Threads: any.
class Engine {
public:
  explicit Engine(const wasm_config_t &config) : config(config) {}
  /// Compiles, or finds it in the cache; where there can be no cache, without. Errors: those of the
  /// compiler; Io (there is none).
  Result<std::shared_ptr<const runtime::Module>> compile(std::span<const uint8_t> wasm);

private:
  const wasm_config_t config;
  std::once_flag opened;
  std::unique_ptr<cache::ModuleCache> cache; ///< null if there can be none
};

/// The embedder's pointer beside an object.
class HostInfo {
public:
  HostInfo() = default;
  virtual ~HostInfo() { set(nullptr, nullptr); }
  HostInfo(const HostInfo &) = delete;
  HostInfo &operator=(const HostInfo &) = delete;

  void *get() const { return data; }
  /// The finalizer of what was there is called.
  void set(void *newData, void (*newFinalizer)(void *));

private:
  void *data = nullptr;
  void (*finalizer)(void *) = nullptr;
};

/// A function of the host: what its body calls, and its host information.
struct HostCallback final : HostInfo {
  ~HostCallback() override;
  /// Checks what the callback has left in `results`.
  Status call(const wasm_val_vec_t &args, wasm_val_vec_t &results) const;

  std::vector<wasm_valkind_t> params, results;
  wasm_func_callback_t callback = nullptr;
  wasm_func_callback_with_env_t callbackWithEnv = nullptr;
  void *env = nullptr;
  void (*finalizer)(void *) = nullptr;
};

/// Threads: one at a time.
class Store {
public:
  explicit Store(std::shared_ptr<Engine> engine) : engine(std::move(engine)) {}

  /// `object` as an externref, which is kept.
  runtime::Slot give(wasm_ref_t &object);
  /// The object that an externref is; null if it is none that was given.
  wasm_ref_t *find(runtime::Slot externref) const;
  /// Drops all that guests were given: they run no more.
  void end();

  const std::shared_ptr<Engine> engine;
  /// The object of each thing that the host has a reference to.
  std::unordered_map<const void *, wasm_ref_t *> objects;
  /// The information of things that others keep, too.
  std::unordered_map<const void *, std::weak_ptr<HostInfo>> infos;
  std::vector<std::weak_ptr<runtime::Instance>> instances;

private:
  std::unordered_set<wasm_ref_t *> given;
};

enum class Kind : uint8_t { Func, Global, Table, Memory, Tag, Instance, Module, Foreign, Trap };

} // namespace w2n::standard

struct wasm_engine_t {
  std::shared_ptr<w2n::standard::Engine> engine;
};

struct wasm_store_t {
  std::shared_ptr<w2n::standard::Store> store;
};

struct wasm_ref_t {
  using Kind = w2n::standard::Kind;

  /// `thing` is what the object is for: null if it is a thing of its own.
  wasm_ref_t(Kind kind, std::shared_ptr<w2n::standard::Store> store, const void *thing);
  virtual ~wasm_ref_t();
  wasm_ref_t(const wasm_ref_t &) = delete;
  wasm_ref_t &operator=(const wasm_ref_t &) = delete;

  void retain() { ++owners; }
  void release() {
    if (--owners == 0)
      delete this;
  }
  /// Has the information live as long as `keeper`.
  w2n::standard::HostInfo &makeInfo();

  const Kind kind;
  uint32_t owners = 1;
  const void *const thing;
  const std::shared_ptr<w2n::standard::Store> store;
  std::shared_ptr<w2n::standard::HostInfo> info;

protected:
  /// The instance that the thing is a part of, or null.
  virtual w2n::runtime::Instance *keeper() const { return nullptr; }
};

struct wasm_extern_t : wasm_ref_t {
  using wasm_ref_t::wasm_ref_t;
  virtual w2n::runtime::Extern get() const = 0;
  virtual std::unique_ptr<wasm_externtype_t> type() const = 0;
};

struct wasm_func_t final : wasm_extern_t {
  static constexpr Kind kindOfThis = Kind::Func;
  using Pointer = std::shared_ptr<w2n::runtime::Function>;
  static const void *thingOf(const Pointer &function);
  wasm_func_t(std::shared_ptr<w2n::standard::Store> store, Pointer function);
  w2n::runtime::Extern get() const override { return function; }
  std::unique_ptr<wasm_externtype_t> type() const override;
  w2n::runtime::Instance *keeper() const override { return function->owner.get(); }
  /// The callback of a host function; else null.
  const w2n::standard::HostCallback *callback() const {
    return function->host ? static_cast<w2n::standard::HostCallback *>(info.get()) : nullptr;
  }

  const Pointer function;
  std::vector<wasm_valkind_t> params, results;
  /// Whether all of them are numbers, and few.
  bool isSimple;
};

struct wasm_global_t final : wasm_extern_t {
  static constexpr Kind kindOfThis = Kind::Global;
  using Pointer = std::shared_ptr<w2n::runtime::Global>;
  static const void *thingOf(const Pointer &global) { return global->cell; }
  wasm_global_t(std::shared_ptr<w2n::standard::Store> store, Pointer global)
      : wasm_extern_t(kindOfThis, std::move(store), thingOf(global)), global(std::move(global)) {}
  w2n::runtime::Extern get() const override { return global; }
  std::unique_ptr<wasm_externtype_t> type() const override;
  w2n::runtime::Instance *keeper() const override { return global->owner.get(); }

  const Pointer global;
};

struct wasm_table_t final : wasm_extern_t {
  static constexpr Kind kindOfThis = Kind::Table;
  using Pointer = std::shared_ptr<w2n::runtime::Table>;
  static const void *thingOf(const Pointer &table) { return table.get(); }
  wasm_table_t(std::shared_ptr<w2n::standard::Store> store, Pointer table)
      : wasm_extern_t(kindOfThis, std::move(store), thingOf(table)), table(std::move(table)) {}
  w2n::runtime::Extern get() const override { return table; }
  std::unique_ptr<wasm_externtype_t> type() const override;
  w2n::runtime::Instance *keeper() const override { return table->owner; }

  const Pointer table;
};

struct wasm_memory_t final : wasm_extern_t {
  static constexpr Kind kindOfThis = Kind::Memory;
  using Pointer = std::shared_ptr<w2n::runtime::Memory>;
  static const void *thingOf(const Pointer &memory) { return memory.get(); }
  wasm_memory_t(std::shared_ptr<w2n::standard::Store> store, Pointer memory)
      : wasm_extern_t(kindOfThis, std::move(store), thingOf(memory)), memory(std::move(memory)) {}
  w2n::runtime::Extern get() const override { return memory; }
  std::unique_ptr<wasm_externtype_t> type() const override;
  w2n::runtime::Instance *keeper() const override { return memory->owner; }

  const Pointer memory;
};

/// An export that the standard API can hand on, and nothing else.
struct wasm_tag_t final : wasm_extern_t {
  static constexpr Kind kindOfThis = Kind::Tag;
  using Pointer = std::shared_ptr<w2n::runtime::Tag>;
  static const void *thingOf(const Pointer &tag) { return tag->record; }
  wasm_tag_t(std::shared_ptr<w2n::standard::Store> store, Pointer tag)
      : wasm_extern_t(kindOfThis, std::move(store), thingOf(tag)), tag(std::move(tag)) {}
  w2n::runtime::Extern get() const override { return tag; }
  std::unique_ptr<wasm_externtype_t> type() const override;

  const Pointer tag;
};

struct wasm_instance_t final : wasm_ref_t {
  static constexpr Kind kindOfThis = Kind::Instance;
  using Pointer = std::shared_ptr<w2n::runtime::Instance>;
  static const void *thingOf(const Pointer &instance) { return instance.get(); }
  wasm_instance_t(std::shared_ptr<w2n::standard::Store> store, Pointer instance)
      : wasm_ref_t(kindOfThis, std::move(store), thingOf(instance)), instance(std::move(instance)) {
  }

  const Pointer instance;
};

struct wasm_module_t final : wasm_ref_t {
  static constexpr Kind kindOfThis = Kind::Module;
  using Pointer = std::shared_ptr<const w2n::runtime::Module>;
  static const void *thingOf(const Pointer &module) { return module.get(); }
  wasm_module_t(std::shared_ptr<w2n::standard::Store> store, Pointer module)
      : wasm_ref_t(kindOfThis, std::move(store), thingOf(module)), module(module),
        described(std::move(module)) {}

  const Pointer module;
  const w2n_module described;
};

struct wasm_shared_module_t {
  std::shared_ptr<const w2n::runtime::Module> module;
};

struct wasm_foreign_t final : wasm_ref_t {
  static constexpr Kind kindOfThis = Kind::Foreign;
  explicit wasm_foreign_t(std::shared_ptr<w2n::standard::Store> store)
      : wasm_ref_t(kindOfThis, std::move(store), nullptr) {}
};

struct wasm_frame_t {
  uint32_t functionIndex;
  size_t functionOffset, moduleOffset;
  wasm_instance_t *instance; ///< owned; null if unknown
};

struct wasm_trap_t final : wasm_ref_t {
  static constexpr Kind kindOfThis = Kind::Trap;
  wasm_trap_t(std::shared_ptr<w2n::standard::Store> store, w2n::Error error)
      : wasm_ref_t(kindOfThis, std::move(store), nullptr), error(std::move(error)) {}

  const w2n::Error error;
};

namespace w2n::standard {

/// A reference, to be owned, to the object of `thing`, which is made if there is none.
template <typename Object>
Object *objectFor(const std::shared_ptr<Store> &store, typename Object::Pointer thing) {
  if (auto found = store->objects.find(Object::thingOf(thing)); found != store->objects.end()) {
    found->second->retain();
    return static_cast<Object *>(found->second);
  }
  return new Object(store, std::move(thing));
}

wasm_extern_t *externFor(const std::shared_ptr<Store> &store, const runtime::Extern &found);

/// The trap for an error that a call has returned. Null for success.
wasm_trap_t *trapFor(const std::shared_ptr<Store> &store, Status status);

/// Remembers why something failed, for w2n_wasm_last_error.
void noteError(const Error &error);
/// The value; null, and the error noted, if there is none.
template <typename T> T *valueOrNull(Result<T *> result) {
  if (result)
    return *result;
  noteError(result.error());
  return nullptr;
}

} // namespace w2n::standard
