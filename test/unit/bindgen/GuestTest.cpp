// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Callers of exports that wasm2native-bindgen writes for kv.wit.
#include "test/unit/bindgen/FakeRuntime.h"

#include "local_kv_with_plugin.hpp"

#include <gtest/gtest.h>

namespace w2n::component {

namespace {

namespace store = local::kv::store;
namespace plugin = exports::local::kv::plugin;
namespace world = local::kv::with_plugin;

const std::string base = "local:kv/plugin@1.0.0#";

class Bucket final : public store::Bucket {
public:
  std::expected<std::optional<std::vector<uint8_t>>, store::Error> get(std::string_view) override {
    return std::nullopt;
  }
  std::expected<void, store::Error> set(std::string_view, std::span<const uint8_t>) override {
    return {};
  }
  std::vector<store::Entry> entries() override { return {}; }
};

class Store final : public store::Host {
public:
  std::unique_ptr<store::Bucket> makeBucket(std::string_view, store::Mode) override {
    return nullptr;
  }
  std::unique_ptr<store::Bucket> bucketCopy(store::Bucket &) override { return nullptr; }
  std::expected<std::unique_ptr<store::Bucket>, store::Error> open(std::string_view) override {
    return nullptr;
  }
  std::expected<void, Unit> sum(std::vector<std::reference_wrapper<store::Bucket>>,
                                std::tuple<uint8_t, int16_t, char32_t, bool>,
                                std::vector<std::string_view>,
                                std::vector<std::tuple<std::string_view, uint32_t>>,
                                std::array<uint8_t, 4>, std::vector<bool>,
                                std::span<const double>) override {
    return {};
  }
  void close(std::unique_ptr<store::Bucket>) override {}
};

class WitBindgenGuest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_TRUE(store::define(linker, std::make_shared<Store>()));
    auto made = Instance::make(linker, component);
    ASSERT_TRUE(made);
    instance = std::move(*made);
    counter().destroy = [this](uint32_t representation) { dropped.push_back(representation); };
  }
  w2n_component_resource &counter() { return component.get()->resources[base + "counter"]; }

  /// Sets the answer of the guest.
  void answer(const std::string &name, const Value &value) {
    component.get()->functions[name].call = [this, value](std::span<const Value> arguments,
                                                          const Value **result) -> w2n_error * {
      last.assign(arguments.begin(), arguments.end());
      answered = value;
      *result = &answered;
      return nullptr;
    };
  }

  Linker linker;
  Component component{new w2n_component()};
  std::unique_ptr<Instance> instance;
  std::vector<Value> last;
  Value answered;
  std::vector<uint32_t> dropped;
};

TEST_F(WitBindgenGuest, FunctionsOfTheWorld) {
  answer("#run", choice(W2N_COMPONENT_RESULT, 0));
  world::Guest guest(*instance);
  EXPECT_TRUE(guest.check());
  auto outcome = guest.run({"a", "b"});
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->has_value());
  ASSERT_EQ(last.size(), 1u);
  const Value reason = text("why");
  answer("#run", choice(W2N_COMPONENT_RESULT, 1, &reason));
  EXPECT_EQ(guest.run({})->error(), "why");
}

TEST_F(WitBindgenGuest, ErrorsOfCalls) {
  plugin::Guest missing(*instance);
  EXPECT_EQ(missing.makeCounter().error().text,
            base + "[constructor]counter: the component does not export it");
  EXPECT_EQ(missing.check().error().text,
            base + "[constructor]counter: the component does not export it");
  answer("#run", number(1));
  EXPECT_EQ(world::Guest(*instance).run({}).error().text,
            "#run: the component exports it with another type");
  component.get()->functions["#run"].call = [](auto, auto) { return w2n_error_new("trapped"); };
  EXPECT_EQ(world::Guest(*instance).run({}).error().text, "trapped");
}

TEST_F(WitBindgenGuest, ResourcesOfTheGuestAreDropped) {
  answer(base + "[constructor]counter", handle(W2N_COMPONENT_OWN, counter(), 9));
  answer(base + "[method]counter.next", number(3));
  answer(base + "[method]counter.check", Value());
  {
    plugin::Guest guest(*instance);
    auto made = guest.makeCounter();
    ASSERT_TRUE(made);
    EXPECT_EQ(*(*made)->next(2), 3u);
    ASSERT_EQ(last.size(), 2u);
    EXPECT_EQ(last[0].kind, W2N_COMPONENT_BORROW);
    EXPECT_EQ(last[0].of.resource.representation, 9u);
    EXPECT_EQ(last[1].of.u32, 2u);
    EXPECT_TRUE((*made)->check("x"));
  }
  EXPECT_EQ(dropped, std::vector<uint32_t>{9});
}

TEST_F(WitBindgenGuest, OwnHandlesAreGivenAway) {
  answer(base + "[constructor]counter", handle(W2N_COMPONENT_OWN, counter(), 9));
  const std::vector<Value> pair = {handle(W2N_COMPONENT_OWN, counter(), 4), text("t")};
  answer(base + "make", parts(W2N_COMPONENT_TUPLE, pair));
  plugin::Guest guest(*instance);
  auto made = guest.makeCounter();
  ASSERT_TRUE(made);
  const double numbers[] = {1.5, 2.5};
  {
    auto back = guest.make(std::move(*made), numbers, {});
    ASSERT_TRUE(back) << back.error().text;
    EXPECT_EQ(std::get<1>(*back), "t");
    EXPECT_EQ(last[0].kind, W2N_COMPONENT_OWN);
    EXPECT_EQ(last[0].of.resource.representation, 9u);
    EXPECT_EQ(last[1].of.array.count, 2u);
  }
  EXPECT_EQ(dropped, std::vector<uint32_t>{4});
}

TEST_F(WitBindgenGuest, ObjectsOfTheHostAreLent) {
  Value count = number(2);
  answer(base + "fill", choice(W2N_COMPONENT_RESULT, 0, &count));
  plugin::Guest guest(*instance);
  Bucket bucket;
  auto filled = guest.fill(bucket, {.key = "k", .value = {1}, .note = {}, .rights = {}});
  ASSERT_TRUE(filled);
  EXPECT_EQ(**filled, 2u);
  EXPECT_EQ(last[0].kind, W2N_COMPONENT_BORROW);
  EXPECT_EQ(last[0].of.resource.type, &linker.get()->resources["local:kv/store@1.0.0#bucket"]);
}

} // namespace

} // namespace w2n::component
