// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Modules that begin with a given state. The spec runner (--preinit) shows that they behave as the
// instance did; here is what they look like.
#include "lib/wasm/EntryGuard.h"
#include "lib/wasm/Snapshot.h"
#include "test/unit/wasm/ModuleBuilder.h"

#include <gtest/gtest.h>

namespace w2n::test {
namespace {

using enum SectionId;
using wasm::SegmentMode, wasm::Snapshot;

const ByteVector zero = {0x41, 0x00, 0x0b}, oneVoidType = {0x60, 0x00, 0x00};

/// `bytes` with a snapshot of it; `baked` refers to bytes that live as long as this.
struct Baked {
  ByteVector bytes;
  wasm::Module module;
};

/// Decodes, bakes and decodes again. Fails the test and gives an empty module if that fails.
Baked bake(const ByteVector &bytes, const Snapshot &snapshot,
           std::vector<wasm::ExportChange> exports = {}) {
  auto module = load(bytes);
  if (!module) {
    ADD_FAILURE() << module.error().text;
    return {};
  }
  auto baked = wasm::bakeSnapshot(std::move(*module), snapshot, exports);
  if (!baked) {
    ADD_FAILURE() << baked.error().text;
    return {};
  }
  Baked result{std::move(*baked), {}};
  auto again = load(result.bytes);
  EXPECT_TRUE(again) << again.error().text;
  if (again)
    result.module = std::move(*again);
  return result;
}

ByteVector vectorFrom(wasm::Bytes bytes) { return {bytes.begin(), bytes.end()}; }

TEST(BakeSnapshot, MemoryBecomesItsRunsOfNonzeroBytes) {
  ByteVector memory(2 * 65536);
  memory[0] = 1;
  memory[10] = 2;   // near enough to be in the same segment
  memory[5000] = 3; // alone on its page
  memory[8191] = 4; // a run
  memory[8192] = 5; // over the end of a page
  memory[131071] = 6;
  const ByteVector bytes = join(header, section(Memory, {{0x01, 0x01, 0x02}}),
                                section(Data, {join(0, zero, name("x"))}));
  const Baked baked = bake(bytes, {.memories = {memory}});
  const wasm::Module &module = baked.module;
  ASSERT_EQ(module.data.size(), 4u);
  EXPECT_EQ(module.memories[0].type.limits.min, 2u);
  EXPECT_EQ(vectorFrom(module.data[0].bytes), ByteVector({1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}));
  EXPECT_EQ(vectorFrom(module.data[1].bytes), ByteVector({3}));
  EXPECT_EQ(vectorFrom(module.data[2].bytes), ByteVector({4, 5}));
  EXPECT_EQ(vectorFrom(module.data[2].offset.code), join(0x41, signedLeb(8191)));
  EXPECT_EQ(vectorFrom(module.data[3].offset.code), join(0x41, signedLeb(131071)));
}

TEST(BakeSnapshot, AMemoryOfManyRunsStillFits) {
  // Two runs in 64 bytes, more than there may be segments.
  ByteVector memory(64 * 65536);
  for (size_t i = 0; i < memory.size(); i += 32)
    memory[i] = 1;
  const Baked baked = bake(join(header, section(Memory, {{0x00, 0x40}})), {.memories = {memory}});
  ASSERT_EQ(baked.module.data.size(), 1u);
  EXPECT_EQ(baked.module.data[0].bytes.size(), memory.size() - 31);
}

TEST(BakeSnapshot, GlobalsThatCanChangeGetTheirValues) {
  const ByteVector v128 = join(0xfd, 0x0c, repeat({0}, 16), 0x0b);
  const ByteVector bytes =
      join(header, section(Type, {oneVoidType}), section(Function, {{0}}),
           section(Global, {join(0x7f, 1, zero), join(0x7f, 0, zero), join(0x7b, 1, v128),
                            join(0x70, 1, ByteVector{0xd0, 0x70, 0x0b}),
                            join(0x7d, 1, ByteVector{0x43, 0, 0, 0, 0, 0x0b})}),
           section(Code, {body({})}));
  const Baked baked =
      bake(bytes, {.globals = {{{0xffffffff}}, {{7}}, {{1, 2}}, {.function = 0}, {{0x7fa00000}}}});
  const auto &globals = baked.module.globals;
  EXPECT_EQ(vectorFrom(globals[0].init.code), ByteVector({0x41, 0x7f}));
  EXPECT_EQ(vectorFrom(globals[1].init.code), ByteVector({0x41, 0x00}));
  EXPECT_EQ(vectorFrom(globals[2].init.code),
            join(0xfd, 0x0c, 1, repeat({0}, 7), 2, repeat({0}, 7)));
  EXPECT_EQ(vectorFrom(globals[3].init.code), ByteVector({0xd2, 0x00}));
  EXPECT_EQ(vectorFrom(globals[4].init.code), ByteVector({0x43, 0x00, 0x00, 0xa0, 0x7f}));
}

/// A module with a table of two, an active and a passive segment of function 0; function 0 has
/// `code`.
ByteVector tableModule(const ByteVector &code) {
  return join(header, section(Type, {oneVoidType}), section(Function, {{0}}),
              section(Table, {{0x70, 0x00, 0x02}}),
              section(Element, {join(0, zero, vectorOf({{0}})), join(1, 0, vectorOf({{0}}))}),
              section(Code, {body(code)}));
}

TEST(BakeSnapshot, ATableThatNobodyWritesToStaysAsItIs) {
  const Baked baked = bake(tableModule({}), {.tables = {{{Snapshot::null, Snapshot::null}}},
                                             .droppedElements = {true, false}});
  ASSERT_EQ(baked.module.elements.size(), 2u);
  EXPECT_EQ(baked.module.elements[0].mode, SegmentMode::Active);
  EXPECT_EQ(baked.module.elements[1].mode, SegmentMode::Passive);
}

TEST(BakeSnapshot, ATableThatIsWrittenToGetsItsElements) {
  const ByteVector setNull = {0x41, 0x00, 0xd0, 0x70, 0x26, 0x00};
  const Baked baked =
      bake(tableModule(setNull), {.tables = {{{Snapshot::null, 0, 0, Snapshot::null, 0}}},
                                  .droppedElements = {true, true}});
  const auto &elements = baked.module.elements;
  ASSERT_EQ(elements.size(), 4u);
  EXPECT_EQ(baked.module.tables[0].type.limits.min, 5u);
  EXPECT_EQ(elements[0].mode, SegmentMode::Declarative);
  EXPECT_EQ(elements[1].mode, SegmentMode::Declarative);
  EXPECT_EQ(vectorFrom(elements[2].offset.code), ByteVector({0x41, 0x01}));
  EXPECT_EQ(elements[2].functions, std::vector<uint32_t>({0, 0}));
  EXPECT_EQ(vectorFrom(elements[3].offset.code), ByteVector({0x41, 0x04}));
}

TEST(BakeSnapshot, ATableWithAnInitialValueSaysWhatEveryElementIs) {
  const ByteVector refFunc = {0xd2, 0x00, 0x0b}, setNull = {0x41, 0x00, 0xd0, 0x70, 0x26, 0x00};
  const ByteVector bytes =
      join(header, section(Type, {oneVoidType}), section(Function, {{0}}),
           section(Table, {join(0x40, 0, 0x70, 0, 3, refFunc)}), section(Code, {body(setNull)}));
  const Baked baked = bake(bytes, {.tables = {{{Snapshot::null, 0, 0}}}});
  const auto &elements = baked.module.elements;
  ASSERT_EQ(elements.size(), 1u);
  ASSERT_EQ(elements[0].expressions.size(), 3u);
  EXPECT_EQ(vectorFrom(elements[0].expressions[0].code), ByteVector({0xd0, 0x70}));
  EXPECT_EQ(vectorFrom(elements[0].expressions[2].code), ByteVector({0xd2, 0x00}));
}

TEST(BakeSnapshot, SegmentsThatCodeNamesKeepTheirIndices) {
  const ByteVector dropOne = {0xfc, 0x09, 0x01};
  const ByteVector bytes = join(header, section(Type, {oneVoidType}), section(Function, {{0}}),
                                section(Memory, {{0x00, 0x01}}), section(DataCount, unsignedLeb(3)),
                                section(Code, {body(dropOne)}),
                                section(Data, {join(0, zero, name("active")), join(1, name("kept")),
                                               join(1, name("dropped"))}));
  ByteVector memory(65536);
  memory[0] = 1;
  const Baked baked = bake(bytes, {.memories = {memory}, .droppedData = {true, false, true}});
  const auto &data = baked.module.data;
  ASSERT_EQ(data.size(), 4u);
  EXPECT_EQ(data[0].bytes.size(), 0u);
  EXPECT_EQ(data[1].bytes.size(), 4u);
  EXPECT_EQ(data[1].mode, SegmentMode::Passive);
  EXPECT_EQ(data[2].bytes.size(), 0u);
  EXPECT_EQ(data[3].mode, SegmentMode::Active);
}

TEST(BakeSnapshot, WhatCodeRefersToStaysDeclared) {
  // ref.func 1 in function 0, which nothing but a global and an export declares.
  const ByteVector bytes =
      join(header, section(Type, {oneVoidType}), section(Function, {{0}, {0}, {0}}),
           section(Global, {join(0x70, 1, ByteVector{0xd2, 0x01, 0x0b})}),
           section(Export, {join(name("init"), 0, 2), join(name("run"), 0, 0)}),
           section(Code, {body({0xd2, 0x01, 0x1a, 0xd2, 0x02, 0x1a}), body({}), body({})}));
  const Baked baked = bake(bytes, {.globals = {{}}}, {{"init", ""}});
  ASSERT_EQ(baked.module.elements.size(), 1u);
  EXPECT_EQ(baked.module.elements[0].functions, std::vector<uint32_t>({1, 2}));
  ASSERT_EQ(baked.module.exports.size(), 1u);
}

TEST(BakeSnapshot, AnExportTakesThePlaceOfAnother) {
  const ByteVector bytes =
      join(header, section(Type, {oneVoidType}), section(Function, {{0}, {0}}),
           section(Export, {join(name("_start"), 0, 0), join(name("resume"), 0, 1)}),
           section(Start, unsignedLeb(0)), section(Code, {body({}), body({})}));
  const Baked baked = bake(bytes, {}, {{"resume", "_start"}});
  ASSERT_EQ(baked.module.exports.size(), 1u);
  EXPECT_EQ(baked.module.exports[0].name, "_start");
  EXPECT_EQ(baked.module.exports[0].index, 1u);
  EXPECT_FALSE(baked.module.start);
}

TEST(BakeSnapshot, NamesOfDataSegmentsGoWithThem) {
  const ByteVector dataNames = sized(vectorOf({join(0, name(".data"))}));
  const ByteVector bytes =
      join(header, section(Memory, {{0x00, 0x01}}), section(Data, {join(0, zero, name("x"))}),
           customSection("name", join(0, sized(name("m")), 9, dataNames)));
  ByteVector memory(65536);
  memory[100] = 1;
  const Baked baked = bake(bytes, {.memories = {memory}});
  ASSERT_EQ(baked.module.data.size(), 1u);
  EXPECT_EQ(baked.module.data[0].name, "");
  EXPECT_EQ(baked.module.name, "m");
}

TEST(EntryGuard, FindsConstantStoresBeforeTheFirstCall) {
  const ByteVector store = {0x41, 0x10, 0x41, 0x01, 0x36, 0x02, 0x04};     // i32, 16 + 4
  const ByteVector storeByte = {0x41, 0x7f, 0x42, 0x01, 0x3c, 0x00, 0x00}; // at 2^32 - 1
  const ByteVector computed = {0x41, 0x00, 0x28, 0x02, 0x00, 0x41, 0x01, 0x36, 0x02, 0x00};
  const ByteVector bytes =
      join(header, section(Type, {oneVoidType}), section(Function, {{0}, {0}}),
           section(Memory, {{0x00, 0x01}}),
           section(Code, {body(join(computed, store, storeByte, 0x10, 0x01, store)), body({})}));
  const auto module = load(bytes);
  ASSERT_TRUE(module) << module.error().text;
  const auto stores = wasm::storesBeforeFirstCall(*module, 0);
  ASSERT_EQ(stores.size(), 2u);
  EXPECT_EQ(stores[0].address, 20u);
  EXPECT_EQ(stores[0].bytes, 4u);
  EXPECT_EQ(stores[1].address, 0xffffffffu);
  EXPECT_EQ(stores[1].bytes, 1u);
}

} // namespace
} // namespace w2n::test
