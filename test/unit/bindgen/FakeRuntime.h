// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The C API of components without a runtime: a test is the guest. It calls what was defined, and
// answers calls of what it exports.
#pragma once

#include <wasm2native/component.hpp>

#include <functional>
#include <map>

/// A resource type: its name.
struct w2n_component_resource {
  std::string name;
  std::function<void(uint32_t)> destroy;
};

struct w2n_component_function {
  /// Null means success.
  std::function<w2n_error *(std::span<const w2n_component_value> arguments,
                            const w2n_component_value **result)>
      call;
};

struct w2n_component {
  std::map<std::string, w2n_component_function> functions;
  std::map<std::string, w2n_component_resource> resources;
};

struct w2n_component_linker {
  struct Function {
    w2n_component_callback callback;
    void *user;
  };
  ~w2n_component_linker();

  std::map<std::string, Function> functions;
  std::map<std::string, w2n_component_resource> resources;
  std::vector<std::function<void()>> ends;
};

namespace w2n::component {

using Value = w2n_component_value;

/// Calls what the host defined as "interface#name". The error's text, or nothing; `onReturn` gets
/// the result.
std::optional<std::string> callHost(
    const Linker &linker, const std::string &name, std::vector<Value> arguments,
    std::function<void(const Value &)> onReturn = [](const Value &) {});

// Values.
Value text(std::string_view text);
Value bytes(std::span<const uint8_t> bytes);
Value enumerator(uint32_t index);
Value handle(w2n_component_kind kind, const w2n_component_resource &type, uint32_t representation);
Value parts(w2n_component_kind kind, const std::vector<Value> &items);
Value number(uint32_t value);
/// VARIANT, OPTION, RESULT.
Value choice(w2n_component_kind kind, uint32_t index, const Value *payload = nullptr);

} // namespace w2n::component
