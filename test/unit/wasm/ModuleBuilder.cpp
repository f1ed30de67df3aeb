// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/unit/wasm/ModuleBuilder.h"

namespace w2n::test {

ByteVector unsignedLeb(uint64_t value) {
  ByteVector bytes;
  for (; value >= 0x80; value >>= 7)
    bytes.push_back(uint8_t(value | 0x80));
  bytes.push_back(uint8_t(value));
  return bytes;
}

ByteVector signedLeb(int64_t value) {
  ByteVector bytes;
  for (; value < -64 || value > 63; value >>= 7)
    bytes.push_back(uint8_t(value | 0x80));
  bytes.push_back(uint8_t(value & 0x7f));
  return bytes;
}

ByteVector name(std::string_view text) { return sized({text.begin(), text.end()}); }

ByteVector repeat(const ByteVector &part, size_t count) {
  ByteVector bytes;
  bytes.reserve(part.size() * count);
  for (size_t i = 0; i < count; ++i)
    append(bytes, part);
  return bytes;
}

ByteVector vectorOf(std::initializer_list<ByteVector> items) {
  ByteVector bytes = unsignedLeb(items.size());
  for (const ByteVector &item : items)
    append(bytes, item);
  return bytes;
}

ByteVector sized(const ByteVector &bytes) { return join(unsignedLeb(bytes.size()), bytes); }

ByteVector body(const ByteVector &code) { return sized(join(0, code, 0x0b)); }

const ByteVector header = {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00};

ByteVector section(SectionId id, const ByteVector &content) {
  return join(int(id), sized(content));
}

ByteVector section(SectionId id, std::initializer_list<ByteVector> items) {
  return section(id, vectorOf(items));
}

ByteVector customSection(std::string_view sectionName, const ByteVector &content) {
  return section(SectionId::Custom, join(name(sectionName), content));
}

namespace {

/// (func $run (param i32) (result i64) (local i32 i32 i64) ...): memory, control, bulk and indirect
/// instructions, constants of every type.
const ByteVector runBody = sized(
    {0x02, 0x02, 0x7f, 0x01, 0x7e,                         // two i32, one i64
     0x20, 0x00, 0x28, 0x02, 0x08, 0x21, 0x01,             // local 1 = i32.load offset=8 (local 0)
     0x02, 0x40, 0x03, 0x7f,                               // block, loop (result i32)
     0x20, 0x01, 0x20, 0x00, 0x0e, 0x02, 0x00, 0x01, 0x01, // local 1; br_table 0 1 1 (local 0)
     0x0b, 0x1a, 0x0b,                                     // end, drop, end
     0x20, 0x00, 0x04, 0x7f, 0x41, 0x7f, 0x05, 0x41, 0x80, 0x01, 0x0b, // if -1 else 128
     0x24, 0x01,                                                       // global.set 1
     0x41, 0x00, 0x41, 0x00, 0x41, 0x04, 0xfc, 0x08, 0x01, 0x01,       // memory.init 1 of memory 1
     0xfc, 0x09, 0x01, 0xfc, 0x0d, 0x03,                               // data.drop 1, elem.drop 3
     0x43, 0x00, 0x00, 0x80, 0x3f, 0xfc, 0x00, 0x1a,                   // f32.const, trunc_sat, drop
     0x44, 0,    0,    0,    0,    0,    0,    0xf0, 0x3f, 0x1a,       // f64.const, drop
     0xd0, 0x6f, 0xd1, 0xd2, 0x01, 0x1a, 0x1a, // ref.null extern, ref.is_null; ref.func 1
     0xd2, 0x01, 0xd2, 0x01, 0x41, 0x00, 0x1c, 0x01, 0x70, 0x1a, // select (result funcref)
     0x41, 0x00, 0x41, 0x00, 0x36, 0x42, 0x01, 0x10,             // i32.store memory=1 offset=16
     0x20, 0x00, 0x10, 0x00,                                     // call 0
     0x41, 0x00, 0x11, 0x01, 0x01,                               // call_indirect type 1, table 1
     0x42, 0xc0, 0x00, 0x0f, 0x0b});                             // return i64 64

} // namespace

ByteVector fullModule() {
  using enum SectionId;
  const ByteVector i32Const4 = {0x41, 0x04, 0x0b}, refFunc1 = {0xd2, 0x01, 0x0b};
  const ByteVector names = join(0, sized(name("full")), 1,
                                sized(vectorOf({join(0, name("log")), join(1, name("run"))})));
  return join(
      header, customSection("producers", {0x00}),
      section(Type, {{0x60, 0x01, 0x7f, 0x00},         // 0: [i32] -> []
                     {0x60, 0x00, 0x00},               // 1: [] -> []
                     {0x60, 0x01, 0x7f, 0x01, 0x7e}}), // 2: [i32] -> [i64]
      section(Import, {join(name("env"), name("log"), 0, 0),
                       join(name("env"), name("table"), 1, ByteVector{0x70, 0x00, 0x01}),
                       join(name("env"), name("memory"), 2, ByteVector{0x01, 0x01, 0x02}),
                       join(name("env"), name("base"), 3, ByteVector{0x7f, 0x00})}),
      section(Function, {{2}, {1}}),
      section(Table, {{0x70, 0x01, 0x04, 0x08}, join(0x40, 0, 0x6f, 0, 1, 0xd0, 0x6f, 0x0b)}),
      section(Memory, {{0x00, 0x01}}),
      section(Global, {join(0x7f, 1, 0x23, 0, 0x41, 8, 0x6a, 0x0b), // base + 8, mutable
                       join(0x70, 0, refFunc1)}),
      section(Export, {join(name("run"), 0, 1), join(name("table"), 1, 1),
                       join(name("memory"), 2, 1), join(name("global"), 3, 1)}),
      section(Start, unsignedLeb(2)),
      section(Element, {join(0, i32Const4, vectorOf({{0}})),                     // active, table 0
                        join(2, 1, i32Const4, 0, vectorOf({{0}, {1}})),          // active, table 1
                        join(5, 0x70, vectorOf({refFunc1, {0xd0, 0x70, 0x0b}})), // passive
                        join(3, 0, vectorOf({{1}}))}),                           // declarative
      section(DataCount, unsignedLeb(3)), section(Code, {runBody, body({})}),
      section(Data, {join(0, i32Const4, name("zero")), join(1, name("passive")),
                     join(2, 1, i32Const4, name("one"))}),
      customSection("name", names));
}

Result<wasm::Module> load(const ByteVector &bytes) {
  W2N_TRY(module, wasm::decodeModule(bytes));
  W2N_CHECK(wasm::validateModule(module));
  return module;
}

} // namespace w2n::test
