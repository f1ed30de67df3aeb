// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// States of checkpoints that are damaged: each is refused, and none ends the process.
#include "lib/artifact/Checksum.h"
#include "lib/support/ByteWriter.h"
#include "runtime/checkpoint/Checkpoint.h"

#include <cstring>
#include <gtest/gtest.h>

namespace w2n::checkpoint {
namespace {

Checkpoint sample() {
  Checkpoint checkpoint;
  checkpoint.start = {"prog.wasm", {"--seed", "5"}, "/tmp", {"prog", "x"}, {"A=b"}};
  checkpoint.interval = {std::chrono::milliseconds(20), 3};
  checkpoint.artifactHash = 0x123456789abcdef0;
  checkpoint.artifactBytes = 4711;
  checkpoint.cpu = "x86-64-v3";
  checkpoint.pageBytes = 4096;
  checkpoint.firstAddress = uint64_t(0x2000) << 32;
  checkpoint.endAddress = checkpoint.firstAddress + (1 << 20);
  checkpoint.image.import = 2;
  checkpoint.image.stack = {1, 2, 3, 4, 5, 6, 7, 8};
  checkpoint.image.context.assign(100, 9);
  checkpoint.image.memoryBytes = {65536, 131072};
  checkpoint.image.tables = {{1, 2, 3}, {}};
  checkpoint.image.droppedData = {true, false};
  checkpoint.image.droppedElements = {false, false, true};
  checkpoint.image.elementValues = {{}, {5}, {}};
  wasi::SavedFile file;
  file.kind = wasi::SavedFile::Kind::Opened;
  file.path = "a/b";
  file.position = 17;
  checkpoint.world.files = {wasi::SavedFile(), file};
  checkpoint.world.randomState = 99;
  checkpoint.pages = {{{0, {0, 11}}, {7, {1, 12}}}, {}};
  return checkpoint;
}

std::vector<uint8_t> withHash(std::vector<uint8_t> bytes) {
  ByteWriter hash;
  hash.writeFixed(artifact::hashBytes(std::span(bytes).first(bytes.size() - 8)), 8);
  std::memcpy(bytes.data() + bytes.size() - 8, hash.written().data(), 8);
  return bytes;
}

TEST(CheckpointDamage, WhatIsWrittenIsRead) {
  const std::vector<uint8_t> bytes = encodeCheckpoint(sample());
  const auto read = decodeCheckpoint(bytes);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(encodeCheckpoint(*read), bytes);
  EXPECT_EQ(read->start.options, sample().start.options);
  EXPECT_EQ(read->interval.time, sample().interval.time);
  EXPECT_EQ(read->image.tables, sample().image.tables);
  EXPECT_EQ(read->image.droppedElements, sample().image.droppedElements);
  EXPECT_EQ(read->world.files[1].path, "a/b");
  EXPECT_EQ(read->pages[0].at(7).hash, 12u);
}

TEST(CheckpointDamage, EveryBytePutAsideIsFound) {
  const std::vector<uint8_t> bytes = encodeCheckpoint(sample());
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::vector<uint8_t> damaged = bytes;
    damaged[i] ^= uint8_t(1 << i % 8);
    EXPECT_FALSE(decodeCheckpoint(damaged)) << "byte " << i;
  }
}

TEST(CheckpointDamage, EveryCutIsFound) {
  const std::vector<uint8_t> bytes = encodeCheckpoint(sample());
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decodeCheckpoint(std::span(bytes).first(size))) << size << " bytes";
}

// As somebody would write it who knows the format: it may say anything, but is read without harm.
TEST(CheckpointDamage, DamageWithTheRightHashIsReadOrRefused) {
  const std::vector<uint8_t> bytes = encodeCheckpoint(sample());
  constexpr uint8_t values[] = {0x00, 0x7f, 0xff};
  size_t refused = 0;
  for (size_t i = 8; i + 8 < bytes.size(); ++i)
    for (const uint8_t value : values) {
      std::vector<uint8_t> damaged = bytes;
      damaged[i] = value;
      refused += !decodeCheckpoint(withHash(std::move(damaged)));
    }
  EXPECT_GT(refused, 100u);
}

} // namespace
} // namespace w2n::checkpoint
