// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Malformed modules are refused, with the words of the specification's tests first and the offset
// at which reading stopped.
#include "test/unit/wasm/ModuleBuilder.h"

#include <gtest/gtest.h>

namespace w2n::test {
namespace {

using enum SectionId;

const ByteVector emptyType = section(Type, {{0x60, 0x00, 0x00}});
const ByteVector oneFunction = join(emptyType, section(Function, {{0}}));

const char *const sectionNames[] = {"custom", "type",   "import",    "function", "table",
                                    "memory", "global", "export",    "start",    "element",
                                    "code",   "data",   "data count"};

std::string inSection(int id) { return std::string(" (in the ") + sectionNames[id] + " section)"; }

struct Malformed {
  const char *what;
  ByteVector sections;
  uint64_t offset; // header included
  const char *text;
};

/// `suffix` ends the text of every error in a table.
void expectMalformed(const Malformed &each, const ByteVector &bytes,
                     const std::string &suffix = {}) {
  const auto module = wasm::decodeModule(bytes);
  ASSERT_FALSE(module) << each.what;
  EXPECT_EQ(module.error().kind, ErrorKind::Malformed) << each.what;
  EXPECT_EQ(module.error().text, each.text + suffix) << each.what;
  EXPECT_EQ(module.error().offset, each.offset) << each.what;
}

TEST(Decode, RefusesWhatIsNoModule) {
  const Malformed cases[] = {
      {"nothing", {}, 0, "unexpected end: magic header not detected"},
      {"half a magic number", {0, 'a'}, 0, "unexpected end: magic header not detected"},
      {"text", {'(', 'm', 'o', 'd'}, 0, "magic header not detected"},
      {"magic number in capitals", {0, 'A', 'S', 'M', 1, 0, 0, 0}, 0, "magic header not detected"},
      {"no version", {0, 'a', 's', 'm'}, 4, "unexpected end"},
      {"half a version", {0, 'a', 's', 'm', 1, 0}, 4, "unexpected end"},
      {"version 13", {0, 'a', 's', 'm', 13, 0, 0, 0}, 4, "unknown binary version 13"},
      {"a component", {0, 'a', 's', 'm', 13, 0, 1, 0}, 4, "unknown binary version 65549"},
  };
  for (const Malformed &each : cases)
    expectMalformed(each, each.sections);
}

TEST(Decode, RefusesSectionsThatDoNotFit) {
  const char *const repeated =
      "unexpected content after last section: type section is repeated or out of order";
  const Malformed cases[] = {
      {"unknown section", {0x0e, 0x00}, 8, "malformed section id 14"},
      {"unknown section", {0x7f, 0x00}, 8, "malformed section id 127"},
      {"no size", {0x01}, 9, "unexpected end"},
      {"size past the end", {0x01, 0x05, 0x00}, 10, "length out of bounds: 5 bytes wanted, 1 left"},
      {"size too long",
       {0x01, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00},
       14,
       "integer representation too long"},
      {"bytes left", section(Type, ByteVector{0x00, 0x00}), 11,
       "section size mismatch: 1 bytes left in the type section"},
      {"two type sections", join(emptyType, emptyType), 14, repeated},
      {"types after functions", join(section(Function, ByteVector{0}), emptyType), 11, repeated},
      {"data count after code",
       join(section(Code, ByteVector{0}), section(DataCount, ByteVector{0})), 11,
       "unexpected content after last section: data count section is repeated or out of order"},
      {"custom section without a name", section(Custom, ByteVector{}), 10, "unexpected end"},
      {"custom section's name past its end", section(Custom, ByteVector{0x04, 'a'}), 11,
       "length out of bounds: 4 bytes wanted, 1 left"},
      {"custom section's name is no UTF-8", section(Custom, ByteVector{0x02, 0xc3, 0x28}), 13,
       "malformed UTF-8 encoding"},
  };
  for (const Malformed &each : cases)
    expectMalformed(each, join(header, each.sections));
}

TEST(Decode, RefusesCountsThatPromiseMoreThanTheBytesHold) {
  const struct {
    SectionId id;
    const char *things;
  } cases[] = {{Type, "types"},     {Import, "imports"},           {Function, "functions"},
               {Table, "tables"},   {Memory, "memories"},          {Global, "globals"},
               {Export, "exports"}, {Element, "element segments"}, {Data, "data segments"}};
  const std::string unexpectedEnd = "unexpected end of section or function";
  for (const auto &each : cases) {
    const std::string text =
        unexpectedEnd + ": 4294967295 " + each.things + " do not fit in 1 bytes";
    expectMalformed({each.things, {}, 15, text.c_str()},
                    join(header, section(each.id, join(unsignedLeb(UINT32_MAX), 0))),
                    inSection(int(each.id)));
    expectMalformed({each.things, {}, 10, unexpectedEnd.c_str()},
                    join(header, section(each.id, ByteVector{})), inSection(int(each.id)));
  }
}

TEST(Decode, RefusesMalformedEntries) {
  const ByteVector a = name("a"), limitsOf1 = {0x00, 0x01};
  const Malformed cases[] = {
      {"type that is no function", section(Type, {{0x40, 0x00, 0x00}}), 12,
       "malformed definition type 0x40"},
      {"parameters missing", section(Type, {{0x60, 0x02, 0x7f}}), 13,
       "unexpected end of section or function"},
      {"parameter of no type", section(Type, {{0x60, 0x01, 0x40, 0x00}}), 14,
       "malformed value type 0x40"},
      {"result of no type", section(Type, {{0x60, 0x00, 0x01, 0x01}}), 15,
       "malformed value type 0x01"},
      {"import's module is no UTF-8", section(Import, {join(1, 0xff, a, 0, 0)}), 13,
       "malformed UTF-8 encoding"},
      {"import's name is no UTF-8", section(Import, {join(a, 1, 0xff, 0, 0)}), 15,
       "malformed UTF-8 encoding"},
      {"import of no kind", section(Import, {join(a, a, 5, 0)}), 16, "malformed import kind"},
      {"import of half a memory", section(Import, {join(a, a, 2, 1, 1)}), 18,
       "unexpected end of section or function"},
      {"import of a table of numbers", section(Import, {join(a, a, 1, 0x7f, limitsOf1)}), 17,
       "malformed reference type 0x7f"},
      {"import of a global that may be what", section(Import, {join(a, a, 3, 0x7f, 2)}), 18,
       "malformed mutability"},
      {"function's type too large", section(Function, {{0xff, 0xff, 0xff, 0xff, 0x7f}}), 16,
       "integer too large"},
      {"table of numbers", section(Table, {join(0x7f, limitsOf1)}), 12,
       "malformed reference type 0x7f"},
      {"table with unknown limits", section(Table, {{0x70, 0x08, 0x00}}), 13,
       "malformed limits flags"},
      {"shared table", section(Table, {{0x70, 0x03, 0x00, 0x01}}), 15,
       "malformed limits flags: a table cannot be shared"},
      {"table's reserved byte", section(Table, {{0x40, 0x01, 0x70, 0x00, 0x00}}), 13,
       "zero byte expected"},
      {"memory with unknown limits", section(Memory, {{0x10, 0x00}}), 12, "malformed limits flags"},
      {"memory without its maximum", section(Memory, {{0x01, 0x00}}), 13,
       "unexpected end of section or function"},
      {"global of no type", section(Global, {{0x40, 0x00, 0x41, 0x00, 0x0b}}), 12,
       "malformed value type 0x40"},
      {"global that may be what", section(Global, {{0x7f, 0x02, 0x41, 0x00, 0x0b}}), 13,
       "malformed mutability"},
      {"global's expression has no end", section(Global, {{0x7f, 0x00, 0x41, 0x00}}), 15,
       "unexpected end of section or function"},
      {"global's expression is no opcode", section(Global, {{0x7f, 0x00, 0xff, 0x0b}}), 13,
       "illegal opcode ff"},
      {"export's name is no UTF-8", section(Export, {join(1, 0x80, 0, 0)}), 13,
       "malformed UTF-8 encoding"},
      {"export of no kind", section(Export, {join(a, 5, 0)}), 15, "malformed export kind"},
      {"export without index", section(Export, {join(a, 0)}), 14,
       "unexpected end of section or function"},
      {"no start function", section(Start, ByteVector{}), 10,
       "unexpected end of section or function"},
      {"element segment of no kind", section(Element, {{0x08}}), 12,
       "malformed elements segment kind"},
      {"elements of no kind", section(Element, {{0x01, 0x01, 0x00}}), 13, "malformed element kind"},
      {"elements of a number type", section(Element, {{0x05, 0x7f, 0x00}}), 13,
       "malformed reference type 0x7f"},
      {"too many elements", section(Element, {{0x01, 0x00, 0x05, 0x00}}), 14,
       "unexpected end of section or function: 5 elements do not fit in 1 bytes"},
      {"too few elements", section(Element, {{0x01, 0x00, 0x02, 0x80, 0x00}}), 16,
       "unexpected end of section or function"},
      {"data segment of no kind", section(Data, {{0x03}}), 12, "malformed data segment kind"},
      {"data segment past the end", section(Data, {{0x01, 0x05, 'a'}}), 13,
       "length out of bounds: 5 bytes wanted, 1 left"},
      {"data count too large", section(DataCount, ByteVector{0xff, 0xff, 0xff, 0xff, 0x1f}), 15,
       "integer too large"},
  };
  for (const Malformed &each : cases)
    expectMalformed(each, join(header, each.sections), inSection(each.sections[0]));
}

TEST(Decode, RefusesSectionsThatContradictEachOther) {
  const char *const lengths = "function and code section have inconsistent lengths";
  const std::string inCode = lengths + inSection(int(Code));
  const char *const code = inCode.c_str();
  const char *const counts = "data count and data section have inconsistent lengths";
  const ByteVector end = body({}), nothing = {0x01, 0x00};
  const Malformed cases[] = {
      {"functions without code", oneFunction, 18, lengths},
      {"code without functions", section(Code, {end}), 11, code},
      {"one body for two functions", join(section(Function, {{0}, {0}}), section(Code, {end})), 16,
       code},
      {"two bodies for one function", join(section(Function, {{0}}), section(Code, {end, end})), 15,
       code},
      {"bytes after the last body", join(oneFunction, section(Code, join(1, end, 0))), 24,
       "section size mismatch: 1 bytes left in the code section"},
      {"fewer segments than counted", join(section(DataCount, {2}), section(Data, {nothing})), 16,
       counts},
      {"more segments than counted", join(section(DataCount, {0}), section(Data, {nothing})), 16,
       counts},
      {"segments counted, none there", section(DataCount, {1}), 11, counts},
  };
  for (const Malformed &each : cases)
    expectMalformed(each, join(header, each.sections));
}

TEST(Decode, RefusesMalformedBodies) {
  // The body's size is at offset 21.
  const Malformed cases[] = {
      {"no size", {}, 21, "unexpected end of section or function"},
      {"size past the end", {0x05, 0x00, 0x0b}, 22, "length out of bounds: 5 bytes wanted, 2 left"},
      {"empty", {0x00}, 22, "unexpected end of section or function"},
      {"more groups of locals than bytes",
       {0x02, 0x05, 0x0b},
       23,
       "unexpected end of section or function"},
      {"half a group of locals", {0x02, 0x01, 0x01}, 24, "unexpected end of section or function"},
      {"locals of no type", {0x04, 0x01, 0x01, 0x40, 0x0b}, 25, "malformed value type 0x40"},
      {"2^32 locals", sized(join(2, unsignedLeb(UINT32_MAX), 0x7f, 1, 0x7e, 0x0b)), 31,
       "too many locals"},
  };
  for (const Malformed &each : cases)
    expectMalformed(each, join(header, oneFunction, section(Code, join(1, each.sections))),
                    inSection(int(Code)));
}

TEST(Decode, RefusesNumbersThatNoInstructionHas) {
  for (const ByteVector &code : {ByteVector{0xfb, 0x1f}, ByteVector{0xfb, 0x80, 0x01}}) {
    const auto module =
        wasm::decodeModule(join(header, section(Global, {join(0x7f, 0x00, code, 0x0b)})));
    ASSERT_FALSE(module);
    EXPECT_EQ(module.error().kind, ErrorKind::Malformed);
    EXPECT_TRUE(module.error().text.starts_with("illegal opcode fb ")) << module.error().text;
  }
}
} // namespace
} // namespace w2n::test
