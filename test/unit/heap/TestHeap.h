// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A heap with some types, and roots that tests set.
#pragma once

#include "runtime/heap/Heap.h"

#include <cstring>
#include <gtest/gtest.h>
#include <vector>

namespace w2n::heap {

struct TestClient : HeapClient {
  void visitRoots(RootVisitor &visitor) override {
    for (uint32_t root : roots)
      visitor.reference(root);
    for (uint64_t value : externals)
      visitor.external(value);
    visitor.conservative(words);
  }
  bool isInterrupted() override { return polls++ >= interruptAt; }

  std::vector<uint32_t> roots;
  std::vector<uint64_t> externals, words;
  uint64_t polls = 0, interruptAt = UINT64_MAX;
};

/// The types of all tests, by number.
enum TestType : uint32_t {
  Node = 1,  ///< two references
  Mixed,     ///< i8, reference, i64, externref, reference
  Wide,      ///< 100 references, more than the descriptor's bits
  Bytes,     ///< array of i8
  Words,     ///< array of i64
  Vectors,   ///< array of v128
  Pointers,  ///< array of references
  Externals, ///< array of externref
};

class TestHeap {
public:
  explicit TestHeap(const HeapOptions &options = {}) {
    types = std::move(HeapTypes::create(1000)).value();
    constexpr Field reference = {4, FieldKind::Reference}, external = {8, FieldKind::Extern};
    const Field node[] = {reference, reference};
    const Field mixed[] = {
        {1, FieldKind::Plain}, reference, {8, FieldKind::Plain}, external, reference};
    define(Node, node);
    define(Mixed, mixed);
    define(Wide, std::vector<Field>(100, reference));
    defineArray(Bytes, {1, FieldKind::Plain});
    defineArray(Words, {8, FieldKind::Plain});
    defineArray(Vectors, {16, FieldKind::Plain});
    defineArray(Pointers, reference);
    defineArray(Externals, external);
    heap = std::move(Heap::create(*types, client, options)).value();
  }

  /// As compiled code does it.
  uint32_t make(uint32_t type, uint32_t length = 0) {
    artifact::HeapRecord &record = heap->record();
    const TypeDescriptor &descriptor = types->descriptor(type);
    const uint64_t bytes = descriptor.kind == ObjectKind::Struct
                               ? descriptor.bytes
                               : artifact::arrayBytes(length, descriptor.elementLog2);
    const uint64_t next = record.cursor + bytes;
    if (next > record.limit) {
      auto made = heap->allocate(type, length);
      return made.value_or(0);
    }
    const auto reference = uint32_t(record.cursor);
    const artifact::ObjectHeader header = {type, length};
    std::memcpy(record.base + reference, &header, sizeof header);
    record.cursor = next;
    return reference;
  }
  template <typename T = uint32_t> T get(uint32_t object, uint32_t offset) const {
    T value;
    std::memcpy(&value, heap->record().base + object + offset, sizeof value);
    return value;
  }
  template <typename T = uint32_t> void set(uint32_t object, uint32_t offset, T value) {
    std::memcpy(heap->record().base + object + offset, &value, sizeof value);
  }
  /// The offsets of the two references of a Node.
  static constexpr uint32_t left = 8, right = 12;

  std::unique_ptr<HeapTypes> types;
  TestClient client;
  std::unique_ptr<Heap> heap;

private:
  void define(uint32_t number, std::span<const Field> fields) {
    const uint32_t display[] = {number};
    ASSERT_TRUE(types->defineStruct(number, fields, display));
  }
  void defineArray(uint32_t number, Field element) {
    const uint32_t display[] = {number};
    ASSERT_TRUE(types->defineArray(number, element, display));
  }
};

} // namespace w2n::heap
