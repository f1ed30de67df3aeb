// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wit/Print.h"
#include "lib/wit/Lexer.h"
#include "lib/wit/LoadFiles.h"
#include "lib/wit/Parser.h"
#include "test/unit/wit/Sample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace w2n::wit {

namespace {

std::string printed(const char *text) {
  auto packages = parsePackages("a.wit", text);
  return packages ? printPackages(*packages) : packages.error().text;
}

uint32_t fileOf(const TopItem &item) {
  if (const auto *use = std::get_if<TopUse>(&item))
    return use->path.place.file;
  if (const auto *interface = std::get_if<std::unique_ptr<Interface>>(&item))
    return (*interface)->name.place.file;
  return std::get<std::unique_ptr<World>>(item)->name.place.file;
}

/// The tokens of a text, without commas that end a list, and without the package's name, which not
/// every file of a folder has.
std::vector<std::string> tokensOf(const Sources &sources, uint32_t file) {
  std::vector<std::string> tokens;
  Lexer lexer(sources, file);
  for (;;) {
    auto token = lexer.next();
    if (!token || token->kind == TokenKind::End)
      break;
    if (!tokens.empty() && tokens.back() == "," && token->kind == TokenKind::Operator)
      tokens.pop_back();
    // A line of documentation is as good as a token.
    if (!token->docs.empty())
      tokens.push_back(token->docs);
    tokens.emplace_back(token->text);
  }
  if (!tokens.empty() && tokens[0] == "package")
    tokens.erase(tokens.begin(), std::ranges::find(tokens, ";") + 1);
  return tokens;
}

} // namespace

TEST(WitPrint, PrintsEverything) { EXPECT_EQ(printed(sampleText), std::string(sampleText)); }

TEST(WitPrint, BringsTextsIntoOneForm) {
  EXPECT_EQ(printed("package a:b;interface i{/** one\n * two\n */f:func(x:u8,);//gone\n"
                    "/*/* nested */*/record r{a:%string,}type %string=u8;}"),
            "package a:b;\n\n"
            "interface i {\n"
            "  /// one\n"
            "  /// two\n"
            "  f: func(x: u8);\n\n"
            "  record r {\n"
            "    a: %string,\n"
            "  }\n\n"
            "  type %string = u8;\n"
            "}\n");
}

TEST(WitPrint, NamesOfAFileAreReplacedByPaths) {
  EXPECT_EQ(printed("package a:b; use c:d/e@1.0.0 as f; interface i { use f.{t}; }"
                    "package c:d@1.0.0 { interface e { type t = u8; } }"),
            "package a:b;\n\n"
            "interface i {\n"
            "  use c:d/e@1.0.0.{t};\n"
            "}\n\n"
            "package c:d@1.0.0 {\n"
            "  interface e {\n"
            "    type t = u8;\n"
            "  }\n"
            "}\n");
}

// The published interfaces of WASI, if they are there.
TEST(WitPrint, PublishedInterfacesPrintBackToTheSameTokens) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(W2N_SOURCE_DIR) / "../shared/wit";
  if (!fs::exists(folder))
    GTEST_SKIP() << folder << " is not there";
  size_t files = 0;
  for (const char *version : {"0.2", "0.3"}) {
    const std::string path = (folder / version).string();
    auto packages = loadPackages(std::span(&path, 1));
    ASSERT_TRUE(packages) << packages.error().text;
    for (const auto &package : packages->all) {
      std::vector<std::string> wanted;
      for (const PackageText &text : package->texts) {
        const auto tokens = tokensOf(*packages->sources, fileOf(text.items.front()));
        wanted.insert(wanted.end(), tokens.begin(), tokens.end());
        ++files;
      }
      Sources again;
      auto file = again.add("again", printPackage(*package));
      ASSERT_TRUE(file);
      EXPECT_EQ(tokensOf(again, *file), wanted) << package->name.id();
    }
    const std::string once = printPackages(*packages);
    auto again = parsePackages("again.wit", once);
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_EQ(printPackages(*again), once);
  }
  EXPECT_GE(files, 50u);
}

} // namespace w2n::wit
