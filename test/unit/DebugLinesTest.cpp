// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/artifact/DebugLines.h"

#include "lib/artifact/DebugSections.h"

#include <cstring>
#include <elf.h>
#include <gtest/gtest.h>
#include <random>

namespace w2n::artifact {
namespace {

using Bytes = std::vector<uint8_t>;

template <typename T> void append(Bytes &bytes, T value) {
  const auto *begin = reinterpret_cast<const uint8_t *>(&value);
  bytes.insert(bytes.end(), begin, begin + sizeof(value));
}

void appendText(Bytes &bytes, std::string_view text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
  bytes.push_back(0);
}

constexpr uint64_t codeAddress = 0x1000;
constexpr uint8_t path = 1, directory = 2, string = 8, udata = 0x0f, lineString = 0x1f;

/// Lines 7 and 9 of the second of `files`, four bytes each.
Bytes lineTableOf(const Bytes &files) {
  Bytes header = {
      /*minimum instruction*/ 1,
      /*operations*/ 1,
      /*statement*/ 1,
      /*line base*/ 0xfb,
      /*line range*/ 14,
      /*opcode base*/ 13,        0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1};
  header.insert(header.end(), {1, path, string, 2});
  appendText(header, "/src");
  appendText(header, "in");
  header.insert(header.end(), files.begin(), files.end());
  Bytes unit;
  append<uint16_t>(unit, 5);
  unit.insert(unit.end(), {8, 0});
  append<uint32_t>(unit, uint32_t(header.size()));
  unit.insert(unit.end(), header.begin(), header.end());
  unit.insert(unit.end(), {0, 9, 2});
  append<uint64_t>(unit, codeAddress);
  // Six lines on and a row; four bytes and two lines on; four bytes on and the end.
  unit.insert(unit.end(), {3, 6, 1, 13 + 5 + 2 + 4 * 14, 2, 4, 0, 1, 1});
  Bytes table;
  append<uint32_t>(table, uint32_t(unit.size()));
  table.insert(table.end(), unit.begin(), unit.end());
  return table;
}

/// The table of in/a.c.
Bytes lineTable() {
  Bytes files = {2, path, string, directory, udata, 2};
  for (int i = 0; i < 2; ++i) {
    appendText(files, "a.c");
    files.push_back(1);
  }
  return lineTableOf(files);
}

/// The table of a file whose name is the text in .debug_line_str, as are those of all `count`
/// files.
Bytes lineTableOfOneName(uint16_t count) {
  Bytes files = {1,
                 path,
                 lineString,
                 uint8_t(0x80 | (count & 0x7f)),
                 uint8_t(0x80 | (count >> 7 & 0x7f)),
                 uint8_t(count >> 14)};
  files.resize(files.size() + 4 * size_t(count));
  return lineTableOf(files);
}

struct Section {
  std::string_view name;
  Bytes bytes;
};

Bytes elfWith(const std::vector<Section> &sections) {
  Bytes file(sizeof(Elf64_Ehdr)), names = {0};
  std::vector<Elf64_Shdr> headers(1);
  auto add = [&](const Bytes &bytes, uint32_t type) {
    Elf64_Shdr header = {};
    header.sh_name = uint32_t(names.size());
    header.sh_type = type;
    header.sh_offset = file.size();
    header.sh_size = bytes.size();
    headers.push_back(header);
    file.insert(file.end(), bytes.begin(), bytes.end());
  };
  for (const Section &section : sections) {
    add(section.bytes, SHT_PROGBITS);
    appendText(names, section.name);
  }
  add(names, SHT_STRTAB);
  Elf64_Ehdr header = {};
  header.e_shoff = file.size();
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = uint16_t(headers.size());
  header.e_shstrndx = uint16_t(headers.size() - 1);
  std::memcpy(file.data(), &header, sizeof(header));
  const auto *begin = reinterpret_cast<const uint8_t *>(headers.data());
  file.insert(file.end(), begin, begin + headers.size() * sizeof(Elf64_Shdr));
  return file;
}

std::string textAt(const DebugLines &lines, uint64_t offset) {
  const auto found = lines.at(offset);
  return found ? found->file + ":" + std::to_string(found->line) : "none";
}

TEST(DebugLines, HoldUpToTheNextRow) {
  const Bytes file = elfWith({{".text", {1, 2}}, {".debug_line", lineTable()}});
  const DebugLines lines = DebugLines::of(file);
  EXPECT_EQ(textAt(lines, codeAddress - 1), "none");
  EXPECT_EQ(textAt(lines, codeAddress), "in/a.c:7");
  EXPECT_EQ(textAt(lines, codeAddress + 3), "in/a.c:7");
  EXPECT_EQ(textAt(lines, codeAddress + 4), "in/a.c:9");
  EXPECT_EQ(textAt(lines, codeAddress + 8), "none");
}

TEST(DebugLines, AreNoneWithoutTables) {
  EXPECT_TRUE(DebugLines::of(elfWith({{".text", {1}}})).isEmpty());
  EXPECT_TRUE(DebugLines::of({}).isEmpty());
}

TEST(DebugLines, RepeatedNamesAreLimited) {
  const auto linesOf = [](uint16_t count) {
    return DebugLines::of(elfWith(
        {{".debug_line", lineTableOfOneName(count)}, {".debug_line_str", Bytes(4096, 'a')}}));
  };
  EXPECT_EQ(textAt(linesOf(1000), codeAddress), std::string(4096, 'a') + ":7");
  EXPECT_TRUE(linesOf(10000).isEmpty());
}

TEST(DebugLines, MoveWithTheCode) {
  Bytes table = lineTable();
  constexpr uint64_t bias = 0x70000000;
  moveCode(".debug_line", table, bias);
  const DebugLines lines = DebugLines::of(elfWith({{".debug_line", table}}));
  EXPECT_EQ(textAt(lines, codeAddress), "none");
  EXPECT_EQ(textAt(lines, bias + codeAddress), "in/a.c:7");
}

TEST(DebugSections, MoveAddressesOfEveryUnit) {
  Bytes section;
  for (uint64_t address : {1u, 2u}) {
    append<uint32_t>(section, 4 + 8);
    append<uint32_t>(section, 5 | 8u << 16);
    append<uint64_t>(section, address);
  }
  moveCode(".debug_addr", section, 100);
  uint64_t first, second;
  std::memcpy(&first, section.data() + 8, sizeof(first));
  std::memcpy(&second, section.data() + 24, sizeof(second));
  EXPECT_EQ(first, 101u);
  EXPECT_EQ(second, 102u);
}

TEST(DebugLines, SurviveDamage) {
  const Bytes good = elfWith({{".debug_line", lineTable()}, {".debug_addr", Bytes(24, 5)}});
  std::mt19937 random(1);
  for (int i = 0; i < 3000; ++i) {
    Bytes file = good;
    for (int changes = 0; changes < 3; ++changes)
      file[random() % file.size()] = uint8_t(random());
    file.resize(file.size() - random() % 4);
    const DebugLines lines = DebugLines::of(file);
    (void)lines.at(codeAddress);
    Bytes table = lineTable();
    table[random() % table.size()] = uint8_t(random());
    moveCode(".debug_line", table, 1);
    moveCode(".debug_addr", table, 1);
    EXPECT_EQ(table.size(), lineTable().size());
  }
}

} // namespace
} // namespace w2n::artifact
