// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The artifact reader: what it accepts, and that damage is an error and nothing worse.
#include "lib/artifact/Metadata.h"
#include "test/unit/ArtifactBuilder.h"

#include <gtest/gtest.h>
#include <random>

namespace w2n::test {
namespace {

using namespace artifact;

/// A bit of everything.
std::vector<uint8_t> buildSample() {
  ArtifactBuilder builder;
  const uint32_t type =
      builder.addType({ValueTypeCode::I32, ValueTypeCode::I64}, {ValueTypeCode::F64});
  builder.setEntryThunk(type, {0xc3});
  builder.setImportThunk(type, {0xc3});
  builder.importFunction("env", "log", type);
  const uint32_t function = builder.addFunction(type, {0xc3}, "run");
  builder.addExport("run", ExternKindCode::Function, function);
  builder.addMemory(1, 65536);
  builder.addExport("memory", ExternKindCode::Memory, 0);
  builder.addImage(16384, {1, 2, 3});
  builder.tables.push_back({uint32_t(ValueTypeCode::FuncRef), 0, 10, 0});
  builder.globals.push_back({uint32_t(ValueTypeCode::I32), 1});
  builder.addExport("global", ExternKindCode::Global, 0);
  return builder.build();
}

/// Touches everything that an accessor can reach.
uint64_t walk(Metadata metadata) {
  if (!metadata.useSlice(uint32_t(metadata.slices().size()) - 1))
    return 0;
  uint64_t sum = metadata.contextLayout().bytes();
  auto add = [&](std::string_view text) {
    for (char each : text)
      sum += uint8_t(each);
  };
  for (const TypeRecord &type : metadata.types())
    for (ArrayRef array : {type.params, type.results})
      for (uint8_t code : metadata.valueTypes(array))
        sum += code;
  for (const ImportRecord &record : metadata.imports())
    add(metadata.string(record.module)), add(metadata.string(record.name));
  for (const ExportRecord &record : metadata.exports())
    add(metadata.string(record.name));
  for (uint32_t i = 0; i < metadata.functions().size(); ++i)
    if (auto function = metadata.function(i)) {
      add(metadata.string(function->name));
      sum += metadata.types()[function->typeIndex].params.count;
      if (auto code = metadata.code(i); code && code->code)
        sum += *metadata.address(code->code);
    }
  for (const SliceRecord &slice : metadata.slices())
    add(metadata.string(slice.cpu)), add(metadata.string(slice.features));
  for (const ThunkRecord &thunks : metadata.thunks())
    if (thunks.entryThunk)
      sum += *metadata.address(thunks.entryThunk);
  for (const ElementRecord &segment : metadata.elements())
    for (uint32_t index : metadata.indices(segment.functions))
      sum += index;
  for (uint32_t i = 0; i < metadata.data().size(); ++i)
    for (uint8_t byte : metadata.dataBytes(i))
      sum += byte;
  for (uint32_t i = 0; i < metadata.references().size(); ++i)
    if (metadata.referencedFunction(i))
      if (auto code = metadata.code(metadata.references()[i]))
        sum += *metadata.address(code->code);
  return sum;
}

TEST(Metadata, ReadsWhatWasWritten) {
  const auto file = buildSample();
  auto metadata = Metadata::read(file);
  ASSERT_TRUE(metadata) << metadata.error().text;
  EXPECT_EQ(metadata->fileOffset(), noteOffset + 24);
  EXPECT_EQ(metadata->textOffset(), textOffset);
  ASSERT_EQ(metadata->imports().size(), 1u);
  EXPECT_EQ(metadata->string(metadata->imports()[0].module), "env");
  ASSERT_EQ(metadata->functions().size(), 2u);
  EXPECT_EQ(metadata->string(metadata->functions()[1].name), "run");
  EXPECT_EQ(metadata->images()[0].fileOffset, imageOffset);
  EXPECT_EQ(metadata->contextLayout().definedMemories, 1u);
  EXPECT_NE(walk(*metadata), 0u);
}

TEST(Metadata, RefusesOtherFiles) {
  for (std::string_view text : {"", "\0asm\1\0\0\0", "\177ELF", "#!/bin/sh\n"}) {
    const std::vector<uint8_t> file(text.begin(), text.end());
    auto metadata = Metadata::read(file);
    ASSERT_FALSE(metadata);
    EXPECT_EQ(metadata.error().kind, ErrorKind::Malformed);
  }
}

TEST(Metadata, RefusesAnotherVersion) {
  auto file = buildSample();
  file[noteOffset + 24 + offsetof(MetadataHeader, version)] = 99;
  auto metadata = Metadata::read(file);
  ASSERT_FALSE(metadata);
  EXPECT_EQ(metadata.error().kind, ErrorKind::Unsupported);
  EXPECT_NE(metadata.error().text.find("version 99"), std::string::npos);
}

TEST(Metadata, SurvivesTruncationEverywhere) {
  const auto file = buildSample();
  for (size_t bytes = 0; bytes < file.size(); bytes += bytes < 4096 ? 1 : 509) {
    // A copy of exactly this size, so that the sanitizer sees a read past it.
    const std::vector<uint8_t> part(file.begin(), file.begin() + ptrdiff_t(bytes));
    EXPECT_FALSE(Metadata::read(part)) << bytes;
  }
}

TEST(Metadata, SurvivesDamageEverywhere) {
  const auto file = buildSample();
  std::mt19937 random(1);
  const uint64_t interesting = noteOffset + 4096;
  uint64_t sum = 0;
  for (int i = 0; i < 200'000; ++i) {
    auto damaged = file;
    for (int flips = 1 + int(random() % 3); flips > 0; --flips)
      damaged[random() % interesting] ^= uint8_t(1u << random() % 8);
    if (auto metadata = Metadata::read(damaged))
      sum += walk(*metadata);
  }
  EXPECT_NE(sum, 0u);
}

TEST(Metadata, SurvivesExtremeWords) {
  const auto file = buildSample();
  for (size_t at = 0; at + 8 <= noteOffset + 2048; at += 4)
    for (uint64_t value : {uint64_t(0), UINT64_MAX, uint64_t(1) << 63, uint64_t(0x80000000),
                           uint64_t(0x7fffffff), uint64_t(0xffffffff)}) {
      auto damaged = file;
      std::copy_n(reinterpret_cast<const uint8_t *>(&value), at % 8 ? 4 : 8, &damaged[at]);
      if (auto metadata = Metadata::read(damaged))
        walk(*metadata);
    }
}

TEST(Metadata, RefusesAStartFunctionWithParameters) {
  ArtifactBuilder builder;
  builder.addFunction(builder.addType({}, {}), {0xc3});
  builder.addFunction(builder.addType({ValueTypeCode::I32}, {}), {0xc3});
  builder.header.startFunction = 0;
  const auto accepted = builder.build();
  EXPECT_TRUE(Metadata::read(accepted));
  builder.header.startFunction = 1;
  const auto refused = builder.build();
  auto metadata = Metadata::read(refused);
  ASSERT_FALSE(metadata);
  EXPECT_EQ(metadata.error().text, "metadata: the start function has parameters or results");
}

TEST(Metadata, ChecksFunctionsWhenTheyAreLookedUp) {
  ArtifactBuilder builder;
  const uint32_t type = builder.addType({}, {});
  builder.addFunction(type, {0xc3});
  builder.addFunction(type, {0xc3});
  builder.codes[1].code += 1 << 20;
  const auto file = builder.build();
  auto metadata = Metadata::read(file);
  ASSERT_TRUE(metadata) << metadata.error().text;
  ASSERT_TRUE(metadata->useSlice(0));
  EXPECT_TRUE(metadata->code(0));
  ASSERT_FALSE(metadata->code(1));
  EXPECT_EQ(metadata->code(1).error().text, "metadata: the code of function 1 is damaged");
}

TEST(Metadata, ChecksReferencesInBothDirections) {
  ArtifactBuilder builder;
  const uint32_t type = builder.addType({}, {});
  builder.addFunction(type, {0xc3});
  builder.addFunction(type, {0xc3});
  std::swap(builder.references[0], builder.references[1]);
  builder.references.push_back(1000);
  const auto file = builder.build();
  auto metadata = Metadata::read(file);
  ASSERT_TRUE(metadata) << metadata.error().text;
  ASSERT_FALSE(metadata->referencedFunction(1));
  EXPECT_EQ(metadata->referencedFunction(1).error().text,
            "metadata: function reference 1 is not its function's");
  ASSERT_FALSE(metadata->referencedFunction(2));
  EXPECT_EQ(metadata->referencedFunction(2).error().text,
            "metadata: function reference 2 is to no defined function");
}

} // namespace
} // namespace w2n::test
