// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Encoded modules decode to those that they were encoded from.
#include "lib/wasm/EncodeModule.h"
#include "test/unit/wasm/ModuleBuilder.h"

#include "lib/support/ByteReader.h"
#include "lib/support/File.h"

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

namespace w2n::test {
namespace {

std::string text(wasm::Bytes bytes) { return {bytes.begin(), bytes.end()}; }
std::string text(const wasm::Limits &limits) {
  return std::to_string(limits.min) + "-" + (limits.max ? std::to_string(*limits.max) : "") +
         (limits.is64 ? " is64" : "") + (limits.shared ? " shared" : "");
}

/// Every field of the model that is encoded, but for offsets; one line for each item.
std::vector<std::string> describe(const wasm::Module &module) {
  std::vector<std::string> lines;
  auto add = [&lines](auto... parts) {
    std::string line;
    ((line += parts, line += '|'), ...);
    lines.push_back(line);
  };
  for (const wasm::Function &function : module.functions)
    add("function", std::to_string(function.typeIndex), text(function.code), function.name);
  for (const wasm::Table &table : module.tables)
    add("table", toString(table.type.element), text(table.type.limits),
        table.init ? text(table.init->code) : "none", table.name);
  for (const wasm::Memory &memory : module.memories)
    add("memory", text(memory.type.limits), std::to_string(memory.type.pageSizeLog2), memory.name);
  for (const wasm::Global &global : module.globals)
    add("global", toString(global.type.type), std::to_string(global.type.isMutable),
        text(global.init.code), global.name);
  for (const wasm::Export &exported : module.exports)
    add("export", exported.name, std::to_string(int(exported.kind)),
        std::to_string(exported.index));
  for (const wasm::ElementSegment &segment : module.elements) {
    add("elements", std::to_string(int(segment.mode)), std::to_string(segment.tableIndex),
        text(segment.offset.code), toString(segment.type), segment.name);
    for (uint32_t function : segment.functions)
      add("element", std::to_string(function));
    for (const wasm::ConstExpr &expression : segment.expressions)
      add("element", text(expression.code));
  }
  for (const wasm::DataSegment &segment : module.data)
    add("data", std::to_string(int(segment.mode)), std::to_string(segment.memoryIndex),
        text(segment.offset.code), text(segment.bytes), segment.name);
  add("counts", std::to_string(module.types.size()), std::to_string(module.imports.size()),
      std::to_string(module.tags.size()), std::to_string(module.branchHints.size()));
  add("start", module.start ? std::to_string(*module.start) : "none");
  add("data count", module.dataCount ? std::to_string(*module.dataCount) : "none");
  add("name", module.name);
  return lines;
}

/// Names of custom sections, and ids of others, in order.
std::vector<std::string> sectionsOf(const ByteVector &bytes) {
  std::vector<std::string> sections;
  ByteReader reader(wasm::Bytes(bytes).subspan(8));
  while (!reader.atEnd()) {
    const uint8_t id = *reader.readByte();
    const auto content = *reader.readBytes(*reader.readU32());
    sections.push_back(id == 0 ? std::string(*ByteReader(content).readName()) : std::to_string(id));
  }
  return sections;
}

void expectRoundTrip(const ByteVector &bytes) {
  auto module = load(bytes);
  ASSERT_TRUE(module) << module.error().text;
  const ByteVector encoded = wasm::encodeModule(*module);
  auto again = load(encoded);
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_EQ(describe(*again), describe(*module));
  EXPECT_EQ(wasm::encodeModule(*again), encoded);
}

TEST(EncodeModule, KeepsEverything) {
  expectRoundTrip(fullModule());
  EXPECT_EQ(sectionsOf(wasm::encodeModule(*load(fullModule()))), sectionsOf(fullModule()));
}

TEST(EncodeModule, KeepsEveryFormOfElementSegments) {
  using enum SectionId;
  const ByteVector zero = {0x41, 0x00, 0x0b}, refFunc = {0xd2, 0x00, 0x0b};
  const ByteVector table = {0x70, 0x00, 0x02}, nonNull = {0x64, 0x70};
  expectRoundTrip(
      join(header, section(Type, {{0x60, 0x00, 0x00}}), section(Function, {{0}}),
           section(Table, {table, table, join(0x40, 0, nonNull, 0, 1, refFunc)}),
           section(Element,
                   {join(0, zero, vectorOf({{0}})), join(1, 0, vectorOf({{0}})),
                    join(2, 1, zero, 0, vectorOf({{0}})), join(3, 0, vectorOf({{0}})),
                    join(4, zero, vectorOf({refFunc})), join(5, 0x70, vectorOf({refFunc})),
                    join(6, 1, zero, 0x70, vectorOf({refFunc})), join(7, 0x70, vectorOf({refFunc})),
                    // Without elements the type is all that there is; with one that is not implied.
                    join(4, zero, vectorOf({})), join(0, zero, vectorOf({})),
                    join(6, 0, zero, nonNull, vectorOf({refFunc})),
                    join(6, 2, zero, nonNull, vectorOf({refFunc})), join(5, 0x6f, vectorOf({}))}),
           section(Code, {body({})})));
}

TEST(EncodeModule, KeepsEveryFormOfLimits) {
  using enum SectionId;
  expectRoundTrip(join(header, section(Memory, {{0x00, 0x01},
                                                {0x01, 0x01, 0x02},
                                                {0x03, 0x01, 0x02},
                                                {0x04, 0x01},
                                                {0x05, 0x01, 0x80, 0x80, 0x04},
                                                {0x08, 0x80, 0x40, 0x00},
                                                {0x09, 0x01, 0x02, 0x00}})));
}

// The valid modules of the official suite, if there is one.
TEST(EncodeModuleSuite, KeepsEveryModule) {
  const char *folder = std::getenv("WASM_SPEC_DIR");
  if (!folder)
    GTEST_SKIP() << "WASM_SPEC_DIR does not name the suite";
  size_t count = 0;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".wasm")
      continue;
    const auto bytes = readFile(entry.path());
    ASSERT_TRUE(bytes);
    if (!load(*bytes))
      continue;
    SCOPED_TRACE(entry.path());
    expectRoundTrip(*bytes);
    ++count;
  }
  EXPECT_GT(count, 1000u);
}

} // namespace
} // namespace w2n::test
