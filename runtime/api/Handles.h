// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The opaque types of include/wasm2native/runtime.h. An instance keeps what is got from
// it, so that C has one thing to free; std::map, because addresses of its values stay.
#pragma once

#include "include/wasm2native/runtime.h"
#include "lib/support/Error.h"
#include "runtime/core/Activation.h"
#include "runtime/core/Instance.h"
#include "runtime/core/InstancePool.h"
#include "runtime/wasi/WasiContext.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

struct w2n_module {
  explicit w2n_module(std::shared_ptr<const w2n::runtime::Module> module)
      : module(std::move(module)) {}

  std::shared_ptr<const w2n::runtime::Module> module;
  // Made when somebody asks: terminated copies of the names of imports and exports, and the kinds
  // of parameters, then results, of each type.
  mutable std::once_flag namesOnce;
  mutable std::vector<std::string> importNames; ///< module and name of each
  mutable std::vector<std::string> exportNames;
  mutable std::vector<std::vector<w2n_value_kind>> kindsOfTypes;
};

namespace w2n::api {

/// Keeps the functions that references point to, for whoever hands them out.
class FunctionHome {
public:
  FunctionHome() = default;
  FunctionHome(const FunctionHome &) = delete;
  FunctionHome &operator=(const FunctionHome &) = delete;

  w2n_function *keep(std::shared_ptr<runtime::Function> function);
  /// The function that `reference` points to; null for a null reference.
  w2n_function *functionOf(runtime::Slot reference);

private:
  /// By the address of the reference.
  std::map<const void *, w2n_function> functions;
};

} // namespace w2n::api

struct w2n_function {
  w2n_function(std::shared_ptr<w2n::runtime::Function> function, w2n::api::FunctionHome &home);

  std::shared_ptr<w2n::runtime::Function> function;
  /// Keeps the functions that references among results point to.
  w2n::api::FunctionHome &home;
  std::vector<w2n_value_kind> params, results;
  /// Whether all of them are numbers, and few: what most functions have, and calls are quick for.
  bool isSimple;
};

struct w2n_memory {
  std::shared_ptr<w2n::runtime::Memory> memory;
};

struct w2n_global {
  std::shared_ptr<w2n::runtime::Global> global;
  w2n::api::FunctionHome &home;
};

struct w2n_table {
  std::shared_ptr<w2n::runtime::Table> table;
  w2n::api::FunctionHome &home;
};

/// Functions that payloads refer to live as long as it does.
struct w2n_tag : w2n::api::FunctionHome {
  explicit w2n_tag(std::shared_ptr<w2n::runtime::Tag> tag);

  std::shared_ptr<w2n::runtime::Tag> tag;
  std::vector<w2n_value_kind> params;
};

struct w2n_instance : w2n::api::FunctionHome {
  explicit w2n_instance(w2n::runtime::Instance &instance,
                        std::shared_ptr<w2n::runtime::Instance> owner = nullptr)
      : instance(instance), owner(std::move(owner)) {}

  /// The export `name` if it is a T, else null.
  template <typename T> std::shared_ptr<T> find(const char *name) {
    auto found = instance.findExport(name);
    auto *pointer = found ? std::get_if<std::shared_ptr<T>>(&*found) : nullptr;
    return pointer ? *pointer : nullptr;
  }

  w2n::runtime::Instance &instance;
  /// Null for the instance that calls a host function, which needs no owner for so long.
  std::shared_ptr<w2n::runtime::Instance> owner;
  // By the address of what each handle is for.
  std::map<const void *, w2n_memory> memories;
  std::map<const void *, w2n_global> globals;
  std::map<const void *, w2n_table> tables;
  std::map<const void *, w2n_tag> tags;
};

struct w2n_caller {
  explicit w2n_caller(w2n::runtime::Instance *instance) : instance(instance) {}

  // A handle costs more than most calls need. Only where there is an instance.
  w2n_instance &handle() { return lazyHandle ? *lazyHandle : lazyHandle.emplace(*instance); }

  w2n::runtime::Instance *instance; ///< null if the host calls its own function
  std::optional<w2n_instance> lazyHandle;
  w2n_memory memory;
};

struct w2n_wasi_config {
  w2n::wasi::WasiOptions options;
};

struct w2n_pool {
  std::shared_ptr<w2n::runtime::InstancePool> pool;
};

struct w2n_linker {
  template <typename T> using ByName = std::map<std::string, T, std::less<>>;

  /// Looks in order of precedence.
  std::optional<w2n::runtime::Extern> find(std::string_view module, std::string_view name,
                                           w2n::wasm::ExternKind kind) const;
  /// The same without aliases.
  std::optional<w2n::runtime::Extern> findDefined(std::string_view module, std::string_view name,
                                                  w2n::wasm::ExternKind kind) const;
  bool trapsUnknown(std::string_view module, std::string_view name) const;
  /// The imports of `module`, found. Valid until the next call, or until something is defined.
  w2n::Result<std::span<const w2n::runtime::Extern>> link(const w2n::runtime::Module &module);
  /// To be called when something that `link` looks at has changed.
  void forgetLinked() { linkedSerial = 0, linked.clear(); }

  /// By module and name.
  ByName<ByName<w2n::runtime::Extern>> definitions;
  ByName<std::shared_ptr<w2n::runtime::Instance>> instances;
  /// The module, or the definition, that another name stands for.
  ByName<std::string> moduleAliases;
  ByName<ByName<std::pair<std::string, std::string>>> aliases;
  /// Names of functions that trap if nothing defines them, by module; an empty name is all of it.
  ByName<std::set<std::string, std::less<>>> trapping;
  std::shared_ptr<w2n::wasi::WasiContext> wasi;
  w2n::runtime::InstanceOptions options;
  /// The plug-ins between all instances and their host; null for none.
  std::shared_ptr<w2n::runtime::Boundary> plugins;
  /// The definitions that `link` found last, for the module with this serial number; 0: nothing.
  uint64_t linkedSerial = 0;
  std::vector<w2n::runtime::Extern> linked;
};

namespace w2n::api {

/// Sets the limits of instances that are made from now on.
void setLimits(runtime::InstanceOptions &options, const w2n_limits &limits);

/// The error for C; null for success.
inline w2n_error *toC(Status status) {
  return status ? nullptr : new w2n_error{std::move(status).error()};
}

} // namespace w2n::api
