// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/unit/wit/Sample.h"

#include <gtest/gtest.h>

namespace w2n::wit {

namespace {

struct Mistake {
  const char *text, *error;
};

std::string errorOf(const std::string &text) {
  auto packages = parsePackages("a.wit", text);
  return packages ? "no error" : packages.error().text;
}

} // namespace

TEST(WitParser, MistakesAreNamedWithTheirPlace) {
  static constexpr Mistake mistakes[] = {
      {"package a:b\ninterface i {}", "a.wit:2:1: expected ';', found the keyword 'interface'"},
      {"package a;", "a.wit:1:10: expected ':' after the namespace of a package name, found ';'"},
      {"interfac i {}", "a.wit:1:1: expected 'interface', 'world', 'use' or 'package', found "
                        "'interfac'; did you mean 'interface'?"},
      {"package a:b; interface type {}",
       "a.wit:1:24: expected the name of an interface, found the keyword 'type'; '%type' is an "
       "identifier"},
      {"package a:b; interface i { f: func(x: u8 }", "a.wit:1:42: expected ',', found '}'"},
      {"package a:b; interface i { Aa: func(); }",
       "a.wit:1:28: 'Aa' is no identifier: words of letters and digits joined by hyphens, each in "
       "lower or in upper case, the first beginning with a letter"},
      {"package a:b; interface i { record r {} }", "a.wit:1:38: expected a name, found '}'"},
      {"package a:b; interface i { f: func(x: list); }",
       "a.wit:1:43: expected '<' after 'list', found ')'"},
      {"package a:b; interface i { type t = list<u8, 0>; }",
       "a.wit:1:46: the length of a list is from 1 to 4294967295, without leading zeros"},
      {"package a:b; interface i { type t = map<f32, u8>; }",
       "a.wit:1:41: the keys of a map are integers, characters, bools or strings"},
      {"package a:b@1.0;", "a.wit:1:13: no semantic version: unexpected end of input while parsing "
                           "version number after minor version number"},
      {"package a:b@1.0.0; @since(version = 1.0.0) @unstable(feature = f) interface i {}",
       "a.wit:1:64: an item has either @since or @unstable"},
      {"package a:b; @sinc(version = 1.0.0) interface i {}",
       "a.wit:1:15: expected 'since', 'unstable', 'deprecated' or 'external-id', found 'sinc'; did "
       "you mean 'since'?"},
      {"package a:b; world w { import c:d; }",
       "a.wit:1:31: 'c:d' is a package; an interface of it is 'c:d/NAME'"},
      {"package a:b; /* /* */", "a.wit:1:14: the comment has no end"},
      {"package a:b; interface i { @external-id(\"\\q\") f: func(); }",
       "a.wit:1:42: unknown escape in a string"},
      {"package a:b; \xe2\x80\xae", "a.wit:1:14: a bidirectional override is not allowed"},
      {"package a:b; \x01", "a.wit:1:14: a control character is not allowed"},
      {"package a:b; \xff", "a.wit:1:14: the text is not UTF-8"},
      {"package a:b; \xc3\xa4", "a.wit:1:14: unexpected character outside of ASCII"},
      {"interface i {} package a:b;",
       "a.wit:1:24: the name of the file's package must be its first item"},
      {"interface i {}",
       "a.wit:1:11: the package has no name; 'package NAMESPACE:NAME;' gives it one"},
      {"package a:b { package c:d {} }",
       "a.wit:1:15: packages cannot be nested in nested packages"},
  };
  for (const Mistake &mistake : mistakes)
    EXPECT_EQ(errorOf(mistake.text), mistake.error) << mistake.text;
}

TEST(WitParser, ErrorsShowTheLine) {
  auto packages = parsePackages("a.wit", "package a:b;\n\tinterfac i {}\n");
  ASSERT_FALSE(packages);
  EXPECT_EQ(packages.error().notes, "   interfac i {}\n   ^\n");
}

TEST(WitParser, AColonThatTouchesBothSidesIsPartOfAPath) {
  auto packages = parsePackages("a.wit", "package a:b; interface c { type t = u8; }"
                                         "world w { import a: c; import a:b/c; import x :c;"
                                         " import f:func(); export g: async func(); }");
  ASSERT_TRUE(packages) << packages.error().text;
  const World &world = worldOf(*packages, "w");
  ASSERT_EQ(world.imports.size(), 4u);
  EXPECT_EQ(world.imports[0].name, "a");
  EXPECT_EQ(world.imports[1].name, "a:b/c");
  EXPECT_EQ(world.imports[2].name, "x");
  EXPECT_TRUE(world.imports[3].function);
  EXPECT_TRUE(world.exports[0].function->isAsync);
}

TEST(WitParser, NestedNamespacesAndPackages) {
  auto packages = parsePackages("a.wit", "package a:b:c/d@1.0.0; interface i { use x:y:z/p/q.{t}; }"
                                         "package x:y:z/p { interface q { type t = u8; } }");
  ASSERT_TRUE(packages) << packages.error().text;
  EXPECT_EQ(interfaceOf(*packages, "i").externName(), "a:b:c/d/i@1.0.0");
}

} // namespace w2n::wit
