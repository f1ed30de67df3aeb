// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wit/LoadFiles.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace w2n::wit {

namespace {

namespace fs = std::filesystem;

class WitLoadFiles : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "wit-XXXXXX";
    root = mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(root); }

  void write(const std::string &name, const char *text) {
    fs::create_directories((root / name).parent_path());
    std::ofstream(root / name) << text;
  }

  std::string load(std::vector<std::string> names) {
    for (std::string &name : names)
      name = (root / name).string();
    auto packages = loadPackages(names);
    if (!packages) {
      std::string text = packages.error().text;
      for (size_t at; (at = text.find(root.string())) != text.npos;)
        text.replace(at, root.string().size(), "ROOT");
      return text;
    }
    std::string ids = packages->root ? packages->root->name.id() + ":" : "no root:";
    for (const auto &package : packages->all)
      ids += " " + package->name.id();
    return ids;
  }

  fs::path root;
};

TEST_F(WitLoadFiles, AFolderIsAPackageWithDependencies) {
  write("wit/world.wit", "package a:b; world w { import types; import c:d/i@1.0.0; }");
  write("wit/types.wit", "interface types { use e:f/j.{t}; }");
  write("wit/readme.md", "no WIT");
  write("wit/deps/c/one.wit", "package c:d@1.0.0; interface i { use k.{u}; }");
  write("wit/deps/c/two.wit", "interface k { type u = u8; }");
  write("wit/deps/e.wit", "package e:f; interface j { type t = u8; }");
  EXPECT_EQ(load({"wit"}), "a:b: c:d@1.0.0 e:f a:b");
}

TEST_F(WitLoadFiles, SeveralPathsAndFoldersOfPackages) {
  write("all/c/one.wit", "package c:d; interface i {}");
  write("all/e/one.wit", "package e:f; interface j {}");
  write("mine.wit", "package a:b; world w { import c:d/i; }");
  EXPECT_EQ(load({"all"}), "no root: c:d e:f");
  EXPECT_EQ(load({"all", "mine.wit"}), "a:b: c:d e:f a:b");
}

TEST_F(WitLoadFiles, ErrorsNameTheFile) {
  write("wit/one.wit", "package a:b;\ninterface i { use c:d/j.{t}; }");
  write("empty/readme.md", "");
  EXPECT_EQ(load({"wit"}),
            "ROOT/wit/one.wit:2:19: package 'c:d' is not there, neither in this file "
            "nor in a folder deps");
  write("wit/two.wit", "package a:c;");
  EXPECT_EQ(load({"wit"}),
            "ROOT/wit/two.wit:1:9: package 'a:c' is in one folder with package 'a:b', "
            "which ROOT/wit/one.wit:1:9 names");
  EXPECT_EQ(load({"empty"}), "ROOT/empty: has no .wit files");
  EXPECT_TRUE(load({"missing.wit"}).contains("No such file"));
}

} // namespace

} // namespace w2n::wit
