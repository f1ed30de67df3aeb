// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The limits of lib/wasm/Limits.h: what reaches one is fine, one more is an error that names it.
// And sizes that only algorithms without squares get through.
#include "lib/wasm/Limits.h"
#include "test/unit/wasm/ModuleBuilder.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

namespace w2n::test {
namespace {

using enum SectionId;
namespace limits = wasm::limits;

const ByteVector emptyType = {0x60, 0x00, 0x00};

/// A section of `count` times `item`.
ByteVector sectionOf(SectionId id, const ByteVector &item, size_t count) {
  return section(id, join(unsignedLeb(count), repeat(item, count)));
}

/// The sections of a module with one function of type 0, whose body, locals included, is `content`.
ByteVector oneFunction(const ByteVector &content, const ByteVector &type = emptyType) {
  return join(section(Type, {type, emptyType}), section(Function, {{0}}),
              section(Code, {sized(content)}));
}

ByteVector types(size_t count) { return sectionOf(Type, emptyType, count); }
ByteVector imports(size_t count) { return sectionOf(Import, {0, 0, 3, 0x7f, 0}, count); }
ByteVector functions(size_t count) {
  return join(section(Type, {emptyType}), sectionOf(Function, {0}, count),
              sectionOf(Code, body({}), count));
}
ByteVector tables(size_t count) { return sectionOf(Table, {0x70, 0, 0}, count); }
ByteVector memories(size_t count) { return sectionOf(Memory, {0, 0}, count); }
ByteVector globals(size_t count) { return sectionOf(Global, {0x7f, 0, 0x41, 0, 0x0b}, count); }
ByteVector exports(size_t count) {
  ByteVector entries = unsignedLeb(count);
  for (size_t i = 0; i < count; ++i)
    append(entries, {3, uint8_t(i & 0x7f), uint8_t(i >> 7 & 0x7f), uint8_t(i >> 14), 2, 0});
  return join(memories(1), section(Export, entries));
}
ByteVector elementSegments(size_t count) { return sectionOf(Element, {1, 0, 0}, count); }
ByteVector segmentElements(size_t count) {
  return join(types(1), section(Import, {{0, 0, 0, 0}}),
              section(Element, join(1, 1, 0, unsignedLeb(count), repeat({0}, count))));
}
ByteVector dataSegments(size_t count) { return sectionOf(Data, {1, 0}, count); }
ByteVector tableElements(size_t count) {
  return section(Table, {join(0x70, 0, unsignedLeb(count))});
}
ByteVector params(size_t count) {
  return section(Type, {join(0x60, unsignedLeb(count), repeat({0x7f}, count), 0)});
}
ByteVector results(size_t count) {
  return section(Type, {join(0x60, 0, unsignedLeb(count), repeat({0x7f}, count))});
}
ByteVector functionBytes(size_t count) {
  return oneFunction(join(0, repeat({0x01}, count - 2), 0x0b));
}
ByteVector locals(size_t count) {
  return oneFunction(join(2, unsignedLeb(count - 1), 0x7f, 1, 0x7e, 0x0b));
}
ByteVector branchTableLabels(size_t count) {
  return oneFunction(join(0, 0x41, 0, 0x0e, unsignedLeb(count), repeat({0}, count + 1), 0x0b));
}

/// The sum counts: all but one of them are defined, one is imported.
ByteVector tablesWithImport(size_t count) {
  return join(section(Import, {{0, 0, 1, 0x70, 0, 0}}), tables(count - 1));
}
ByteVector memoriesWithImport(size_t count) {
  return join(section(Import, {{0, 0, 2, 0, 0}}), memories(count - 1));
}

TEST(Limits, AreReachedButNotExceeded) {
  const struct {
    ByteVector (*make)(size_t);
    size_t limit;
    const char *things;
    bool isTooMuchForATest = false;
  } cases[] = {
      {types, limits::types, "types"},
      {imports, limits::imports, "imports"},
      {functions, limits::functions, "functions"},
      {tables, limits::tables, "tables"},
      {tablesWithImport, limits::tables, "tables"},
      {memories, limits::memories, "memories"},
      {memoriesWithImport, limits::memories, "memories"},
      {globals, limits::globals, "globals"},
      {exports, limits::exports, "exports"},
      {elementSegments, limits::elementSegments, "element segments", true},
      {segmentElements, limits::segmentElements, "elements"},
      {tableElements, limits::tableElements, "elements"},
      {dataSegments, limits::dataSegments, "data segments"},
      {params, limits::params, "parameters"},
      {results, limits::results, "results"},
      {functionBytes, limits::functionBytes, "bytes"},
      {locals, limits::locals, "locals"},
      {branchTableLabels, limits::branchTableLabels, "labels"},
  };
  for (const auto &each : cases) {
    SCOPED_TRACE(each.things);
    if (!each.isTooMuchForATest) {
      const auto module = load(join(header, each.make(each.limit)));
      EXPECT_TRUE(module) << module.error().text;
    }
    const auto module = load(join(header, each.make(each.limit + 1)));
    ASSERT_FALSE(module);
    EXPECT_EQ(module.error().kind, ErrorKind::Limit);
    for (const std::string &part :
         {std::to_string(each.limit + 1), "most is " + std::to_string(each.limit),
          std::string(each.things)})
      EXPECT_NE(module.error().text.find(part), std::string::npos)
          << part << " is not in: " << module.error().text;
  }
}

TEST(Limits, ModulesMayHaveAGibibyte) {
  // Pages that nobody writes to take no memory, and of a custom section only the name is read.
  const size_t max = limits::moduleBytes;
  void *const mapping = mmap(nullptr, max + 1, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(mapping, MAP_FAILED);
  const auto bytes = static_cast<uint8_t *>(mapping);
  const ByteVector start = join(header, 0, unsignedLeb(max - 14));
  ASSERT_EQ(start.size(), 14u);
  std::copy(start.begin(), start.end(), bytes);
  const auto atLimit = wasm::decodeModule({bytes, max});
  EXPECT_TRUE(atLimit) << atLimit.error().text;
  const auto above = wasm::decodeModule({bytes, max + 1});
  ASSERT_FALSE(above);
  EXPECT_EQ(above.error().kind, ErrorKind::Limit);
  EXPECT_EQ(above.error().text, "module is larger than 1 GiB");
  munmap(mapping, max + 1);
}

const ByteVector thousandResults = join(0x60, 0, unsignedLeb(1000), repeat({0x7f}, 1000));

TEST(Limits, OperandsAreAsManyAsABodyHasBytes) {
  // The function calls itself, a thousand operands at a time, after a branch to its end, so that
  // what is there need not be the results.
  auto calls = [](size_t count) {
    return join(header,
                oneFunction(join(0, repeat({0x10, 0}, count), 0x0c, 0, 0x0b), thousandResults));
  };
  const size_t max = limits::operands / 1000;
  const auto atLimit = load(calls(max));
  EXPECT_TRUE(atLimit) << atLimit.error().text;
  const auto above = load(calls(max + 1));
  ASSERT_FALSE(above);
  EXPECT_EQ(above.error().kind, ErrorKind::Limit);
  EXPECT_EQ(above.error().text, "more than 7654321 operands on the stack (function 0)");
}

TEST(Nesting, DependsOnNoStackOfOurs) {
  for (const uint8_t opcode : {0x02, 0x03}) {
    const size_t depth = 2'500'000;
    const auto module = load(join(
        header, oneFunction(join(0, repeat({opcode, 0x40}, depth), repeat({0x0b}, depth), 0x0b))));
    EXPECT_TRUE(module) << module.error().text;
  }
  const size_t depth = 100'000;
  const auto ifs = load(join(header, oneFunction(join(0, repeat({0x41, 0, 0x04, 0x40}, depth),
                                                      repeat({0x05, 0x0b}, depth), 0x0b))));
  EXPECT_TRUE(ifs) << ifs.error().text;
  // The decoder looks for the end of a constant expression whatever is in it.
  const auto constant =
      load(join(header, section(Global, {join(0x7f, 0, repeat({0x02, 0x7f}, depth), 0x41, 0,
                                              repeat({0x0b}, depth), 0x0b)})));
  ASSERT_FALSE(constant);
  EXPECT_EQ(constant.error().text, "constant expression required: block is not constant");
}

TEST(Nesting, DeepBlocksShareTheirTypes) {
  // 8 KB of types for each block would be 800 MB.
  const size_t depth = 100'000;
  const auto module = load(join(header, oneFunction(join(0, 0x00, repeat({0x02, 0}, depth), 0x00,
                                                         repeat({0x0b}, depth), 0x0b),
                                                    thousandResults)));
  EXPECT_TRUE(module) << module.error().text;
}

TEST(Nesting, BranchTablesCostNothingForBlocksThatTheyDoNotName) {
  // A million blocks around a million times br_table: not a million million steps.
  const size_t count = 1'000'000;
  const auto module = load(
      join(header, oneFunction(join(0, repeat({0x02, 0x40}, count), 0x00,
                                    repeat({0x0e, 0, 0}, count), repeat({0x0b}, count), 0x0b))));
  EXPECT_TRUE(module) << module.error().text;
}

TEST(Nesting, LabelsAreCheckedOnceEach) {
  // 65,520 labels of a thousand operands each, in unreachable code, a hundred times.
  const ByteVector table = join(0x0e, unsignedLeb(limits::branchTableLabels),
                                repeat({0}, limits::branchTableLabels + 1));
  const auto module =
      load(join(header, oneFunction(join(0, 0x00, repeat(table, 100), 0x0b), thousandResults)));
  EXPECT_TRUE(module) << module.error().text;
}

TEST(Nesting, ManyOperandsAndManySmallThingsStayLinear) {
  const size_t count = 1'000'000;
  const auto module = load(join(header, oneFunction(join(0, repeat({0x41, 0}, count),
                                                         repeat({0x6a}, count - 1), 0x1a, 0x0b))));
  EXPECT_TRUE(module) << module.error().text;
  const ByteVector groups = join(unsignedLeb(count), repeat({0, 0x7f}, count));
  const auto emptyGroups = load(join(header, oneFunction(join(groups, 0x0b))));
  EXPECT_TRUE(emptyGroups) << emptyGroups.error().text;
}

} // namespace
} // namespace w2n::test
