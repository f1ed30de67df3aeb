// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Well-formed modules become the right model.
#include "test/unit/wasm/ModuleBuilder.h"

#include <gtest/gtest.h>

namespace w2n::test {
namespace {

using enum SectionId;
using wasm::SegmentMode, wasm::ValueType;

std::string text(wasm::Bytes bytes) { return {bytes.begin(), bytes.end()}; }
ByteVector vectorFrom(wasm::Bytes bytes) { return {bytes.begin(), bytes.end()}; }

TEST(DecodeModel, AcceptsModulesWithNextToNothing) {
  const ByteVector none = {0x00};
  const ByteVector cases[] = {
      header,
      join(header, section(Type, none), section(Function, none), section(Code, none)),
      join(header, customSection("", {}), customSection("x", {0xff}), customSection("x", {})),
      // Overlong counts and sizes, and one of the two sections that must agree on nothing.
      join(header, ByteVector{0x01, 0x83, 0x00, 0x80, 0x80, 0x00}),
      join(header, section(Code, none)),
      join(header, section(Function, none)),
      join(header, section(DataCount, none)),
      // Custom sections between all others.
      join(header, section(Type, none), customSection("a", {}), section(Function, none),
           customSection("b", {}), section(Code, none), customSection("c", {})),
  };
  for (const ByteVector &bytes : cases) {
    const auto module = load(bytes);
    EXPECT_TRUE(module) << module.error().text;
  }
}

/// The model of fullModule().
class FullModel : public testing::Test {
protected:
  void SetUp() override {
    auto loaded = load(bytes);
    ASSERT_TRUE(loaded) << loaded.error().text;
    module = std::move(*loaded);
  }
  const ByteVector bytes = fullModule();
  wasm::Module module;
};

TEST_F(FullModel, ListsTypesAndImportsInOrder) {
  EXPECT_EQ(module.bytes.data(), bytes.data());
  std::string types;
  for (const wasm::TypeDefinition &type : module.types)
    types += toString(type.function) + "; ";
  EXPECT_EQ(types, "[i32] -> []; [] -> []; [i32] -> [i64]; ");

  std::string imports;
  for (const wasm::Import &import : module.imports)
    imports += std::string(import.module) + "." + std::string(import.name) + " " +
               std::to_string(int(import.kind)) + "/" + std::to_string(import.index) + "; ";
  EXPECT_EQ(imports, "env.log 0/0; env.table 1/0; env.memory 2/0; env.base 3/0; ");
}

TEST_F(FullModel, PutsImportsFirstInTheIndexSpaces) {
  EXPECT_EQ(module.importedFunctions, 1u);
  EXPECT_EQ(module.importedTables, 1u);
  EXPECT_EQ(module.importedMemories, 1u);
  EXPECT_EQ(module.importedGlobals, 1u);
  std::string functions;
  for (size_t i = 0; i < module.functions.size(); ++i)
    functions += toString(module.functionType(uint32_t(i))) + "; ";
  EXPECT_EQ(functions, "[i32] -> []; [i32] -> [i64]; [] -> []; ");
  EXPECT_EQ(module.start, 2u);
}

TEST_F(FullModel, KnowsTheTypesOfTablesMemoriesAndGlobals) {
  ASSERT_EQ(module.tables.size(), 3u);
  EXPECT_EQ(module.tables[0].type.limits.min, 1u);
  EXPECT_FALSE(module.tables[0].type.limits.max);
  EXPECT_EQ(module.tables[1].type.element, ValueType::funcref());
  EXPECT_EQ(module.tables[1].type.limits.min, 4u);
  EXPECT_EQ(module.tables[1].type.limits.max, 8u);
  EXPECT_FALSE(module.tables[1].init);
  EXPECT_EQ(module.tables[2].type.element, ValueType::externref());
  ASSERT_TRUE(module.tables[2].init);
  EXPECT_EQ(vectorFrom(module.tables[2].init->code), (ByteVector{0xd0, 0x6f}));

  ASSERT_EQ(module.memories.size(), 2u);
  EXPECT_EQ(module.memories[0].type.limits.max, 2u);
  EXPECT_EQ(module.memories[1].type.limits.min, 1u);

  ASSERT_EQ(module.globals.size(), 3u);
  EXPECT_EQ(module.globals[0].type, (wasm::GlobalType{ValueType::i32(), false}));
  EXPECT_EQ(module.globals[1].type, (wasm::GlobalType{ValueType::i32(), true}));
  EXPECT_EQ(vectorFrom(module.globals[1].init.code), (ByteVector{0x23, 0x00, 0x41, 0x08, 0x6a}));
  EXPECT_EQ(module.globals[1].init.code.data(), &bytes[module.globals[1].init.offset]);
}

TEST_F(FullModel, FindsTheBodiesOfFunctions) {
  const wasm::Function &imported = module.functions[0], &run = module.functions[1];
  EXPECT_TRUE(imported.code.empty());
  ASSERT_EQ(run.locals.size(), 2u);
  EXPECT_EQ(run.locals[0].count, 2u);
  EXPECT_EQ(run.locals[0].type, ValueType::i32());
  EXPECT_EQ(run.locals[1].count, 1u);
  EXPECT_EQ(run.locals[1].type, ValueType::i64());
  EXPECT_EQ(run.code.data(), &bytes[run.codeOffset]);
  EXPECT_EQ(run.code.front(), 0x20);
  EXPECT_EQ(run.code.back(), 0x0b);
  EXPECT_EQ(vectorFrom(module.functions[2].code), ByteVector{0x0b});
}

TEST_F(FullModel, TellsTheModesOfElementSegments) {
  ASSERT_EQ(module.elements.size(), 4u);
  const auto &elements = module.elements;
  EXPECT_EQ(elements[0].mode, SegmentMode::Active);
  EXPECT_EQ(elements[0].tableIndex, 0u);
  EXPECT_EQ(elements[0].functions, std::vector<uint32_t>{0});
  EXPECT_EQ(elements[1].mode, SegmentMode::Active);
  EXPECT_EQ(elements[1].tableIndex, 1u);
  EXPECT_EQ(vectorFrom(elements[1].offset.code), (ByteVector{0x41, 0x04}));
  EXPECT_EQ(elements[2].mode, SegmentMode::Passive);
  EXPECT_EQ(elements[2].size(), 2u);
  EXPECT_TRUE(elements[2].functions.empty());
  EXPECT_EQ(elements[3].mode, SegmentMode::Declarative);
  EXPECT_EQ(elements[3].type, ValueType::funcref().withNull(false));
}

TEST_F(FullModel, RefersToTheBytesOfDataSegments) {
  ASSERT_EQ(module.data.size(), 3u);
  EXPECT_EQ(module.dataCount, 3u);
  EXPECT_EQ(module.data[0].mode, SegmentMode::Active);
  EXPECT_EQ(text(module.data[0].bytes), "zero");
  EXPECT_EQ(module.data[1].mode, SegmentMode::Passive);
  EXPECT_EQ(text(module.data[1].bytes), "passive");
  EXPECT_EQ(module.data[2].memoryIndex, 1u);
  EXPECT_EQ(text(module.data[2].bytes), "one");
  EXPECT_EQ(module.data[2].bytes.data(), &bytes[module.data[2].byteOffset + 6]);
}

TEST_F(FullModel, DeclaresTheFunctionsThatAreReferredToOutsideOfBodies) {
  // Function 2 only starts the module; that is no reference.
  EXPECT_TRUE(module.functions[0].declared);
  EXPECT_TRUE(module.functions[1].declared);
  EXPECT_FALSE(module.functions[2].declared);
}

TEST(DecodeModel, KeepsSizesOf64Bits) {
  // Whether they are too large is for the validator to say (5.3.10).
  const ByteVector huge = unsignedLeb(UINT64_MAX);
  const ByteVector bytes = join(header, section(Table, {join(0x70, 1, 0, huge)}),
                                section(Memory, {join(1, huge, huge)}));
  const auto module = wasm::decodeModule(bytes);
  ASSERT_TRUE(module) << module.error().text;
  EXPECT_EQ(module->tables[0].type.limits.max, UINT64_MAX);
  EXPECT_EQ(module->memories[0].type.limits.min, UINT64_MAX);
}

} // namespace
} // namespace w2n::test
