// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Components with a host, through the C API alone: the component of host.wat.
#include "include/wasm2native/component.h"
#include "lib/support/File.h"
#include "tools/wasm2native/LoadCompiler.h"

#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>

namespace w2n {
namespace {

using Value = w2n_component_value;

/// The error's text; empty for success.
std::string take(w2n_error *error) {
  const std::string text = error ? w2n_error_text(error) : "";
  w2n_error_free(error);
  return text;
}

Value stringValue(std::string_view text) {
  Value value = {};
  value.kind = W2N_COMPONENT_STRING;
  value.of.string = {text.data(), text.size()};
  return value;
}

std::string textOf(const Value &value) { return {value.of.string.data, value.of.string.bytes}; }

/// Compiled once for all tests.
w2n_component *hostComponent() {
  static w2n_component *const component = [] {
    const auto script = nlohmann::json::parse(*readFile(HOST_JSON), nullptr, false);
    std::vector<uint8_t> wasm;
    for (const auto &line : script["commands"][0]["bytes"]) {
      const auto &digits = line.get_ref<const std::string &>();
      for (size_t i = 0; i + 1 < digits.size(); i += 2)
        wasm.push_back(uint8_t(strtoul(digits.substr(i, 2).c_str(), nullptr, 16)));
    }
    w2n_compile_options options = tool::defaultCompileOptions();
    options.level = W2N_LEVEL_O1;
    const auto artifact = tool::compileWithLibrary(wasm, options);
    EXPECT_TRUE(artifact) << artifact.error().text;
    w2n_module *module = nullptr;
    EXPECT_EQ(take(w2n_module_load_bytes(artifact->data(), artifact->size(), W2N_VERIFY_EVERYTHING,
                                         &module)),
              "");
    w2n_component *made = nullptr;
    EXPECT_EQ(take(w2n_component_new(module, &made)), "");
    w2n_module_free(module);
    return made;
  }();
  return component;
}

/// A store of buckets, which are known by numbers.
struct Store {
  std::map<uint32_t, std::string> buckets;
  uint32_t last = 0;
  std::vector<std::string> log;
  const w2n_component_resource *bucket = nullptr;

  static Store &of(void *user) { return *static_cast<Store *>(user); }

  static w2n_error *logText(void *user, w2n_component_call *, const Value *arguments, size_t,
                            Value *) {
    of(user).log.push_back(textOf(arguments[0]));
    return nullptr;
  }
  static w2n_error *open(void *user, w2n_component_call *, const Value *arguments, size_t,
                         Value *result) {
    Store &store = of(user);
    store.buckets[++store.last] = textOf(arguments[0]);
    result->kind = W2N_COMPONENT_OWN;
    result->of.resource = {store.bucket, store.last};
    return nullptr;
  }
  /// "name/key", or nothing for "none".
  static w2n_error *get(void *user, w2n_component_call *call, const Value *arguments, size_t,
                        Value *result) {
    const std::string key = textOf(arguments[1]);
    result->kind = W2N_COMPONENT_OPTION;
    if (key == "error")
      return w2n_error_new("the store is broken");
    if (key == "none")
      return nullptr;
    const std::string found =
        of(user).buckets.at(arguments[0].of.resource.representation) + "/" + key;
    auto *payload = static_cast<Value *>(w2n_component_call_room(call, sizeof(Value)));
    auto *text = static_cast<char *>(w2n_component_call_room(call, found.size()));
    std::ranges::copy(found, text);
    *payload = stringValue({text, found.size()});
    result->index = 1;
    result->of.payload = payload;
    return nullptr;
  }
  /// At the level of core values.
  static w2n_error *count(void *user, w2n_component_call *call) {
    uint64_t *const slots = w2n_component_call_slots(call);
    size_t bytes = 0;
    const uint8_t *const memory = w2n_component_call_memory(call, &bytes);
    const auto address = uint32_t(slots[0]), length = uint32_t(slots[1]);
    uint32_t sum = 0;
    for (uint32_t i = 0; i < length; ++i) {
      uint32_t handle = 0, representation = 0;
      std::memcpy(&handle, memory + address + 4 * i, 4);
      if (w2n_error *error =
              w2n_component_call_lend(call, of(user).bucket, handle, &representation))
        return error;
      sum = 10 * sum + representation;
    }
    slots[0] = sum;
    return nullptr;
  }
  static void destroy(void *user, uint32_t representation) {
    of(user).buckets.erase(representation);
  }
};

class ComponentApi : public testing::Test {
protected:
  ComponentApi() {
    linker = w2n_component_linker_new();
    // The host has a later version than the component asks for.
    const char *const interface = "test:kv/store@0.2.12";
    const auto define = [&](const char *ofInterface, const char *name,
                            w2n_component_callback callback) {
      EXPECT_EQ(take(w2n_component_linker_define_function(linker, ofInterface, name, callback,
                                                          &store, nullptr)),
                "");
    };
    EXPECT_EQ(take(w2n_component_linker_define_resource(linker, interface, "bucket", Store::destroy,
                                                        &store, nullptr, &store.bucket)),
              "");
    define("", "log", Store::logText);
    define(interface, "[constructor]bucket", Store::open);
    define(interface, "[method]bucket.get", Store::get);
    EXPECT_EQ(take(w2n_component_linker_define_core(linker, interface, "count", Store::count,
                                                    &store, nullptr)),
              "");
  }
  ~ComponentApi() override {
    w2n_component_instance_free(instance);
    w2n_component_linker_free(linker);
  }

  void instantiate() {
    EXPECT_EQ(take(w2n_component_linker_instantiate(linker, hostComponent(), &instance)), "");
  }
  std::string call(const char *name, std::vector<Value> arguments = {}) {
    const auto *function = w2n_component_find_export(hostComponent(), "", name);
    EXPECT_TRUE(function) << name;
    return take(w2n_component_instance_call(instance, function, arguments.data(), arguments.size(),
                                            &result));
  }

  Store store;
  w2n_component_linker *linker = nullptr;
  w2n_component_instance *instance = nullptr;
  const Value *result = nullptr;
};

TEST_F(ComponentApi, AWorldCanBeLookedAt) {
  const std::string world = w2n_component_world(hostComponent());
  EXPECT_NE(world.find("[method]bucket.get: func(self: borrow<bucket>, key: string)"),
            std::string::npos);
  EXPECT_EQ(w2n_component_export_count(hostComponent()), 9u);
  EXPECT_STREQ(w2n_component_function_name(w2n_component_export_at(hostComponent(), 0)), "echo");
  EXPECT_FALSE(w2n_component_export_at(hostComponent(), 9));
  const auto *run = w2n_component_find_export(hostComponent(), "wasi:cli/run@0.2.0", "run");
  ASSERT_TRUE(run);
  EXPECT_STREQ(w2n_component_function_interface(run), "wasi:cli/run@0.2.5");
  EXPECT_FALSE(w2n_component_find_export(hostComponent(), "wasi:cli/run@0.3.0", "run"));
}

TEST_F(ComponentApi, GuestsCallTheHost) {
  instantiate();
  EXPECT_EQ(call("say", {stringValue("wörld")}), "");
  EXPECT_EQ(store.log, (std::vector<std::string>{"started", "wörld"}));
}

TEST_F(ComponentApi, ResourcesOfTheHostAreDestroyedWhenTheyAreDropped) {
  instantiate();
  ASSERT_EQ(call("look-up", {stringValue("b"), stringValue("k")}), "");
  ASSERT_EQ(result->index, 1u);
  EXPECT_EQ(textOf(*result->of.payload), "b/k");
  ASSERT_EQ(call("look-up", {stringValue("b"), stringValue("none")}), "");
  EXPECT_EQ(result->index, 0u);
  EXPECT_EQ(store.last, 2u);
  EXPECT_TRUE(store.buckets.empty());
}

TEST_F(ComponentApi, HandlesInListsAreLent) {
  instantiate();
  ASSERT_EQ(call("three"), "");
  EXPECT_EQ(result->of.u32, 121u);
  EXPECT_TRUE(store.buckets.empty());
}

TEST_F(ComponentApi, AHandleThatIsDroppedTwiceTraps) {
  instantiate();
  store.buckets[5] = "mine";
  Value own = {};
  own.kind = W2N_COMPONENT_OWN;
  own.of.resource = {store.bucket, 5};
  EXPECT_EQ(call("drop-twice", {own}), "unknown handle index 1");
  EXPECT_TRUE(store.buckets.empty());
  EXPECT_EQ(call("three"), "cannot enter component instance");
}

TEST_F(ComponentApi, ResourcesOfTheGuestAreTheHostsToDrop) {
  instantiate();
  Value number = {};
  number.kind = W2N_COMPONENT_U32;
  number.of.u32 = 42;
  ASSERT_EQ(call("[constructor]cell", {number}), "");
  const Value cell = *result;
  ASSERT_EQ(cell.kind, W2N_COMPONENT_OWN);
  Value borrow = cell;
  borrow.kind = W2N_COMPONENT_BORROW;
  ASSERT_EQ(call("[method]cell.value", {borrow}), "");
  EXPECT_EQ(result->of.u32, 42u);
  store.log.clear();
  EXPECT_EQ(take(w2n_component_instance_drop(instance, &cell)), "");
  EXPECT_EQ(store.log, std::vector<std::string>{"start"});
  // A resource of another type.
  borrow.of.resource.type = store.bucket;
  EXPECT_EQ(call("[method]cell.value", {borrow}), "value is a handle of another resource type");
}

TEST_F(ComponentApi, ErrorsOfTheHostLeaveTheGuest) {
  instantiate();
  EXPECT_EQ(call("look-up", {stringValue("b"), stringValue("error")}), "the store is broken");
  EXPECT_EQ(call("three"), "cannot enter component instance");
}

TEST_F(ComponentApi, WrongArgumentsAreRefusedAndTheInstanceGoesOn) {
  instantiate();
  EXPECT_EQ(call("say"), "\"say\" has 1 parameters, 0 are given");
  Value number = {};
  EXPECT_EQ(call("say", {number}), "value is of another kind than its type, `string`");
  EXPECT_EQ(call("say", {stringValue("\xff")}), "string is not UTF-8");
  EXPECT_EQ(call("three"), "");
}

TEST_F(ComponentApi, LyingGuestsTrap) {
  instantiate();
  EXPECT_EQ(call("lying"), "string pointer/length out of bounds of memory");
}

TEST_F(ComponentApi, WhatIsMissingIsNamed) {
  w2n_component_linker *const empty = w2n_component_linker_new();
  EXPECT_EQ(take(w2n_component_linker_instantiate(empty, hostComponent(), &instance)),
            "unknown import: resource \"test:kv/store@0.2.3\" \"bucket\"");
  w2n_component_linker_trap_unknown_imports(empty, true);
  EXPECT_EQ(take(w2n_component_linker_instantiate(empty, hostComponent(), &instance)),
            "unknown import called: \"log\"");
  w2n_component_linker_free(empty);
}

TEST_F(ComponentApi, APoolsSlotsAreUsedAgain) {
  const w2n_pool_config config = {1, 1 << 20, 100, 1 << 20};
  w2n_pool *pool = nullptr;
  ASSERT_EQ(take(w2n_pool_new(&config, &pool)), "");
  w2n_component_linker_set_pool(linker, pool, false);
  for (int i = 0; i < 3; ++i) {
    instantiate();
    EXPECT_EQ(call("look-up", {stringValue("b"), stringValue("k")}), "");
    w2n_component_instance_free(instance);
    instance = nullptr;
  }
  w2n_pool_free(pool);
}

TEST_F(ComponentApi, NothingIsDefinedTwice) {
  bool freed = false;
  const auto finalizer = [](void *user) { *static_cast<bool *>(user) = true; };
  EXPECT_EQ(take(w2n_component_linker_define_function(linker, "", "log", Store::logText, &freed,
                                                      finalizer)),
            "\"log\" is already defined");
  EXPECT_FALSE(freed);
  EXPECT_EQ(take(w2n_component_linker_define_function(linker, "", "other", Store::logText, &freed,
                                                      finalizer)),
            "");
  w2n_component_linker_free(linker);
  linker = nullptr;
  EXPECT_TRUE(freed);
}

} // namespace
} // namespace w2n
