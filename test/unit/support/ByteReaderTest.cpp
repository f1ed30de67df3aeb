// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// LEB128 and UTF-8 at their edges: what is legal though odd, and what is refused with which words.
#include "lib/support/ByteReader.h"

#include <gtest/gtest.h>
#include <vector>

namespace w2n::test {
namespace {

using ByteVector = std::vector<uint8_t>;

/// The value that is read, or the text of the error.
template <auto Method> std::string read(ByteReader &in) {
  const auto value = (in.*Method)();
  return value ? std::to_string(*value) : value.error().text;
}

constexpr auto u32 = read<&ByteReader::readU32>;
constexpr auto u64 = read<&ByteReader::readU64>;
constexpr auto s32 = read<&ByteReader::readS32>;
constexpr auto s33 = read<&ByteReader::readS33>;
constexpr auto s64 = read<&ByteReader::readS64>;

struct IntegerCase {
  std::string (*read)(ByteReader &);
  ByteVector bytes;
  const char *expected;
};

std::string hex(const ByteVector &bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (uint8_t byte : bytes)
    text += {' ', digits[byte >> 4], digits[byte & 15]};
  return text;
}

TEST(ByteReader, ReadsIntegersAtTheirEdges) {
  const IntegerCase cases[] = {
      {u32, {0x00}, "0"},
      {u32, {0x7f}, "127"},
      {u32, {0x80, 0x01}, "128"},
      {u32, {0xff, 0xff, 0xff, 0xff, 0x0f}, "4294967295"},
      {u64, {0x80, 0x80, 0x80, 0x80, 0x10}, "4294967296"},
      {u64, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, "18446744073709551615"},
      {s32, {0x3f}, "63"},
      {s32, {0x40}, "-64"},
      {s32, {0x7f}, "-1"},
      {s32, {0xc0, 0x00}, "64"},
      {s32, {0xbf, 0x7f}, "-65"},
      {s32, {0xff, 0xff, 0xff, 0xff, 0x07}, "2147483647"},
      {s32, {0x80, 0x80, 0x80, 0x80, 0x78}, "-2147483648"},
      {s33, {0xff, 0xff, 0xff, 0xff, 0x0f}, "4294967295"},
      {s33, {0x80, 0x80, 0x80, 0x80, 0x70}, "-4294967296"},
      {s64, {0x80, 0x80, 0x80, 0x80, 0x78}, "-2147483648"},
      {s64, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00}, "9223372036854775807"},
      {s64, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f}, "-9223372036854775808"},
      // Longer than needed, and legal as long as the bytes suffice for the width.
      {u32, {0x80, 0x00}, "0"},
      {u32, {0x83, 0x80, 0x80, 0x80, 0x00}, "3"},
      {u64, {0x83, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, "3"},
      {s32, {0xff, 0x7f}, "-1"},
      {s32, {0xff, 0xff, 0xff, 0xff, 0x7f}, "-1"},
      {s33, {0xc0, 0xff, 0xff, 0xff, 0x7f}, "-64"},
      {s64, {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, "-2"},
  };
  for (const IntegerCase &each : cases) {
    ByteReader in(each.bytes);
    EXPECT_EQ(each.read(in), each.expected) << hex(each.bytes);
    EXPECT_TRUE(in.atEnd()) << hex(each.bytes);
  }
}

TEST(ByteReader, RefusesIntegersThatDoNotFit) {
  const char *const tooLong = "integer representation too long";
  const char *const tooLarge = "integer too large";
  const char *const unexpectedEnd = "unexpected end";
  const IntegerCase cases[] = {
      {u32, {0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, tooLong},
      {s32, {0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, tooLong},
      {s33, {0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, tooLong},
      {u64, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, tooLong},
      {s64, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, tooLong},
      // Every unused bit of the last byte counts: zero, or the sign.
      {u32, {0x80, 0x80, 0x80, 0x80, 0x10}, tooLarge},
      {u32, {0x80, 0x80, 0x80, 0x80, 0x40}, tooLarge},
      {u64, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02}, tooLarge},
      {s32, {0x80, 0x80, 0x80, 0x80, 0x08}, tooLarge},
      {s32, {0x80, 0x80, 0x80, 0x80, 0x70}, tooLarge},
      {s32, {0xff, 0xff, 0xff, 0xff, 0x3f}, tooLarge},
      {s33, {0x80, 0x80, 0x80, 0x80, 0x10}, tooLarge},
      {s33, {0x80, 0x80, 0x80, 0x80, 0x60}, tooLarge},
      {s64, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, tooLarge},
      {s64, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7e}, tooLarge},
      {u32, {}, unexpectedEnd},
      {s32, {0x80}, unexpectedEnd},
      {u64, {0x80, 0x80, 0x80, 0x80}, unexpectedEnd},
      {s64, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, unexpectedEnd},
  };
  for (const IntegerCase &each : cases) {
    ByteReader in(each.bytes);
    EXPECT_EQ(each.read(in), each.expected) << hex(each.bytes);
  }
}

TEST(ByteReader, ReadsFixedWidthsInLittleEndianOrder) {
  const ByteVector bytes = {0x04, 0x03, 0x02, 0x81, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x81};
  ByteReader in(bytes);
  EXPECT_EQ(*in.readFixed32(), 0x81020304u);
  EXPECT_EQ(*in.readFixed64(), 0x8102030405060708u);
  EXPECT_EQ(in.readFixed32().error().text, "unexpected end");
  EXPECT_EQ(in.readFixed64().error().text, "unexpected end");
  EXPECT_EQ(in.readByte().error().text, "unexpected end");
}

TEST(ByteReader, CountsOffsetsFromItsBase) {
  const ByteVector bytes = {0x2a, 0x03, 'a', 'b'};
  ByteReader in(bytes, 100);
  EXPECT_EQ(*in.readByte(), 0x2a);
  EXPECT_EQ(in.offset(), 101u);
  const auto name = in.readName();
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().kind, ErrorKind::Malformed);
  EXPECT_EQ(name.error().text, "length out of bounds: 3 bytes wanted, 2 left");
  EXPECT_EQ(name.error().offset, 102u);
}

TEST(ByteReader, GivesNamesThatReferToItsBytes) {
  const ByteVector bytes = {0x05, 'n', 'a', 0x00, 0xc3, 0xa9, 0x00};
  ByteReader in(bytes);
  const auto name = in.readName();
  ASSERT_TRUE(name);
  EXPECT_EQ(*name, std::string_view("na\0\xc3\xa9", 5));
  EXPECT_EQ(static_cast<const void *>(name->data()), &bytes[1]);
  EXPECT_EQ(*in.readName(), "");
  EXPECT_TRUE(in.atEnd());
}

TEST(ByteReader, RefusesNamesThatAreNoUtf8) {
  const ByteVector bytes = {0x02, 0xc3, 0x28};
  ByteReader in(bytes);
  EXPECT_EQ(in.readName().error().text, "malformed UTF-8 encoding");
}

TEST(Utf8, TellsWellFormedFromMalformed) {
  const struct {
    ByteVector bytes;
    bool isWellFormed;
  } cases[] = {
      {{}, true},
      {{0x00, 0x7f}, true},
      {{0xc2, 0x80}, true},                         // U+0080
      {{0xdf, 0xbf, 0xe0, 0xa0, 0x80}, true},       // U+07FF U+0800
      {{0xed, 0x9f, 0xbf, 0xee, 0x80, 0x80}, true}, // U+D7FF U+E000
      {{0xef, 0xbb, 0xbf, 0xef, 0xbf, 0xbf}, true}, // byte order mark, U+FFFF
      {{0xf0, 0x90, 0x80, 0x80}, true},             // U+10000
      {{0xf4, 0x8f, 0xbf, 0xbf}, true},             // U+10FFFF
      {{0x80}, false},                              // continuation alone
      {{0xc0, 0x80}, false},                        // U+0000, overlong
      {{0xc1, 0xbf}, false},                        // U+007F, overlong
      {{0xe0, 0x9f, 0xbf}, false},                  // U+07FF, overlong
      {{0xf0, 0x8f, 0xbf, 0xbf}, false},            // U+FFFF, overlong
      {{0xed, 0xa0, 0x80}, false},                  // U+D800, a surrogate
      {{0xed, 0xbf, 0xbf}, false},                  // U+DFFF, a surrogate
      {{0xf4, 0x90, 0x80, 0x80}, false},            // U+110000
      {{0xf5, 0x80, 0x80, 0x80}, false},
      {{0xf8, 0x88, 0x80, 0x80, 0x80}, false}, // five bytes
      {{0xff}, false},
      {{0xc3}, false},
      {{0xe2, 0x82}, false},
      {{0xf0, 0x9f, 0x98}, false},
      {{0xc3, 0x28}, false},
      {{0xe2, 0x28, 0xa1}, false},
      {{0xe2, 0x82, 0x28}, false},
      {{0xf0, 0x9f, 0x98, 0x28}, false},
      {{'a', 0xc3, 0xa9, 'b', 0x80}, false}, // only the end is bad
  };
  for (const auto &each : cases)
    EXPECT_EQ(isUtf8(each.bytes), each.isWellFormed) << hex(each.bytes);
}

TEST(Utf8, AcceptsAsManySequencesAsThereAreCodePoints) {
  size_t twoBytes = 0, threeBytes = 0;
  for (unsigned first = 0xc0; first < 0x100; ++first)
    for (unsigned second = 0; second < 0x100; ++second) {
      const ByteVector pair = {uint8_t(first), uint8_t(second)};
      twoBytes += isUtf8(pair);
      for (unsigned third = 0x80; third < 0x100; ++third) {
        const uint8_t triple[] = {pair[0], pair[1], uint8_t(third)};
        threeBytes += isUtf8(triple);
      }
    }
  EXPECT_EQ(twoBytes, 0x800u - 0x80u);
  EXPECT_EQ(threeBytes, 0x10000u - 0x800u - 0x800u); // without the surrogates
}

} // namespace
} // namespace w2n::test
