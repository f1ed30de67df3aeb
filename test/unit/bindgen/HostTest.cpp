// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The header that wasm2native-bindgen writes for kv.wit, implemented and called as a guest would.
#include "test/unit/bindgen/FakeRuntime.h"

#include "local_kv_with_plugin.hpp"

#include <gtest/gtest.h>

namespace w2n::component {

namespace {

namespace store = local::kv::store;
namespace world = local::kv::with_plugin;

class Bucket final : public store::Bucket {
public:
  explicit Bucket(int &alive) : alive(alive) { ++alive; }
  ~Bucket() override { --alive; }

  std::expected<std::optional<std::vector<uint8_t>>, store::Error>
  get(std::string_view key) override {
    if (key == "io")
      return std::unexpected(store::Error{store::Error::Io{"disk"}});
    const auto found = entriesByKey.find(std::string(key));
    if (found == entriesByKey.end())
      return std::nullopt;
    return found->second;
  }
  std::expected<void, store::Error> set(std::string_view key,
                                        std::span<const uint8_t> value) override {
    entriesByKey[std::string(key)].assign(value.begin(), value.end());
    return {};
  }
  std::vector<store::Entry> entries() override {
    std::vector<store::Entry> list;
    for (const auto &[key, value] : entriesByKey)
      list.push_back({key, value, "note", {.read = true, .write = false, .exec = true}});
    return list;
  }

  std::map<std::string, std::vector<uint8_t>> entriesByKey;

private:
  int &alive;
};

class Store final : public store::Host {
public:
  std::unique_ptr<store::Bucket> makeBucket(std::string_view name, store::Mode mode) override {
    lastName = name;
    lastMode = mode;
    return std::make_unique<Bucket>(alive);
  }
  std::unique_ptr<store::Bucket> bucketCopy(store::Bucket &) override { return nullptr; }
  std::expected<std::unique_ptr<store::Bucket>, store::Error> open(std::string_view name) override {
    if (name == "trap")
      trap("no such luck");
    return std::unexpected(store::Error{store::Error::Error_{{1, 2}}});
  }
  std::expected<void, Unit> sum(std::vector<std::reference_wrapper<store::Bucket>> all,
                                std::tuple<uint8_t, int16_t, char32_t, bool> t,
                                std::vector<std::string_view> k,
                                std::vector<std::tuple<std::string_view, uint32_t>> m,
                                std::array<uint8_t, 4> f, std::vector<bool> b,
                                std::span<const double> x) override {
    lastSum = all.size() + std::get<0>(t) + k.size() + std::get<1>(m.at(0)) + f[3] + b.size() +
              size_t(x[0]);
    return std::unexpected(Unit());
  }
  void close(std::unique_ptr<store::Bucket> b) override { b.reset(); }

  int alive = 0;
  size_t lastSum = 0;
  std::string lastName;
  store::Mode lastMode = store::Mode::ReadOnly;
};

const std::string base = "local:kv/store@1.0.0#";

class WitBindgenHost : public testing::Test {
protected:
  WitBindgenHost() { EXPECT_TRUE(store::define(linker, host)); }

  const w2n_component_resource &type() { return linker.get()->resources.at(base + "bucket"); }
  uint32_t makeBucket() {
    uint32_t representation = 77;
    EXPECT_EQ(callHost(linker, base + "[constructor]bucket", {text("a"), enumerator(1)},
                       [&](const Value &value) {
                         EXPECT_EQ(value.kind, W2N_COMPONENT_OWN);
                         EXPECT_EQ(value.of.resource.type, &type());
                         representation = value.of.resource.representation;
                       }),
              std::nullopt);
    return representation;
  }

  std::shared_ptr<Store> host = std::make_shared<Store>();
  Linker linker;
};

TEST_F(WitBindgenHost, ResourcesAreObjects) {
  const uint32_t first = makeBucket(), second = makeBucket();
  EXPECT_NE(first, second);
  EXPECT_EQ(host->lastName, "a");
  EXPECT_EQ(host->lastMode, store::Mode::ReadWrite);
  EXPECT_EQ(host->alive, 2);
  type().destroy(first);
  EXPECT_EQ(host->alive, 1);
  EXPECT_EQ(callHost(linker, base + "close", {handle(W2N_COMPONENT_OWN, type(), second)}),
            std::nullopt);
  EXPECT_EQ(host->alive, 0);
  EXPECT_EQ(makeBucket(), second) << "numbers are used again";
}

TEST_F(WitBindgenHost, MethodsTakeAndGiveValues) {
  const uint32_t bucket = makeBucket();
  const Value self = handle(W2N_COMPONENT_BORROW, type(), bucket);
  const std::vector<uint8_t> content = {7, 8, 9};
  int returned = 0;
  const auto call = [&](const char *name, std::vector<Value> arguments,
                        const std::function<void(const Value &)> &check) {
    EXPECT_EQ(callHost(linker, base + name, std::move(arguments),
                       [&](const Value &value) {
                         ++returned;
                         check(value);
                       }),
              std::nullopt);
  };
  call("[method]bucket.set", {self, text("k"), bytes(content)}, [](const Value &value) {
    EXPECT_EQ(value.kind, W2N_COMPONENT_RESULT);
    EXPECT_EQ(value.index, 0u);
  });
  call("[method]bucket.get", {self, text("k")}, [](const Value &value) {
    const Value &option = *value.of.payload;
    ASSERT_EQ(option.kind, W2N_COMPONENT_OPTION);
    ASSERT_EQ(option.of.payload->of.array.count, 3u);
    EXPECT_EQ(static_cast<const uint8_t *>(option.of.payload->of.array.data)[2], 9);
  });
  call("[method]bucket.get", {self, text("io")}, [](const Value &value) {
    EXPECT_EQ(value.index, 1u);
    EXPECT_EQ(value.of.payload->index, 1u);
    EXPECT_EQ(std::string(value.of.payload->of.payload->of.string.data), "disk");
  });
  call("[method]bucket.entries", {self}, [](const Value &value) {
    ASSERT_EQ(value.of.list.count, 1u);
    const Value &entry = value.of.list.items[0];
    ASSERT_EQ(entry.kind, W2N_COMPONENT_RECORD);
    ASSERT_EQ(entry.of.list.count, 4u);
    EXPECT_EQ(entry.of.list.items[3].of.flags, 5u);
  });
  EXPECT_EQ(returned, 4);
}

TEST_F(WitBindgenHost, EveryShapeOfParameter) {
  const Value borrowed = handle(W2N_COMPONENT_BORROW, type(), makeBucket());
  Value u8 = {}, s16 = {}, letter = {}, truth = {};
  u8.kind = W2N_COMPONENT_U8;
  u8.of.u8 = 5;
  s16.kind = W2N_COMPONENT_S16;
  letter.kind = W2N_COMPONENT_CHAR;
  truth.kind = W2N_COMPONENT_BOOL;
  const std::vector<Value> buckets = {borrowed, borrowed}, tuple = {u8, s16, letter, truth},
                           keys = {text("a")}, pair = {text("b"), number(100)},
                           map = {parts(W2N_COMPONENT_TUPLE, pair)}, bools = {truth, truth};
  const std::vector<uint8_t> four = {0, 0, 0, 10};
  const double doubles[] = {1000};
  Value array = {};
  array.kind = W2N_COMPONENT_ARRAY;
  array.element = W2N_COMPONENT_F64;
  array.of.array = {doubles, 1};
  EXPECT_EQ(callHost(linker, base + "sum",
                     {parts(W2N_COMPONENT_LIST, buckets), parts(W2N_COMPONENT_TUPLE, tuple),
                      parts(W2N_COMPONENT_LIST, keys), parts(W2N_COMPONENT_LIST, map), bytes(four),
                      parts(W2N_COMPONENT_LIST, bools), array}),
            std::nullopt);
  EXPECT_EQ(host->lastSum, 2u + 5 + 1 + 100 + 10 + 2 + 1000);
}

TEST_F(WitBindgenHost, WrongValuesAreErrors) {
  const char *const wrong = "local:kv/store@1.0.0#open: the component imports it with another type";
  EXPECT_EQ(callHost(linker, base + "open", {number(1)}), wrong);
  EXPECT_EQ(callHost(linker, base + "open", {}), wrong);
  EXPECT_EQ(callHost(linker, base + "open", {text("trap")}),
            "local:kv/store@1.0.0#open: no such luck");
  EXPECT_EQ(callHost(linker, base + "[constructor]bucket", {text("a"), enumerator(2)}),
            "local:kv/store@1.0.0#[constructor]bucket: the component imports it with another type");
  const Value unknown = handle(W2N_COMPONENT_BORROW, type(), 12345);
  EXPECT_TRUE(callHost(linker, base + "[static]bucket.copy", {unknown}));
  const Value self = handle(W2N_COMPONENT_BORROW, type(), makeBucket());
  EXPECT_EQ(
      callHost(linker, base + "[static]bucket.copy", {self}),
      "local:kv/store@1.0.0#[static]bucket.copy: the host gave a handle without an object, or "
      "an unknown enumerator");
  const w2n_component_resource other;
  EXPECT_TRUE(callHost(linker, base + "close", {handle(W2N_COMPONENT_OWN, other, 0)}));
}

TEST_F(WitBindgenHost, AnInterfaceIsDefinedOnce) {
  auto again = store::define(linker, host);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().text, base + "bucket is defined twice");
}

class Log final : public world::Host {
public:
  void log(std::string_view text, uint8_t) override { last = text; }
  std::string last;
};

TEST_F(WitBindgenHost, FunctionsOfTheWorldHaveNoInterface) {
  auto log = std::make_shared<Log>();
  ASSERT_TRUE(world::define(linker, log));
  Value u8 = {};
  u8.kind = W2N_COMPONENT_U8;
  EXPECT_EQ(callHost(linker, "#log", {text("hello"), u8}), std::nullopt);
  EXPECT_EQ(log->last, "hello");
}

} // namespace

} // namespace w2n::component
