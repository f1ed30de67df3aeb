// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Components as one module: whatever a valid component is, what is made of it is a valid module.
#include "compiler/component/MergeComponent.h"
#include "lib/support/File.h"
#include "lib/wasm/RewriteCode.h"
#include "test/unit/component/Sample.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace w2n::test {
namespace {

/// The component of test/component/own/calls.json.
std::vector<uint8_t> callsComponent() {
  const auto text = readFile(CALLS_JSON);
  const auto script = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  std::string digits;
  for (const auto &line : script["commands"][0]["bytes"])
    digits += line.get<std::string>();
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes.push_back(uint8_t(strtoul(digits.substr(i, 2).c_str(), nullptr, 16)));
  return bytes;
}

/// Merges, and validates what results. An error of merging is none of ours.
void expectValidOrRefused(const std::vector<uint8_t> &bytes) {
  const auto merged = compiler::mergeComponent(bytes);
  if (!merged) {
    EXPECT_NE(merged.error().kind, ErrorKind::Internal) << merged.error().text;
    return;
  }
  auto module = wasm::decodeModule(merged->wasm);
  ASSERT_TRUE(module) << module.error().text << " at " << module.error().offset;
  const Status status = wasm::validateModule(*module);
  EXPECT_TRUE(status) << status.error().text << " at " << status.error().offset;
}

TEST(MergeComponent, MakesOneModuleOfAllInstances) {
  const std::vector<uint8_t> bytes = callsComponent();
  const auto merged = compiler::mergeComponent(bytes);
  ASSERT_TRUE(merged) << merged.error().text;
  EXPECT_EQ(merged->world.exports.size(), 7u);
  auto module = wasm::decodeModule(merged->wasm);
  ASSERT_TRUE(module);
  ASSERT_TRUE(wasm::validateModule(*module));
  // Two of the guests', a table of handles for each. No loans are noted, as nothing can tell.
  ASSERT_EQ(module->memories.size(), 4u);
  for (size_t i = 2; i < 4; ++i) {
    const wasm::MemoryType &type = module->memories[i].type;
    EXPECT_FALSE(type.hasGuardPages());
    EXPECT_LE(type.limits.max.value_or(UINT64_MAX), 16u << 20);
  }
  // The function that traps.
  EXPECT_EQ(module->imports.size(), 1u);
  // A segment that waits for a start function.
  EXPECT_TRUE(module->start);
  // Adapters say which branches are hardly ever taken.
  EXPECT_FALSE(module->branchHints.empty());
}

TEST(MergeComponent, DamagedComponentsGiveValidModulesOrErrors) {
  const std::vector<uint8_t> bytes = callsComponent();
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::vector<uint8_t> damaged = bytes;
    damaged[at] ^= at % 2 ? 1 : 2;
    expectValidOrRefused(damaged);
  }
}

/// A component that instantiates `component` twice.
std::vector<uint8_t> twice(const std::vector<uint8_t> &component) {
  constexpr uint8_t componentSection = 4, instanceSection = 5;
  return ComponentBuilder()
      .section(componentSection, component)
      .section(instanceSection, {2, 0, 0, 0, 0, 0, 0})
      .take();
}

TEST(MergeComponent, RefusesComponentsThatInstantiateTooMuch) {
  std::vector<uint8_t> bytes = callsComponent();
  for (int i = 0; i < 13; ++i)
    bytes = twice(bytes);
  const auto merged = compiler::mergeComponent(bytes);
  ASSERT_FALSE(merged);
  EXPECT_EQ(merged.error().kind, ErrorKind::Limit);
}

TEST(MergeComponent, ImportsOfTheComponentAreTheHosts) {
  // A function, which is lowered, with an import of its own for that.
  const std::vector<uint8_t> bytes =
      ComponentBuilder()
          .section(7, {1, 0x40, 0, 1, 0})    // (type (func))
          .section(10, {1, 0, 1, 'f', 1, 0}) // (import "f" (func (type 0)))
          .section(8, {1, 1, 0, 0, 0})       // (canon lower (func 0))
          .take();
  const auto merged = compiler::mergeComponent(bytes);
  ASSERT_TRUE(merged) << merged.error().text;
  ASSERT_EQ(merged->world.hostCalls.size(), 1u);
  EXPECT_EQ(merged->world.hostCalls[0].name, "f");
  auto module = wasm::decodeModule(merged->wasm);
  ASSERT_TRUE(module);
  ASSERT_TRUE(wasm::validateModule(*module));
  EXPECT_EQ(module->imports.size(), 2u);
}

/// A core module of sections, each an id and its contents.
std::vector<uint8_t>
coreModule(std::initializer_list<std::pair<uint8_t, std::vector<uint8_t>>> sections) {
  ByteWriter out;
  constexpr uint8_t preamble[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  out.writeBytes(preamble);
  for (const auto &[id, contents] : sections) {
    out.writeByte(id);
    out.writeSized(contents);
  }
  return out.take();
}

// Groups of types stay groups, and refer to each other where they are now.
TEST(MergeComponent, KeepsStructuresAndArrays) {
  const std::vector<uint8_t> first = coreModule({{1, {1, 0x60, 0, 0}}});
  const std::vector<uint8_t> objects = coreModule({
      // (rec (type (sub (struct (field (mut (ref null 1))))))
      //      (type (sub final 0 (struct (field (mut (ref null 1))) (field i8)))))
      // (type (array (mut i16))) (type (func))
      {1, {3,    0x4e, 2,    0x50, 0, 0x5f, 1, 0x63, 1,    1, 0x4f, 1, 0,
           0x5f, 2,    0x63, 1,    1, 0x78, 0, 0x5e, 0x77, 1, 0x60, 0, 0}},
      {3, {1, 3}},
      // struct.new_default 1, drop, i32.const 3, array.new_default 2, drop, end
      {10, {1, 12, 0, 0xfb, 1, 1, 0x1a, 0x41, 3, 0xfb, 7, 2, 0x1a, 0x0b}},
  });
  const std::vector<uint8_t> bytes = ComponentBuilder()
                                         .section(1, first)
                                         .section(1, objects)
                                         .section(2, {2, 0, 0, 0, 0, 1, 0})
                                         .take();
  const auto merged = compiler::mergeComponent(bytes);
  ASSERT_TRUE(merged) << merged.error().text;
  auto module = wasm::decodeModule(merged->wasm);
  ASSERT_TRUE(module) << module.error().text;
  const Status valid = wasm::validateModule(*module);
  ASSERT_TRUE(valid) << valid.error().text;
  const auto base =
      std::ranges::find(module->types, wasm::CompositeKind::Struct, &wasm::TypeDefinition::kind);
  const auto at = uint32_t(base - module->types.begin());
  ASSERT_EQ(module->types.size(), at + 4);
  EXPECT_EQ(at, 2u); // after the type of the function that traps, and that of the first module
  EXPECT_EQ(base->groupEnd - base->groupBegin, 2u);
  EXPECT_EQ(base[1].super, at);
  EXPECT_EQ(base[1].fields[0].type.typeIndex, at + 1);
  EXPECT_EQ(base[1].fields[1].packedBits, 8);
  EXPECT_EQ(base[2].kind, wasm::CompositeKind::Array);
}

/// A component that exports the function that it imports, whose type has this form.
std::vector<uint8_t> exportedAgain(uint8_t form) {
  return ComponentBuilder()
      .section(7, {1, form, 0, 1, 0})
      .section(10, {1, 0, 1, 'f', 1, 0})
      .section(11, {1, 0, 1, 'g', 1, 0, 0})
      .take();
}

TEST(MergeComponent, ExportsWhatTheHostGives) {
  const std::vector<uint8_t> bytes = exportedAgain(0x40);
  const auto merged = compiler::mergeComponent(bytes);
  ASSERT_TRUE(merged) << merged.error().text;
  ASSERT_EQ(merged->world.exports.size(), 1u);
  EXPECT_EQ(merged->world.exports[0].name, "g");
  auto module = wasm::decodeModule(merged->wasm);
  ASSERT_TRUE(module) << module.error().text;
  const Status valid = wasm::validateModule(*module);
  EXPECT_TRUE(valid) << valid.error().text;
  EXPECT_EQ(module->memories.size(), 1u);
}

TEST(MergeComponent, RefusesExportsOfAsynchronousFunctionsOfTheHost) {
  const std::vector<uint8_t> bytes = exportedAgain(0x43);
  const auto merged = compiler::mergeComponent(bytes);
  ASSERT_FALSE(merged);
  EXPECT_EQ(merged.error().kind, ErrorKind::Unsupported);
  EXPECT_NE(merged.error().text.find("`g`"), std::string::npos);
}

} // namespace
// Casts that branch name two types, each of which has another index in the merged module.
TEST(MergeTest, CastsThatBranchAreRewritten) {
  wasm::IndexMap map;
  map.firstType = 5;
  // br_on_cast 3 (ref null any) (ref 2), end
  const uint8_t code[] = {0xfb, 0x18, 0x01, 0x03, 0x6e, 0x02, 0x0b};
  ByteWriter out;
  ASSERT_TRUE(wasm::rewriteCode(code, 0, map, out));
  EXPECT_EQ(out.take(), (std::vector<uint8_t>{0xfb, 0x18, 0x01, 0x03, 0x6e, 0x07, 0x0b}));
}

} // namespace w2n::test
