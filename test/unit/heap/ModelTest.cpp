// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Random graphs beside a model of them: what is reachable keeps its contents, everything else is
// freed.
#include "test/unit/heap/TestHeap.h"

#include <random>
#include <unordered_map>
#include <unordered_set>

namespace w2n::heap {
namespace {

/// The places of an object's fields that the model writes, by type.
struct Shape {
  TestType type;
  uint32_t fixedReferences; ///< or none, and an array has as many as elements
  bool isArray;
};
constexpr Shape shapes[] = {{Node, 2, false},  {Node, 2, false},   {Node, 2, false},
                            {Mixed, 3, false}, {Wide, 100, false}, {Bytes, 0, true},
                            {Words, 0, true},  {Pointers, 0, true}};

class Model {
public:
  Model(TestHeap &test, uint32_t seed) : test(test), random(seed) {}

  void run(uint32_t steps, uint32_t maxLength, uint32_t checkSteps = 4096) {
    for (uint32_t step = 0; step < steps; ++step) {
      switch (random() % 8) {
      case 0:
        cut();
        break;
      case 1:
        link(pick(), pick());
        break;
      case 2:
        if (roots.size() > 40)
          drop();
        break;
      default:
        create(maxLength);
      }
      if (step % checkSteps == checkSteps - 1)
        check();
    }
    check();
  }

private:
  struct Object {
    Shape shape;
    uint32_t length, stamp;
    std::unordered_map<uint32_t, uint32_t> references; ///< by offset
  };

  uint32_t pick() {
    if (roots.empty())
      return 0;
    // A walk from a root.
    uint32_t object = roots[random() % roots.size()];
    for (unsigned steps = random() % 6; steps > 0; --steps) {
      const auto &references = objects.at(object).references;
      if (references.empty())
        break;
      object =
          std::next(references.begin(), random() % std::min<size_t>(3, references.size()))->second;
    }
    return object;
  }

  void create(uint32_t maxLength) {
    const Shape shape = shapes[random() % std::size(shapes)];
    uint32_t length = 0;
    if (shape.isArray)
      length = random() % (random() % 64 == 0 ? maxLength : 30);
    const uint32_t other = pick();
    const uint32_t object = test.make(shape.type, length);
    ASSERT_NE(object, 0u);
    const uint32_t stamp = uint32_t(random());
    objects[object] = {shape, length, stamp, {}};
    stampOf(object, /*write=*/true);
    roots.push_back(object);
    test.client.roots.push_back(object);
    link(object, other);
    if (roots.size() > 200)
      drop();
  }

  /// Something of the object that is no reference.
  bool stampOf(uint32_t object, bool write) {
    const Object &known = objects[object];
    if (known.shape.type == Mixed)
      return access<uint64_t>(object, 16, known.stamp, write);
    if (known.shape.type == Words || known.shape.type == Bytes) {
      const uint32_t bytes = known.shape.type == Words ? 8 * known.length : known.length;
      for (uint32_t at = 0; at < bytes; at += bytes / 7 + 1)
        if (!access<uint8_t>(object, 8 + at, uint8_t(known.stamp + at), write))
          return false;
    }
    return true;
  }
  template <typename T> bool access(uint32_t object, uint32_t offset, T value, bool write) {
    if (write)
      test.set<T>(object, offset, value);
    return test.get<T>(object, offset) == value;
  }

  void link(uint32_t from, uint32_t to) {
    if (from == 0)
      return;
    Object &object = objects[from];
    const uint32_t count =
        object.shape.type == Pointers ? object.length : object.shape.fixedReferences;
    if (count == 0)
      return;
    const uint32_t field = random() % count;
    if (object.shape.type == Mixed && field == 2) {
      test.set(from, 24, to == 0 ? 0 : artifact::externTag | to);
      setReference(object, 24, to);
      return;
    }
    const uint32_t offset = object.shape.type == Mixed ? (field == 0 ? 12 : 32) : 8 + 4 * field;
    test.set(from, offset, to);
    setReference(object, offset, to);
  }
  static void setReference(Object &object, uint32_t offset, uint32_t to) {
    if (to == 0)
      object.references.erase(offset);
    else
      object.references[offset] = to;
  }
  void cut() {
    const uint32_t object = pick();
    if (object != 0)
      link(object, 0);
  }
  void drop() {
    const size_t index = random() % roots.size();
    roots[index] = roots.back();
    roots.pop_back();
    test.client.roots = roots;
  }

  void check() {
    ASSERT_TRUE(test.heap->collect());
    ASSERT_EQ(test.heap->verify(), "");
    std::unordered_map<uint32_t, Object> reachable;
    std::vector<uint32_t> pending = roots;
    uint64_t bytes = 0;
    while (!pending.empty()) {
      const uint32_t object = pending.back();
      pending.pop_back();
      const auto [entry, isNew] = reachable.try_emplace(object, objects[object]);
      if (!isNew)
        continue;
      ASSERT_EQ(test.get(object, 0), entry->second.shape.type);
      ASSERT_EQ(test.get(object, 4), entry->second.length);
      ASSERT_TRUE(stampOf(object, /*write=*/false));
      bytes += test.heap->objectBytes(object);
      for (const auto &[offset, to] : entry->second.references) {
        ASSERT_EQ(test.get(object, offset), to);
        pending.push_back(to);
      }
    }
    ASSERT_EQ(test.heap->stats().liveBytes, bytes) << "what is not reachable is freed";
    objects = std::move(reachable);
  }

  TestHeap &test;
  std::mt19937 random;
  std::unordered_map<uint32_t, Object> objects;
  std::vector<uint32_t> roots;
};

TEST(HeapModel, GraphsKeepWhatIsReachable) {
  for (uint32_t seed = 0; seed < 4; ++seed) {
    TestHeap test({.minCollectBytes = 1 << 20, .poison = true, .verify = true});
    Model(test, seed).run(100'000, 20'000);
  }
}

TEST(HeapModel, GraphsInAHeapThatIsNearlyFull) {
  TestHeap test({.maxBytes = 1 << 20, .poison = true, .verify = true});
  Model(test, 11).run(100'000, 3000, 50'000);
  EXPECT_GE(test.heap->stats().collections, 6u) << "most because the heap was full";
}

TEST(HeapModel, GraphsCollectedAtEveryAllocation) {
  TestHeap test({.collectAlways = true, .poison = true, .verify = true});
  Model(test, 5).run(3000, 300);
}

} // namespace
} // namespace w2n::heap
