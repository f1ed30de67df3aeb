// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The name section gives names and never fails: custom sections cannot make a module malformed.
#include "test/unit/wasm/ModuleBuilder.h"

#include <gtest/gtest.h>

namespace w2n::test {
namespace {

using enum SectionId;

ByteVector subsection(int id, const ByteVector &content) { return join(id, sized(content)); }
ByteVector nameOf(int index, std::string_view text) { return join(index, name(text)); }

/// Two imported functions, then one that is defined.
ByteVector moduleWith(const ByteVector &customSections) {
  const ByteVector imported = {0, 0, 0, 0};
  return join(header, section(Type, {{0x60, 0, 0}}), section(Import, {imported, imported}),
              section(Function, {{0}}), section(Code, {body({})}), customSections);
}

/// The names of the module and its functions, "-" for those that have none.
std::string namesIn(const ByteVector &bytes) {
  const auto module = load(bytes);
  if (!module)
    return module.error().text;
  std::string text(module->name);
  for (const wasm::Function &function : module->functions)
    text += " " + (function.name.empty() ? "-" : std::string(function.name));
  return text;
}

TEST(Names, AreThoseOfModuleAndFunctions) {
  const ByteVector module = subsection(0, name("M")), empty = {0x00};
  const ByteVector functions = subsection(1, vectorOf({nameOf(0, "f"), nameOf(2, "\xc3\xa9")}));
  const struct {
    const char *what;
    ByteVector section;
    const char *names;
  } cases[] = {
      {"nothing", {}, " - - -"},
      {"module alone", module, "M - - -"},
      {"functions alone", functions, " f - \xc3\xa9"},
      {"both", join(module, functions), "M f - \xc3\xa9"},
      {"locals and labels are skipped",
       join(module, subsection(2, {0xff}), subsection(3, {}), functions), "M f - \xc3\xa9"},
      {"no functions", join(module, subsection(1, empty)), "M - - -"},
      {"a name twice", subsection(1, vectorOf({nameOf(0, "f"), nameOf(0, "g")})), " g - -"},
      {"two functions of one name", subsection(1, vectorOf({nameOf(0, "f"), nameOf(1, "f")})),
       " f f -"},
      {"a function that is not there", subsection(1, vectorOf({nameOf(3, "x"), nameOf(1, "g")})),
       " - g -"},
  };
  for (const auto &each : cases)
    EXPECT_EQ(namesIn(moduleWith(customSection("name", each.section))), each.names) << each.what;
}

TEST(Names, EndWhereTheSectionIsMalformed) {
  const ByteVector module = subsection(0, name("M"));
  const struct {
    const char *what;
    ByteVector section;
    const char *names;
  } cases[] = {
      {"no size", {0x00}, " - - -"},
      {"subsection past the end", {0x01, 0x7f, 0x00}, " - - -"},
      {"subsection's size too long", {0x01, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, " - - -"},
      {"module's name past the end", subsection(0, {0x05, 'M'}), " - - -"},
      {"module's name is no UTF-8", subsection(0, {0x01, 0xff}), " - - -"},
      {"more names than there are", join(module, subsection(1, join(9, nameOf(0, "f")))),
       "M f - -"},
      {"four thousand million names", subsection(1, unsignedLeb(UINT32_MAX)), " - - -"},
      {"function's name past the end",
       subsection(1, join(2, nameOf(0, "f"), ByteVector{0x01, 0x7f, 'g'})), " f - -"},
      {"function's name is no UTF-8", subsection(1, {0x01, 0x00, 0x01, 0xc0}), " - - -"},
      {"function's index too large", subsection(1, {0x01, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x00}),
       " - - -"},
  };
  for (const auto &each : cases)
    EXPECT_EQ(namesIn(moduleWith(customSection("name", each.section))), each.names) << each.what;
}

TEST(Names, MayComeBeforeTheFunctions) {
  const ByteVector bytes =
      join(header, customSection("name", subsection(1, vectorOf({nameOf(0, "f")}))),
           section(Type, {{0x60, 0, 0}}), section(Function, {{0}}), section(Code, {body({})}));
  EXPECT_EQ(namesIn(bytes), " f");
}

TEST(Names, ComeFromNoOtherSection) {
  const ByteVector content = subsection(0, name("M"));
  for (const char *other : {"Name", "names", "", "name.x", "producers"})
    EXPECT_EQ(namesIn(moduleWith(customSection(other, content))), " - - -") << other;
}

/// A table, a memory and a global, with names as in `names`.
ByteVector moduleOfOneEach(const ByteVector &names) {
  return join(header, section(Table, {{0x70, 0, 1}}), section(Memory, {{0, 1}}),
              section(Global, {{0x7f, 0, 0x41, 0, 0x0b}}), customSection("name", names));
}

TEST(Names, AreThoseOfTablesMemoriesAndGlobals) {
  const ByteVector bytes = moduleOfOneEach(
      join(subsection(5, vectorOf({nameOf(0, "t"), nameOf(1, "none")})),
           subsection(6, vectorOf({nameOf(0, "m")})), subsection(7, vectorOf({nameOf(0, "g")})),
           subsection(8, vectorOf({nameOf(0, "none")})), subsection(11, {0xff})));
  const auto module = load(bytes);
  ASSERT_TRUE(module) << module.error().text;
  EXPECT_EQ(module->tables[0].name, "t");
  EXPECT_EQ(module->memories[0].name, "m");
  EXPECT_EQ(module->globals[0].name, "g");
}

TEST(Names, ThatAreMalformedKeepThoseBefore) {
  const ByteVector bytes = moduleOfOneEach(join(subsection(5, vectorOf({nameOf(0, "t")})),
                                                subsection(6, join(9, nameOf(0, "m"))),
                                                subsection(7, vectorOf({nameOf(0, "g")}))));
  const auto module = load(bytes);
  ASSERT_TRUE(module) << module.error().text;
  EXPECT_EQ(module->tables[0].name, "t");
  EXPECT_EQ(module->memories[0].name, "m");
  EXPECT_EQ(module->globals[0].name, "");
}

TEST(Names, DescribeFunctionsInMessages) {
  const ByteVector bytes = moduleWith(
      customSection("name", subsection(1, vectorOf({nameOf(0, "f"), nameOf(2, "a b")}))));
  const auto module = load(bytes);
  ASSERT_TRUE(module) << module.error().text;
  EXPECT_EQ(describeFunction(*module, 0), "function 0 ($f)");
  EXPECT_EQ(describeFunction(*module, 1), "function 1");
  EXPECT_EQ(describeFunction(*module, 2), "function 2 ($a b)");
}

} // namespace
} // namespace w2n::test
