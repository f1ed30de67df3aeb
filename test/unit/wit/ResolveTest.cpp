// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/unit/wit/Sample.h"

#include <gtest/gtest.h>

namespace w2n::wit {

namespace {

struct Mistake {
  const char *text, *error;
};

/// The error for which a text in package a:b is refused.
std::string errorOf(const std::string &text) {
  auto packages = parsePackages("a.wit", "package a:b@1.0.0;\n" + text);
  return packages ? "no error" : packages.error().text;
}

std::string namesOf(const std::vector<WorldExtern> &items) {
  std::string names;
  for (const WorldExtern &item : items)
    names += (names.empty() ? "" : " ") + item.name;
  return names;
}

/// "imports > exports" of the world w.
std::string worldOf(const std::string &text) {
  auto packages = parsePackages("a.wit", "package a:b;\n" + text);
  if (!packages)
    return packages.error().text;
  const World &world = worldOf(*packages, "w");
  return namesOf(world.imports) + " > " + namesOf(world.exports);
}

} // namespace

TEST(WitResolve, MistakesAreNamedWithTheirPlace) {
  static constexpr Mistake mistakes[] = {
      {"interface i { type t = pont; record point { x: u8 } }",
       "a.wit:2:24: type 'pont' is not defined; did you mean 'point'?"},
      {"interface i { type t = t; }", "a.wit:2:24: type 't' refers to itself"},
      {"interface i { record r { a: list<s> } record s { a: r } }",
       "a.wit:2:53: type 'r' refers to itself"},
      {"interface i { type t = u8; T: func(); }",
       "a.wit:2:28: 'T' is defined twice in interface 'i'; the first is at a.wit:2:20"},
      {"interface i { record r { a: u8, A: u8 } }",
       "a.wit:2:33: 'A' is defined twice in type 'r'; the first is at a.wit:2:26"},
      {"interface i { f: func(a: u8, a: u8); }",
       "a.wit:2:30: 'a' is defined twice in the parameters of 'f'; the first is at a.wit:2:23"},
      {"interface i {} world I {}",
       "a.wit:2:22: 'I' is defined twice in package 'a:b@1.0.0'; the first is at a.wit:2:11"},
      {"interface i { use j.{t}; } interface j { use i.{t}; }",
       "a.wit:2:46: interface 'i' uses itself"},
      {"interface i { use j.{sise}; } interface j { type size = u8; }",
       "a.wit:2:22: type 'sise' is not defined in interface 'j'; did you mean 'size'?"},
      {"interface i { use typs.{a}; } interface types {}",
       "a.wit:2:19: 'typs' is not in package 'a:b@1.0.0'; did you mean 'types'?"},
      {"interface i { use a:b/j.{a}; }",
       "a.wit:2:19: package 'a:b' is not there; there is 'a:b@1.0.0'"},
      {"interface i { use c:d/j.{a}; }",
       "a.wit:2:19: package 'c:d' is not there, neither in this file nor in a folder deps"},
      {"interface i { use w.{a}; } world w {}", "a.wit:2:19: 'w' is a world, not an interface"},
      {"interface i {} world w { include i; }",
       "a.wit:2:34: 'i' is an interface; worlds are included"},
      {"interface i { type t = u8; f: func(x: borrow<t>); }", "a.wit:2:39: 't' is no resource"},
      {"interface i { resource r; f: func() -> borrow<r>; }",
       "a.wit:2:40: the result of a function cannot have a borrowed handle in it"},
      {"interface i { resource r; type t = list<borrow<r>>; f: func() -> option<t>; }",
       "a.wit:2:66: the result of a function cannot have a borrowed handle in it"},
      {"interface i { resource r; f: func(a: stream<borrow<r>>); }",
       "a.wit:2:38: streams and futures cannot have borrowed handles in them"},
      {"interface i { resource r { constructor() -> result<u8>; } }",
       "a.wit:2:45: a constructor returns nothing else than result<r, ...>"},
      {"interface i { resource r { constructor(); constructor(); } }",
       "a.wit:2:43: 'constructor' is defined twice in resource 'r'; the first is at a.wit:2:28"},
      {"interface i { resource r { m: func(self: u8); } }",
       "a.wit:2:36: 'self' is defined twice in the parameters of 'm'; the first is at a.wit:2:28"},
      {"@since(version = 1.0.1) interface i {}",
       "a.wit:2:18: version 1.0.1 comes after the package's, 1.0.0"},
      {"package c:d { @since(version = 1.0.0) interface i {} }",
       "a.wit:2:32: a gate needs a package with a version, and 'c:d' has none"},
      {"package c:d { interface i {} } package c:d { interface j {} }",
       "a.wit:2:40: package 'c:d' is also at a.wit:2:9, with other contents"},
      {"world w { import i; import i; } interface i {}",
       "a.wit:2:28: interface 'a:b/i@1.0.0' is imported twice"},
      {"world w { export f: func(); export f: func(); }",
       "a.wit:2:36: world 'w' exports 'f' twice; 'include ... with { f as OTHER }' renames that of "
       "an included world"},
      {"world w { include v; } world v { include w; }", "a.wit:2:42: world 'w' includes itself"},
      {"world w { include v with { a as b } } world v {}",
       "a.wit:2:28: world 'v' has no plain name 'a' to be renamed"},
      {"world w { import i; export i; use i.{t}; } interface i { type t = u8; }",
       "a.wit:2:35: 'use' of 'i' is ambiguous: the world both imports and exports it"},
  };
  for (const Mistake &mistake : mistakes)
    EXPECT_EQ(errorOf(mistake.text), mistake.error) << mistake.text;
}

TEST(WitResolve, WorldsImportWhatTheirTypesNeed) {
  const std::string interfaces = "interface a { resource r; } interface b { use a.{r}; } "
                                 "interface c { use b.{r}; }";
  EXPECT_EQ(worldOf("world w { import c; }" + interfaces), "a:b/a a:b/b a:b/c > ");
  EXPECT_EQ(worldOf("world w { import c; import a; }" + interfaces), "a:b/a a:b/b a:b/c > ");
  EXPECT_EQ(worldOf("world w { use c.{r}; import f: func(x: r); }" + interfaces),
            "a:b/a a:b/b a:b/c f > ");
  EXPECT_EQ(worldOf("world w { export c; }" + interfaces), "a:b/a a:b/b > a:b/c");
  EXPECT_EQ(worldOf("world w { export c; export b; }" + interfaces), "a:b/a > a:b/b a:b/c");
}

TEST(WitResolve, IncludedWorldsAreUnited) {
  const std::string worlds = "interface i {} world v { import i; import f: func(); } "
                             "world u { import i; import f: func(); export g: func(); }";
  EXPECT_EQ(worldOf("world w { include u; import i; }" + worlds), "a:b/i f > g");
  EXPECT_EQ(worldOf("world w { include u; include v with { f as h } }" + worlds), "a:b/i f h > g");
  EXPECT_EQ(worldOf("world w { include u; include v; }" + worlds),
            "a.wit:2:76: world 'w' imports 'f' twice; 'include ... with { f as OTHER }' renames "
            "that of an included world");
}

TEST(WitResolve, APackageMayBeThereTwice) {
  EXPECT_EQ(errorOf("package c:d { interface i {} } package c:d { /* same */ interface i { } }"),
            "no error");
}

} // namespace w2n::wit
