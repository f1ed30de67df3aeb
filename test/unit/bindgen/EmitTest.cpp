// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The text that wasm2native-bindgen writes from WIT.
#include "lib/wit/Resolve.h"
#include "tools/wasm2native-bindgen/wit/EmitWorld.h"
#include "tools/wasm2native-bindgen/wit/Names.h"

#include <gtest/gtest.h>

namespace w2n::bindgen {

namespace {

/// All headers of the root package's world, or the error.
std::string emitted(const std::string &text, const std::string &world = "",
                    const std::set<std::string> &features = {}) {
  auto packages = wit::parsePackages("a.wit", text);
  if (!packages)
    return packages.error().text;
  auto selected = selectWorld(*packages, world);
  if (!selected)
    return selected.error().text;
  auto files = emitWorld(*packages, **selected, features);
  if (!files)
    return files.error().text;
  std::string all;
  for (const GeneratedFile &file : *files)
    all += "== " + file.name + "\n" + file.text;
  return all;
}

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != text.npos;
}

} // namespace

TEST(WitBindgenEmit, AnInterfaceIsAHeader) {
  const std::string text =
      emitted("package a:b@1.0.0; interface i {\n"
              "/// A path, as in C:\\\n"
              "record file { path: string, %new: bool }\n"
              "/// Reads it.\nread: func(\n/// Which.\nfile: file) -> result<list<u8>>; }\n"
              "world w { import i; }");
  EXPECT_EQ(text.substr(0, text.find("== a_b_w.hpp")),
            R"(== a_b_i.hpp
// Written by wasm2native-bindgen from a:b/i@1.0.0. Do not edit.
#pragma once

#include <wasm2native/component.hpp>

namespace a::b::i {

/// A path, as in C:
struct File {
  std::string path = {};
  bool new_ = {};
  static constexpr auto fields() { return std::tuple{::w2n::component::member("path", &File::path), ::w2n::component::member("new", &File::new_)}; }
};

/// The host, as components call it. A function may call w2n::component::trap.
class Host {
public:
  virtual ~Host() = default;
  /// Reads it.
  /// `file`: Which.
  virtual std::expected<std::vector<uint8_t>, ::w2n::component::Unit> read(File file) = 0;
};

/// Lets components of `linker` import it, under `name` if the world gives it another one.
inline ::w2n::component::Status define(::w2n::component::Linker &linker, std::shared_ptr<Host> host, std::string_view name = "a:b/i@1.0.0") {
  ::w2n::component::HostInterface<Host> interface(linker, std::move(host), name);
  interface.function("read", [](Host &host_, File file) { return host_.read(std::move(file)); });
  return interface.finish();
}

} // namespace a::b::i

)");
}

TEST(WitBindgenEmit, TheSameTextEveryTime) {
  const std::string text =
      "package a:b; interface i { resource r { m: func(); } f: func() -> r; } "
      "interface j { use i.{r}; g: func(x: r); } world w { import j; export i; }";
  EXPECT_EQ(emitted(text), emitted(text));
}

// The exported interface takes precedence for what exports use (WIT.md).
TEST(WitBindgenEmit, ExportsHaveTypesOfTheirOwn) {
  const std::string text = emitted("package a:b; interface i { record r { x: u8 } }"
                                   "interface j { use i.{r}; f: func(x: r); }"
                                   "world w { import j; export i; export j; }");
  EXPECT_TRUE(contains(text, "virtual void f(::a::b::i::R x) = 0;")) << text;
  EXPECT_TRUE(contains(text, "f(const ::exports::a::b::i::R &x)")) << text;
}

TEST(WitBindgenEmit, UnstableItemsNeedTheirFeature) {
  const std::string text = "package a:b@1.0.0; interface i { @unstable(feature = x) type t = u8; "
                           "f: func(); @unstable(feature = x) g: func(); } world w { import i; }";
  EXPECT_FALSE(contains(emitted(text), "virtual void g()"));
  EXPECT_TRUE(contains(emitted(text, "", {"x"}), "virtual void g()"));
  EXPECT_EQ(emitted("package a:b@1.0.0; interface i { @unstable(feature = x) record t { y: u8 } "
                    "record u { z: t } } world w { import i; }"),
            "a.wit:1:90: 't' is unstable, and what refers to it is not; --features x lets it be "
            "used");
}

TEST(WitBindgenEmit, WhatHasNoForm) {
  EXPECT_EQ(emitted("package a:b; world w { import f: func(s: stream<u8>); }"),
            "a.wit:1:42: streams, futures and error contexts have no form in C++ yet");
  EXPECT_EQ(emitted("package a:b; world w { export f: async func(); }"),
            "a.wit:1:31: asynchronous functions have no form in C++ yet");
  EXPECT_EQ(emitted("package a:b; interface i { resource r; record s { x: borrow<r> } } "
                    "world w { import i; }"),
            "a.wit:1:54: borrowed handles in records and variants have no form in C++ yet");
}

TEST(WitBindgenEmit, WorldsAreSelected) {
  const std::string one = "package a:b; world w { import f: func(); }";
  const std::string two = one + "world v {} package c:d@1.0.0 { world x { import g: func(); } }";
  EXPECT_TRUE(contains(emitted(one), "virtual void f()"));
  EXPECT_TRUE(contains(emitted(two, "w"), "virtual void f()"));
  EXPECT_TRUE(contains(emitted(two, "c:d/x@1.0.0"), "virtual void g()"));
  EXPECT_EQ(emitted(two), "--world NAME says which world is meant; there are: c:d/x@1.0.0, w, v");
  EXPECT_EQ(emitted(two, "x"), "there is no world 'x'; there are: c:d/x@1.0.0, w, v");
}

TEST(WitBindgenEmit, TwoVersionsHaveTwoNamespaces) {
  const std::string text =
      emitted("package a:b; world w { import c:d/i@1.0.0; import c:d/i@2.0.0; }"
              "package c:d@1.0.0 { interface i { f: func(); } }"
              "package c:d@2.0.0 { interface i { f: func(); } }");
  EXPECT_TRUE(contains(text, "namespace c::d_v1_0_0::i {"));
  EXPECT_TRUE(contains(text, "namespace c::d_v2_0_0::i {"));
}

TEST(WitBindgenEmit, Names) {
  EXPECT_EQ(lowerCamel("blocking-read"), "blockingRead");
  EXPECT_EQ(lowerCamel("parse-XML"), "parseXml");
  EXPECT_EQ(upperCamel("a-1"), "A_1");
  EXPECT_EQ(upperCamel("a1"), "A1");
  EXPECT_EQ(lowerCamel("new"), "new_");
  EXPECT_EQ(upperCamel("host"), "Host_");
  EXPECT_EQ(snakeCase("wall-clock"), "wall_clock");
  EXPECT_EQ(snakeCase("std"), "std_");
}

} // namespace w2n::bindgen
