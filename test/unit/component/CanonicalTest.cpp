// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// C++ functions as host functions: layouts, arguments and results, and what traps.
#include "runtime/component/HostFunction.h"

#include "test/unit/component/FakeGuest.h"

#include <gtest/gtest.h>

namespace w2n::runtime {
namespace {

struct Point {
  uint8_t tag = 0;
  uint64_t x = 0;
  static constexpr auto fields() {
    return std::tuple{member("tag", &Point::tag), member("x", &Point::x)};
  }
};
enum class Color : uint8_t { Red, Green, Blue };
constexpr auto witCases(Color) { return std::to_array<std::string_view>({"red", "green", "blue"}); }
struct Access {
  bool read = false, write = false, append = false;
  static constexpr auto flags() {
    return std::tuple{member("read", &Access::read), member("write", &Access::write),
                      member("append", &Access::append)};
  }
};
struct Shape {
  struct Nothing {};
  struct Circle {
    float value;
  };
  struct Named {
    std::string value;
  };
  std::variant<Nothing, Circle, Named> value;
  static constexpr std::array<std::string_view, 3> cases = {"nothing", "circle", "named"};
};
struct Counter : Resource {
  static constexpr ResourceType type = {"a:b/c", "counter"};
  int count = 0;
};
struct State : HostContext {
  State() { addResourceType(Counter::type, "@1.0.0"); }
  std::string seen;
};

template <auto function> constexpr HostFunctionRow row = hostFunction<function>("f", "a b c");

class CanonicalTest : public testing::Test {
protected:
  /// The text of the trap.
  std::string trap(const HostFunctionRow &row, std::vector<Slot> slots) {
    const Status status = guest.call(row, std::move(slots));
    return status ? "no trap" : status.error().text;
  }
  std::shared_ptr<State> state = std::make_shared<State>();
  FakeGuest guest{state};
};

TEST_F(CanonicalTest, LayoutsAreThoseOfTheCanonicalAbi) {
  static_assert(Canonical<Point>::bytes == 16 && Canonical<Point>::alignment == 8);
  static_assert(Canonical<Point>::flatCount == 2);
  static_assert(Canonical<Shape>::bytes == 12 && Canonical<Shape>::payloadOffset == 4);
  static_assert(Canonical<Shape>::flatCount == 3);
  static_assert(Canonical<Color>::bytes == 1 && Canonical<Access>::bytes == 1);
  static_assert(Canonical<std::optional<uint64_t>>::bytes == 16);
  static_assert(Canonical<std::expected<void, Color>>::bytes == 2);
  static_assert(Canonical<std::expected<void, Unit>>::flatCount == 1);
  using Tuple = std::tuple<std::vector<uint8_t>, bool>;
  static_assert(Canonical<Tuple>::bytes == 12 && Canonical<Tuple>::alignment == 4);
}

std::expected<std::unique_ptr<Counter>, Shape> describeMe(State &, Counter &,
                                                          std::span<const uint8_t>, Access) {
  return std::make_unique<Counter>();
}
TEST_F(CanonicalTest, TypesAreDescribedByStructure) {
  EXPECT_EQ(textOf(*row<describeMe>.type),
            "func(borrow<a:b/c.counter>, list<u8>, flags { read, write, append }) -> "
            "result<own<a:b/c.counter>, variant { nothing, circle(f32), named(string) }>");
}

FutureEnd<std::expected<void, Color>> sendAll(State &, HostTasks &, StreamEnd<uint8_t>) {
  return {};
}
TEST_F(CanonicalTest, StreamsAndFuturesArePartOfTypesAndNeedTasks) {
  EXPECT_EQ(textOf(*asyncHostFunction<sendAll>("f", "data").type),
            "async func(stream<u8>) -> future<result<_, enum { red, green, blue }>>");
  EXPECT_EQ(trap(row<sendAll>, {1}), "unknown handle index 1");
}

uint64_t addAll(State &state, bool flag, int8_t small, float real, Point point, Access access,
                Color color) {
  state.seen = std::to_string(flag) + " " + std::to_string(small) + " " + std::to_string(real) +
               " " + std::to_string(point.x) + " " + std::to_string(access.append) +
               std::to_string(access.read) + " " + std::to_string(int(color));
  return uint64_t(point.tag) + point.x;
}
TEST_F(CanonicalTest, NumbersAreTakenFromTheLowBitsOfTheirSlots) {
  const Slot garbage = 0xdeadbeef00000000;
  ASSERT_TRUE(
      guest.call(row<addAll>, {garbage | 2, garbage | 0xff, garbage | std::bit_cast<uint32_t>(1.5f),
                               0x107, uint64_t(1) << 40, garbage | 0xfd, garbage | 2}));
  EXPECT_EQ(state->seen, "1 -1 1.500000 1099511627776 11 2");
  EXPECT_EQ(guest.result, (uint64_t(1) << 40) + 7);
}
void takeCharacter(State &, char32_t) {}
TEST_F(CanonicalTest, DiscriminantsAndCharactersAreChecked) {
  EXPECT_EQ(trap(row<addAll>, {0, 0, 0, 0, 0, 0, 3}), "invalid variant discriminant");
  EXPECT_EQ(trap(row<takeCharacter>, {0x10ffff}), "no trap");
  EXPECT_EQ(trap(row<takeCharacter>, {0xd800}), "invalid `char` bit pattern");
  EXPECT_EQ(trap(row<takeCharacter>, {0x110000}), "invalid `char` bit pattern");
}

void takeText(State &state, std::string_view text) { state.seen = text; }
TEST_F(CanonicalTest, TextIsCheckedInEveryEncoding) {
  const uint32_t utf8 = guest.put("w\xc3\xb6rld");
  ASSERT_TRUE(guest.call(row<takeText>, {utf8, 6}));
  EXPECT_EQ(state->seen, "w\xc3\xb6rld");
  EXPECT_EQ(trap(row<takeText>, {utf8, 2}), "incomplete utf-8 byte sequence");
  EXPECT_EQ(trap(row<takeText>, {guest.put("\xed\xa0\x80"), 3}), "invalid utf-8 sequence");
  EXPECT_EQ(trap(row<takeText>, {guest.put("\xc0\x80"), 2}), "invalid utf-8 sequence");
  EXPECT_EQ(trap(row<takeText>, {(1 << 20) - 1, 2}),
            "string pointer/length out of bounds of memory");
  EXPECT_EQ(trap(row<takeText>, {1 << 20, 0}), "no trap");

  guest.encoding = component::CanonOption::Utf16;
  const uint32_t utf16 = guest.put(std::string_view("a\0\x3d\xd8\x00\xde", 6));
  ASSERT_TRUE(guest.call(row<takeText>, {utf16, 3}));
  EXPECT_EQ(state->seen, "a\xf0\x9f\x98\x80");
  EXPECT_EQ(trap(row<takeText>, {utf16, 2}), "unpaired surrogate");
  EXPECT_EQ(trap(row<takeText>, {utf16 + 1, 1}), "unaligned pointer");

  guest.encoding = component::CanonOption::Latin1Utf16;
  ASSERT_TRUE(guest.call(row<takeText>, {guest.put("w\xf6"), 2}));
  EXPECT_EQ(state->seen, "w\xc3\xb6");
  ASSERT_TRUE(guest.call(row<takeText>, {utf16, 3u | 1u << 31}));
  EXPECT_EQ(state->seen, "a\xf0\x9f\x98\x80");
}

uint32_t sum(State &, std::span<const uint32_t> numbers) {
  uint32_t total = 0;
  for (uint32_t number : numbers)
    total += number;
  return total;
}
TEST_F(CanonicalTest, ListsOfNumbersAreReadInPlace) {
  for (uint32_t index = 0; index < 4; ++index)
    guest.store(64 + 4 * index, index);
  ASSERT_TRUE(guest.call(row<sum>, {64, 4}));
  EXPECT_EQ(guest.result, 6u);
  EXPECT_EQ(trap(row<sum>, {65, 1}), "unaligned pointer");
  EXPECT_EQ(trap(row<sum>, {64, 1 << 18}), "list pointer/length out of bounds of memory");
  EXPECT_EQ(trap(row<sum>, {0, 0x40000001}), "list pointer/length out of bounds of memory");
}

void takeLists(State &state, std::vector<std::tuple<std::string_view, bool>> list) {
  for (const auto &[text, flag] : list)
    (state.seen += text) += flag ? "+" : "-";
}
TEST_F(CanonicalTest, ListsOfOtherTypesAreCopiedUpToALimit) {
  const uint32_t text = guest.put("abc");
  const uint32_t list[] = {text, 1, 7, text + 1, 2, 0};
  guest.store(64, list);
  ASSERT_TRUE(guest.call(row<takeLists>, {64, 2}));
  EXPECT_EQ(state->seen, "a+bc-");
  guest.bytes.resize(16 << 20);
  EXPECT_EQ(trap(row<takeLists>, {0, 1 << 20}),
            "arguments of a host function are larger than the limit of 16777216 bytes");
}

void manyParameters(State &state, Point a, Point b, Point c, Point d, Point e, Point f, Point g,
                    Point h, std::optional<uint8_t> last) {
  state.seen = std::to_string(a.x + b.x + c.x + d.x + e.x + f.x + g.x + h.x) + " " +
               std::to_string(last.value_or(99));
}
TEST_F(CanonicalTest, MoreThanSixteenValuesComeInMemory) {
  for (uint32_t index = 0; index < 8; ++index)
    guest.store(64 + 16 * index + 8, uint64_t(index));
  guest.store(64 + 8 * 16, uint16_t(0x2a01));
  ASSERT_TRUE(guest.call(row<manyParameters>, {64}));
  EXPECT_EQ(state->seen, "28 42");
  EXPECT_EQ(trap(row<manyParameters>, {60}), "unaligned pointer");
  EXPECT_EQ(trap(row<manyParameters>, {(1 << 20) - 128}), "pointer out of bounds of memory");
}

std::expected<std::vector<std::string>, Shape> makeTexts(State &state, uint32_t which) {
  ++state.tracedResources;
  if (which == 0)
    return std::vector<std::string>{"x", "w\xc3\xb6rld", "bad\xff"};
  if (which == 1)
    return std::unexpected(Shape{Shape::Circle{2.5f}});
  return std::unexpected(Shape{Shape::Named{"n"}});
}
TEST_F(CanonicalTest, ResultsAreWrittenToTheirPlace) {
  ASSERT_TRUE(guest.call(row<makeTexts>, {0, 64}));
  EXPECT_EQ(guest.load<uint8_t>(64), 0);
  ASSERT_EQ(guest.load<uint32_t>(72), 3u);
  const auto list = guest.load<uint32_t>(68);
  EXPECT_EQ(guest.textAt(list), "x");
  EXPECT_EQ(guest.textAt(list + 8), "w\xc3\xb6rld");
  EXPECT_EQ(guest.textAt(list + 16), "bad\xef\xbf\xbd");

  ASSERT_TRUE(guest.call(row<makeTexts>, {1, 64}));
  EXPECT_EQ(guest.load<uint8_t>(64), 1);
  EXPECT_EQ(guest.load<uint8_t>(68), 1);
  EXPECT_EQ(guest.load<float>(72), 2.5f);
  ASSERT_TRUE(guest.call(row<makeTexts>, {2, 64}));
  EXPECT_EQ(guest.load<uint8_t>(68), 2);
  EXPECT_EQ(guest.textAt(72), "n");
}
TEST_F(CanonicalTest, PlacesOfResultsAreCheckedBeforeTheCall) {
  EXPECT_EQ(trap(row<makeTexts>, {0, 66}), "unaligned pointer");
  EXPECT_EQ(trap(row<makeTexts>, {0, (1 << 20) - 8}), "pointer out of bounds of memory");
  EXPECT_EQ(state->tracedResources, 0u);
}
std::string echo(State &, std::string_view text) { return std::string(text); }
TEST_F(CanonicalTest, ResultsInOtherEncodings) {
  guest.encoding = component::CanonOption::Latin1Utf16;
  ASSERT_TRUE(guest.call(row<echo>, {guest.put("w\xf6"), 2, 64}));
  EXPECT_EQ(guest.textAt(64), "w\xf6");
  EXPECT_EQ(guest.lastAlignment, 2u);
  const std::string_view smile("\x3d\xd8\x00\xde", 4);
  ASSERT_TRUE(guest.call(row<echo>, {guest.put(smile), 2u | 1u << 31, 64}));
  EXPECT_EQ(guest.load<uint32_t>(68), 2u | 1u << 31);
  EXPECT_EQ(guest.text(guest.load<uint32_t>(64), 4), smile);
  guest.encoding = component::CanonOption::Utf16;
  ASSERT_TRUE(guest.call(row<echo>, {guest.put(smile), 2, 64}));
  EXPECT_EQ(guest.load<uint32_t>(68), 2u);
}

std::unique_ptr<Counter> makeCounter(State &) { return std::make_unique<Counter>(); }
int32_t increment(State &, Counter &counter) { return ++counter.count; }
int32_t finish(State &, std::unique_ptr<Counter> counter) { return counter->count; }
uint32_t countAll(State &, std::vector<std::reference_wrapper<Counter>> counters) {
  for (Counter &counter : counters)
    ++counter.count;
  return uint32_t(counters.size());
}
TEST_F(CanonicalTest, ResourcesGoBackAndForth) {
  ASSERT_TRUE(guest.call(row<makeCounter>, {}));
  const auto handle = guest.result;
  ASSERT_TRUE(guest.call(row<increment>, {handle}));
  guest.store(64, uint32_t(handle));
  guest.store(68, uint32_t(handle));
  ASSERT_TRUE(guest.call(row<countAll>, {64, 2}));
  ASSERT_TRUE(guest.call(row<finish>, {handle}));
  EXPECT_EQ(guest.result, 3u);
  EXPECT_EQ(trap(row<increment>, {handle}), "unknown handle index " + std::to_string(handle));
  EXPECT_EQ(state->resources.count(), 0u);
  ASSERT_TRUE(guest.call(row<makeCounter>, {}));
  guest.drop(uint32_t(guest.result));
  EXPECT_EQ(state->resources.count(), 0u);
}
TEST(ResourceTable, HasALimitAndUsesFreedPlacesAgain) {
  ResourceTable table(2);
  const uint32_t first = *table.add(Counter::type, std::make_unique<Counter>());
  ASSERT_TRUE(table.add(Counter::type, std::make_unique<Counter>()));
  EXPECT_FALSE(table.add(Counter::type, std::make_unique<Counter>()));
  static constexpr ResourceType other = {"a:b/c", "counter"};
  EXPECT_FALSE(table.find(other, first));
  EXPECT_TRUE(table.take(Counter::type, first));
  EXPECT_FALSE(table.find(Counter::type, first));
  EXPECT_EQ(*table.add(Counter::type, std::make_unique<Counter>()), first);
  EXPECT_FALSE(table.find(Counter::type, 1000));
}

Result<std::expected<void, Color>> mayTrap(State &, uint32_t which) {
  if (which == 2)
    return fail(ErrorKind::Trap, "on purpose");
  if (which == 1)
    return std::expected<void, Color>(std::unexpected(Color::Blue));
  return std::expected<void, Color>();
}
TEST_F(CanonicalTest, ErrorsAreResultsOrTraps) {
  ASSERT_TRUE(guest.call(row<mayTrap>, {1, 64}));
  EXPECT_EQ(guest.load<uint16_t>(64), 0x0201);
  ASSERT_TRUE(guest.call(row<mayTrap>, {0, 64}));
  EXPECT_EQ(guest.load<uint8_t>(64), 0);
  EXPECT_EQ(trap(row<mayTrap>, {2, 64}), "on purpose");
}

TEST_F(CanonicalTest, TracesHaveArgumentsAndResults) {
  std::string lines;
  const CallTrace sink = {"a:b/c", [&](std::string_view line) { lines += line; }};
  ASSERT_TRUE(guest.call(row<makeCounter>, {}, &sink));
  ASSERT_TRUE(guest.call(row<increment>, {guest.result}, &sink));
  ASSERT_TRUE(guest.call(row<makeTexts>, {1, 64}, &sink));
  ASSERT_TRUE(guest.call(row<makeTexts>, {0, 64}, &sink));
  ASSERT_TRUE(guest.call(row<takeText>, {guest.put("a\"\n"), 3}, &sink));
  EXPECT_FALSE(guest.call(row<mayTrap>, {2, 64}, &sink));
  EXPECT_EQ(lines, "c.f() = counter#1\n"
                   "c.f(a=counter#1) = 1\n"
                   "c.f(a=1) = err(circle(2.5))\n"
                   "c.f(a=0) = ok([\"x\", \"w\\xc3\\xb6rld\", \"bad\\xff\"])\n"
                   "c.f(a=\"a\\\"\\n\")\n"
                   "c.f(a=2) = ?\n");
}

} // namespace
} // namespace w2n::runtime
