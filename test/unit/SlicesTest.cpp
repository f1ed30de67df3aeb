// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The slices of an artifact, which of them a machine takes, and what machines say of themselves.
#include "runtime/core/Slices.h"
#include "runtime/arch/AArch64FeatureTable.h"
#include "runtime/arch/FeatureTable.h"
#include "runtime/arch/RiscV64FeatureTable.h"
#include "test/unit/ArtifactBuilder.h"

#include <gtest/gtest.h>
#include <set>

namespace w2n::test {
namespace {

using namespace artifact;
using runtime::FeatureState;

/// A machine that has `features`, and knows of "rare" besides.
runtime::FeatureQuery machineWith(std::set<std::string, std::less<>> features) {
  return [features = std::move(features)](std::string_view name) {
    if (features.contains(name))
      return FeatureState::Present;
    return name == "rare" ? FeatureState::Missing : FeatureState::Unknown;
  };
}

ArtifactBuilder threeSlices() {
  ArtifactBuilder builder;
  builder.addFunction(builder.addType({}, {}), {0xc3}, "f");
  builder.slices.clear();
  builder.addSlice("small", "one");
  builder.addSlice("middle", "one,two");
  builder.addSlice("large", "one,rare");
  return builder;
}

TEST(Slices, TheLastThatTheMachineHasIsTaken) {
  const auto file = threeSlices().build();
  const auto metadata = Metadata::read(file);
  ASSERT_TRUE(metadata) << metadata.error().text;
  ASSERT_EQ(metadata->slices().size(), 3u);
  EXPECT_EQ(*runtime::chooseSlice(*metadata, "", machineWith({"one"})), 0u);
  EXPECT_EQ(*runtime::chooseSlice(*metadata, "", machineWith({"one", "two"})), 1u);
  EXPECT_EQ(*runtime::chooseSlice(*metadata, "", machineWith({"one", "rare"})), 2u);
  EXPECT_EQ(*runtime::chooseSlice(*metadata, "", machineWith({"one", "two", "rare"})), 2u);
}

TEST(Slices, WithoutAnyTheErrorNamesWhatTheFirstLacks) {
  const auto file = threeSlices().build();
  const auto metadata = Metadata::read(file);
  const auto slice = runtime::chooseSlice(*metadata, "", machineWith({"two"}));
  ASSERT_FALSE(slice);
  EXPECT_EQ(slice.error().kind, ErrorKind::Unsupported);
  EXPECT_EQ(slice.error().text,
            "module needs the processor feature \"one\", which this runtime does not know");
}

TEST(Slices, OneCanBeAskedFor) {
  const auto file = threeSlices().build();
  const auto metadata = Metadata::read(file);
  const auto machine = machineWith({"one", "two"});
  EXPECT_EQ(*runtime::chooseSlice(*metadata, "small", machine), 0u);
  const auto large = runtime::chooseSlice(*metadata, "large", machine);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().text,
            "module needs the processor feature \"rare\", which this machine does not have");
  const auto huge = runtime::chooseSlice(*metadata, "huge", machine);
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().text,
            "module has no code for the CPU 'huge', only for small, middle, large");
}

TEST(Slices, EachHasItsOwnCode) {
  ArtifactBuilder builder = threeSlices();
  const auto file = builder.build();
  auto metadata = Metadata::read(file);
  EXPECT_EQ(metadata->sliceInUse(), noIndex);
  EXPECT_FALSE(metadata->code(0));
  EXPECT_TRUE(metadata->thunks().empty());
  for (uint32_t slice = 0; slice < 3; ++slice) {
    ASSERT_TRUE(metadata->useSlice(slice));
    EXPECT_EQ(metadata->sliceInUse(), slice);
    EXPECT_TRUE(metadata->code(0));
  }
}

std::string refusal(const ArtifactBuilder &damaged) {
  ArtifactBuilder builder = damaged;
  const auto file = builder.build();
  const auto metadata = Metadata::read(file);
  return metadata ? "" : metadata.error().text;
}

TEST(Slices, TheirNumberIsChecked) {
  ArtifactBuilder builder = threeSlices();
  builder.slices.clear();
  EXPECT_EQ(refusal(builder), "metadata: 0 slices, must be 1 to 16");
  for (int i = 0; i < 17; ++i)
    builder.addSlice("cpu", "");
  EXPECT_EQ(refusal(builder), "metadata: 17 slices, must be 1 to 16");
}

/// `file` with the record of its slice `index` changed.
template <typename Change>
std::vector<uint8_t> withSlice(std::vector<uint8_t> file, uint32_t index, Change change) {
  constexpr uint64_t metadata = noteOffset + 24;
  auto *header = reinterpret_cast<MetadataHeader *>(&file[metadata]);
  change(reinterpret_cast<SliceRecord *>(&file[metadata + header->slices.offset])[index]);
  return file;
}

TEST(Slices, DamagedRecordsAreRefused) {
  const auto file = threeSlices().build();
  using Change = void (*)(SliceRecord &);
  constexpr Change changes[] = {
      [](SliceRecord &slice) { slice.cpu.offset = 1 << 30; },
      [](SliceRecord &slice) { slice.features.count = 1 << 30; },
      [](SliceRecord &slice) { slice.functions.count = 2; },
      [](SliceRecord &slice) { slice.functions.count = 0; },
      [](SliceRecord &slice) { slice.functions.offset = 0xfffffff8; },
      [](SliceRecord &slice) { slice.functions.offset += 2; },
      [](SliceRecord &slice) { slice.thunks.count = 2; },
      [](SliceRecord &slice) { slice.thunks.offset = 0x7ffffff8; },
      [](SliceRecord &slice) { slice.codeBegin = INT32_MIN; },
      [](SliceRecord &slice) { slice.codeEnd = INT32_MAX; },
      [](SliceRecord &slice) { slice.initialize = 4; },
  };
  for (uint32_t slice = 0; slice < 3; ++slice)
    for (const Change change : changes) {
      const auto damaged = withSlice(file, slice, change);
      const auto metadata = Metadata::read(damaged);
      ASSERT_FALSE(metadata) << "slice " << slice << ", change " << &change - changes;
      EXPECT_EQ(metadata.error().kind, ErrorKind::Malformed);
    }
}

TEST(Slices, CodeIsCheckedWhenTheSliceIsTaken) {
  ArtifactBuilder builder = threeSlices();
  builder.codes[0].code += 1 << 20;
  const auto badCode = builder.build();
  auto metadata = Metadata::read(badCode);
  ASSERT_TRUE(metadata);
  EXPECT_FALSE(metadata->code(0));
  builder = threeSlices();
  builder.thunks[0].importThunk = 4;
  const auto badThunk = builder.build();
  metadata = Metadata::read(badThunk);
  ASSERT_TRUE(metadata);
  ASSERT_FALSE(metadata->useSlice(1));
}

TEST(ProcessorFeatures, OfThisMachineAreThoseItNames) {
  const std::string features = runtime::processorFeatures();
  EXPECT_FALSE(features.empty());
  EXPECT_TRUE(runtime::checkFeatures(features));
  EXPECT_EQ(runtime::processorFeature("warp-drive"), FeatureState::Unknown);
}

TEST(ProcessorFeatures, OfAArch64ComeFromTheCapabilities) {
  using namespace runtime;
  // A Cortex-A57, and a Neoverse N1 (with atomics, dot product and half precision).
  const AArch64Capabilities old = {0xff, 0};
  const AArch64Capabilities neoverse = {0x119fff, 0};
  EXPECT_EQ(namesIn(aarch64Features, old), "fp-armv8,neon,aes,sha2,crc");
  EXPECT_EQ(featureIn(aarch64Features, "lse", old), FeatureState::Missing);
  for (std::string_view name : {"lse", "rdm", "fullfp16", "dotprod", "rcpc"})
    EXPECT_EQ(featureIn(aarch64Features, name, neoverse), FeatureState::Present) << name;
  // Half of what LLVM means by the name.
  EXPECT_EQ(featureIn(aarch64Features, "aes", AArch64Capabilities{1 << 3, 0}),
            FeatureState::Missing);
  EXPECT_EQ(featureIn(aarch64Features, "sve2", AArch64Capabilities{0, 2}), FeatureState::Present);
  EXPECT_EQ(featureIn(aarch64Features, "avx2", neoverse), FeatureState::Unknown);
}

TEST(ProcessorFeatures, OfRiscV64ComeFromLettersWithoutProbe) {
  using namespace runtime;
  // IMAFDC, as qemu 7.2 says.
  const RiscV64Capabilities plain = {0x112d, 0, 0};
  for (std::string_view name : {"i", "m", "a", "f", "d", "c", "zca", "zalrsc"})
    EXPECT_EQ(featureIn(riscv64Features, name, plain), FeatureState::Present) << name;
  for (std::string_view name : {"v", "zba", "b", "zicond", "zvl128b", "zve64d"})
    EXPECT_EQ(featureIn(riscv64Features, name, plain), FeatureState::Missing) << name;
  const RiscV64Capabilities vectors = {0x112d | 1 << 21, 0, 256};
  for (std::string_view name : {"v", "zve64d", "zvl128b", "zvl256b"})
    EXPECT_EQ(featureIn(riscv64Features, name, vectors), FeatureState::Present) << name;
  EXPECT_EQ(featureIn(riscv64Features, "zvl512b", vectors), FeatureState::Missing);
}

TEST(ProcessorFeatures, OfRiscV64ComeFromTheProbe) {
  using namespace runtime;
  // Zba, Zbb and Zicond without Zbs.
  const RiscV64Capabilities machine = {0x112d, 1 << 3 | 1 << 4 | uint64_t(1) << 35, 0};
  EXPECT_EQ(featureIn(riscv64Features, "zba", machine), FeatureState::Present);
  EXPECT_EQ(featureIn(riscv64Features, "zicond", machine), FeatureState::Present);
  EXPECT_EQ(featureIn(riscv64Features, "zbs", machine), FeatureState::Missing);
  EXPECT_EQ(featureIn(riscv64Features, "b", machine), FeatureState::Missing);
  EXPECT_EQ(featureIn(riscv64Features, "b", RiscV64Capabilities{0, 7 << 3, 0}),
            FeatureState::Present);
}

} // namespace
} // namespace w2n::test
