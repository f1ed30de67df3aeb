// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/CoreDump.h"

#include "lib/support/ByteWriter.h"
#include "lib/support/File.h"
#include "lib/wasm/EncodeTypes.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/StateHash.h"
#include "runtime/core/TrapDetails.h"

#include <algorithm>
#include <cstring>

namespace w2n::runtime {

namespace {

/// Section ids and opcodes of the binary format.
constexpr uint8_t customSection = 0, memorySection = 5, globalSection = 6, dataSection = 11;
constexpr uint8_t constI32 = 0x41, constI64 = 0x42, constF32 = 0x43, constF64 = 0x44,
                  constVector = 0xfd, constVectorSecond = 0x0c, end = 0x0b;

constexpr uint64_t maxContentBytes = 1ull << 30;
/// Parts of a memory that are left out where they are zero.
constexpr uint64_t chunkBytes = 4096;

/// A run of a memory's bytes that are not all zero.
struct Run {
  uint32_t memory;
  bool is64;
  uint64_t address;
  std::span<const uint8_t> bytes;
};

class CoreDump {
public:
  CoreDump(const Error &trap, Instance &entered);
  Status write(std::string_view name, const std::string &path);

private:
  uint32_t numberOf(Instance &instance);
  void writeSection(uint8_t id, const ByteWriter &contents);
  void writeCustom(std::string_view name, const ByteWriter &contents);
  void writeStack();
  void writeInstances();
  void writeMemories();
  void writeGlobals();
  Status writeData();
  Status findRuns(uint32_t memory, std::span<const uint8_t> bytes, bool is64);

  std::span<const TrapFrame> frames;
  std::vector<Instance *> instances;
  /// The instance of each frame, as a number.
  std::vector<uint32_t> instanceOfFrame;
  std::vector<Memory *> memories;
  std::vector<GlobalValue> globals;
  std::vector<Run> runs;
  uint64_t runBytes = 0;
  /// The bytes before the runs, and those before each of them.
  ByteWriter out;
  std::vector<ByteWriter> runHeads;
};

CoreDump::CoreDump(const Error &trap, Instance &entered) {
  if (const TrapDetails *details = detailsOf(trap))
    frames = details->frames;
  numberOf(entered);
  // A frame whose instance is not known is taken for the one that was entered.
  for (const TrapFrame &frame : frames) {
    const std::shared_ptr<Instance> instance = frame.instance.lock();
    instanceOfFrame.push_back(instance ? numberOf(*instance) : 0);
  }
}

uint32_t CoreDump::numberOf(Instance &instance) {
  const auto found = std::ranges::find(instances, &instance);
  if (found != instances.end())
    return uint32_t(found - instances.begin());
  instances.push_back(&instance);
  return uint32_t(instances.size() - 1);
}

void CoreDump::writeSection(uint8_t id, const ByteWriter &contents) {
  out.writeByte(id);
  out.writeSized(contents.written());
}

void CoreDump::writeCustom(std::string_view name, const ByteWriter &contents) {
  ByteWriter section;
  section.writeName(name);
  section.writeBytes(contents.written());
  writeSection(customSection, section);
}

void CoreDump::writeStack() {
  ByteWriter stack;
  stack.writeByte(0);
  stack.writeName("main");
  stack.writeUnsigned(frames.size());
  for (size_t i = 0; i < frames.size(); ++i) {
    stack.writeByte(0);
    stack.writeUnsigned(instanceOfFrame[i]);
    stack.writeUnsigned(frames[i].functionIndex);
    // The offset in the code, locals and operands.
    for (int unknown = 0; unknown < 3; ++unknown)
      stack.writeUnsigned(0);
  }
  writeCustom("corestack", stack);
}

// Each instance has a module of its own here, as modules have nothing but a name.
void CoreDump::writeInstances() {
  ByteWriter modules, listed;
  modules.writeUnsigned(instances.size());
  listed.writeUnsigned(instances.size());
  for (size_t i = 0; i < instances.size(); ++i) {
    Instance &instance = *instances[i];
    const artifact::Metadata &metadata = instance.module().metadata();
    modules.writeByte(0);
    modules.writeName(metadata.string(metadata.header().moduleName));
    listed.writeByte(0);
    listed.writeUnsigned(i);
    const std::vector<Memory *> &own = instance.state().memories;
    listed.writeUnsigned(own.size());
    for (Memory *memory : own) {
      const auto found = std::ranges::find(memories, memory);
      listed.writeUnsigned(uint64_t(found - memories.begin()));
      if (found == memories.end())
        memories.push_back(memory);
    }
    const std::vector<GlobalValue> values = numericGlobals(instance);
    listed.writeUnsigned(values.size());
    for (const GlobalValue &value : values) {
      listed.writeUnsigned(globals.size());
      globals.push_back(value);
    }
  }
  writeCustom("coremodules", modules);
  writeCustom("coreinstances", listed);
}

// With the size that each has now.
void CoreDump::writeMemories() {
  constexpr uint8_t is64 = 4, hasPageSize = 8;
  constexpr uint32_t usualPageLog2 = 16;
  ByteWriter section;
  section.writeUnsigned(memories.size());
  for (const Memory *memory : memories) {
    const bool isUsual = memory->type.pageSizeLog2 == usualPageLog2;
    section.writeByte(uint8_t((memory->type.limits.is64 ? is64 : 0) | (isUsual ? 0 : hasPageSize)));
    section.writeUnsigned(memory->pages());
    if (!isUsual)
      section.writeUnsigned(memory->type.pageSizeLog2);
  }
  writeSection(memorySection, section);
}

void writeConstant(ByteWriter &out, const GlobalValue &global) {
  constexpr unsigned slotBytes = sizeof(Slot);
  if (global.type == wasm::ValueType::i32()) {
    out.writeByte(constI32);
    out.writeSigned(int32_t(uint32_t(global.slots[0])));
  } else if (global.type == wasm::ValueType::i64()) {
    out.writeByte(constI64);
    out.writeSigned(int64_t(global.slots[0]));
  } else if (global.type == wasm::ValueType::f32()) {
    out.writeByte(constF32);
    out.writeFixed(global.slots[0], sizeof(float));
  } else if (global.type == wasm::ValueType::f64()) {
    out.writeByte(constF64);
    out.writeFixed(global.slots[0], sizeof(double));
  } else {
    out.writeByte(constVector);
    out.writeByte(constVectorSecond);
    out.writeFixed(global.slots[0], slotBytes);
    out.writeFixed(global.slots[1], slotBytes);
  }
  out.writeByte(end);
}

void CoreDump::writeGlobals() {
  ByteWriter section;
  section.writeUnsigned(globals.size());
  for (const GlobalValue &global : globals) {
    wasm::encodeValueType(section, global.type);
    section.writeByte(0);
    writeConstant(section, global);
  }
  writeSection(globalSection, section);
}

Status CoreDump::findRuns(uint32_t memory, std::span<const uint8_t> bytes, bool is64) {
  static constexpr uint8_t zeros[chunkBytes] = {};
  for (uint64_t at = 0; at < bytes.size(); at += chunkBytes) {
    const auto chunk = bytes.subspan(at, std::min<uint64_t>(chunkBytes, bytes.size() - at));
    if (std::memcmp(chunk.data(), zeros, chunk.size()) == 0)
      continue;
    runBytes += chunk.size();
    if (runBytes > maxContentBytes)
      return fail(ErrorKind::Limit, "no core dump: memories hold more than 1 GiB");
    const bool follows = !runs.empty() && runs.back().memory == memory &&
                         runs.back().bytes.data() + runs.back().bytes.size() == chunk.data();
    if (follows)
      runs.back().bytes = {runs.back().bytes.data(), runs.back().bytes.size() + chunk.size()};
    else
      runs.push_back({memory, is64, at, chunk});
  }
  return {};
}

Status CoreDump::writeData() {
  constexpr uint8_t activeIn = 2;
  for (uint32_t i = 0; i < memories.size(); ++i)
    W2N_CHECK(findRuns(i, memories[i]->bytes(), memories[i]->type.limits.is64));
  ByteWriter count;
  count.writeUnsigned(runs.size());
  uint64_t sectionBytes = count.written().size() + runBytes;
  for (const Run &run : runs) {
    ByteWriter &head = runHeads.emplace_back();
    head.writeByte(activeIn);
    head.writeUnsigned(run.memory);
    head.writeByte(run.is64 ? constI64 : constI32);
    head.writeSigned(run.is64 ? int64_t(run.address) : int32_t(uint32_t(run.address)));
    head.writeByte(end);
    head.writeUnsigned(run.bytes.size());
    sectionBytes += head.written().size();
  }
  out.writeByte(dataSection);
  out.writeUnsigned(sectionBytes);
  out.writeBytes(count.written());
  return {};
}

// Memories are written from where they are: they may have a GiB.
Status CoreDump::write(std::string_view name, const std::string &path) {
  constexpr uint64_t magicAndVersion = 0x00000001'6d736100;
  out.writeFixed(magicAndVersion, sizeof(magicAndVersion));
  ByteWriter process;
  process.writeByte(0);
  process.writeName(name);
  writeCustom("core", process);
  writeStack();
  writeInstances();
  writeMemories();
  writeGlobals();
  W2N_CHECK(writeData());
  std::vector<std::span<const uint8_t>> pieces = {out.written()};
  for (size_t i = 0; i < runs.size(); ++i) {
    pieces.push_back(runHeads[i].written());
    pieces.push_back(runs[i].bytes);
  }
  return writePiecesAtomically(path, pieces, FileMode::Private);
}

} // namespace

Status writeCoreDump(const Error &trap, Instance &entered, std::string_view name,
                     const std::string &path) {
  return CoreDump(trap, entered).write(name, path);
}

} // namespace w2n::runtime
