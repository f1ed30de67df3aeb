// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The components of artifacts: a world is read as it was written, and damage is an error or another
// world, which is as good as any.
#include "lib/component/World.h"
#include "lib/component/PrintWorld.h"
#include "lib/component/WorldSection.h"
#include "test/unit/component/Sample.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace w2n::component {
namespace {

/// Keeps what the names refer to.
struct Sample {
  std::vector<uint8_t> bytes = test::sampleComponent();
  World world;

  Sample() {
    auto decoded = decodeComponent(bytes);
    world.type = *validateComponent(*decoded, world.types);
    for (const auto &[name, entity, implements] : world.types[world.type].exports)
      if (entity.sort == Sort::Func)
        world.exports.push_back({.name = name, .type = entity.type, .function = 7, .realloc = 0});
    world.handles.push_back({.instance = 1, .lend = 3});
    world.resources.push_back({.number = 2, .handleType = 1, .isHost = true, .name = "r"});
    Concurrency &concurrency = world.concurrency;
    concurrency.services.push_back({.service = Service::StreamRead, .isAsync = true, .buffer = 4});
    concurrency.calls.push_back({.caller = 1, .isAsyncLower = true, .start = 9});
    concurrency.elements.push_back({.bytes = 8, .alignment = 8, .isNumber = true});
    concurrency.buffers.push_back({.instance = 2, .memory = 3});
    concurrency.copies.push_back({.writer = 1, .reader = 2, .function = 5});
    concurrency.instances.push_back({.instance = 6, .add = 7, .context = {8, noIndex}});
  }
};

TEST(World, IsReadAsItWasWritten) {
  const Sample sample;
  const std::vector<uint8_t> bytes = encodeWorld(sample.world);
  const auto world = decodeWorld(bytes);
  ASSERT_TRUE(world) << world.error().text;
  EXPECT_EQ(printWorld(world->types, world->type),
            printWorld(sample.world.types, sample.world.type));
  ASSERT_EQ(world->exports.size(), sample.world.exports.size());
  for (const WorldFunction &function : world->exports) {
    EXPECT_EQ(function.function, 7u);
    EXPECT_EQ(function.realloc, 0u);
    EXPECT_EQ(function.memory, WorldFunction::none);
  }
  EXPECT_EQ(world->handles.at(0).lend, 3u);
  EXPECT_EQ(world->resources.at(0).name, "r");
  const Concurrency &concurrency = world->concurrency;
  EXPECT_EQ(concurrency.services.at(0).service, Service::StreamRead);
  EXPECT_EQ(concurrency.services.at(0).buffer, 4u);
  EXPECT_EQ(concurrency.services.at(0).memory, noIndex);
  EXPECT_TRUE(concurrency.calls.at(0).isAsyncLower);
  EXPECT_EQ(concurrency.calls.at(0).start, 9u);
  EXPECT_EQ(concurrency.elements.at(0).alignment, 8u);
  EXPECT_EQ(concurrency.buffers.at(0).memory, 3u);
  EXPECT_EQ(concurrency.copies.at(0).function, 5u);
  EXPECT_EQ(concurrency.instances.at(0).context[0], 8u);
  EXPECT_EQ(encodeWorld(*world), bytes);
}

TEST(World, DamageIsAnErrorOrAnotherWorld) {
  const std::vector<uint8_t> bytes = encodeWorld(Sample().world);
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decodeWorld(std::span(bytes).first(size))) << size;
  for (size_t at = 0; at < bytes.size(); ++at)
    for (const uint8_t bit : {0x01, 0x02, 0x10, 0x80}) {
      std::vector<uint8_t> damaged = bytes;
      damaged[at] ^= bit;
      const auto world = decodeWorld(damaged);
      EXPECT_TRUE(!world || !printWorld(world->types, world->type).empty());
    }
}

TEST(World, IsFoundInASectionOfAModule) {
  const std::vector<uint8_t> empty = {0, 'a', 's', 'm', 1, 0, 0, 0};
  const std::vector<uint8_t> world = encodeWorld(Sample().world);
  const std::vector<uint8_t> module = withWorld(empty, world);
  EXPECT_TRUE(std::ranges::equal(worldOf(module), world));
  EXPECT_TRUE(worldOf(empty).empty());
  EXPECT_TRUE(worldOf(Sample().bytes).empty());
  for (size_t size = 0; size < module.size(); ++size)
    EXPECT_TRUE(worldOf(std::span(module).first(size)).empty()) << size;
}

} // namespace
} // namespace w2n::component
