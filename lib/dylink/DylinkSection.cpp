// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/dylink/DylinkSection.h"

#include "lib/support/ByteReader.h"

namespace w2n::dylink {

namespace {

enum Subsection : uint8_t { MemoryInfo = 1, Needed = 2, ImportInfo = 4 };
/// Bits 0 and 1 of a symbol's flags are its binding.
constexpr uint32_t bindingMask = 3, weakBinding = 1;
/// Larger alignments than these would be larger than what is aligned.
constexpr uint32_t maxMemoryAlignLog2 = 31, maxTableAlignLog2 = 16;

Status readMemoryInfo(ByteReader &in, DylinkInfo &info) {
  uint32_t *const fields[] = {&info.memoryBytes, &info.memoryAlignLog2, &info.tableElements,
                              &info.tableAlignLog2};
  for (uint32_t *field : fields) {
    W2N_TRY(value, in.readU32());
    *field = value;
  }
  if (info.memoryAlignLog2 > maxMemoryAlignLog2 || info.tableAlignLog2 > maxTableAlignLog2)
    return in.malformed("the dylink.0 section has alignments of 2^" +
                        std::to_string(info.memoryAlignLog2) + " bytes and 2^" +
                        std::to_string(info.tableAlignLog2) + " elements");
  return {};
}

Status readNeeded(ByteReader &in, DylinkInfo &info) {
  W2N_TRY(count, in.readU32());
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(name, in.readName());
    info.needed.push_back(name);
  }
  return {};
}

Status readImportInfo(ByteReader &in, DylinkInfo &info) {
  W2N_TRY(count, in.readU32());
  for (uint32_t i = 0; i < count; ++i) {
    W2N_CHECK(in.readName()); // the module: "env", also of what is imported from "GOT.mem"
    W2N_TRY(name, in.readName());
    W2N_TRY(flags, in.readU32());
    if ((flags & bindingMask) == weakBinding)
      info.weakSymbols.insert(name);
  }
  return {};
}

/// Subsections of other kinds say nothing that linking ahead of time needs.
Status readSubsection(uint8_t id, ByteReader &in, DylinkInfo &info) {
  using Read = Status (*)(ByteReader &, DylinkInfo &);
  constexpr std::pair<uint8_t, Read> table[] = {
      {MemoryInfo, readMemoryInfo}, {Needed, readNeeded}, {ImportInfo, readImportInfo}};
  for (const auto &[known, read] : table) {
    if (known != id)
      continue;
    W2N_CHECK(read(in, info));
    if (!in.atEnd())
      return in.malformed("the dylink.0 section's subsection " + std::to_string(id) + " has " +
                          std::to_string(in.remaining()) + " bytes too many");
  }
  return {};
}

Status readSubsections(ByteReader &in, DylinkInfo &info) {
  while (!in.atEnd()) {
    W2N_TRY(id, in.readByte());
    W2N_TRY(size, in.readU32());
    const uint64_t offset = in.offset();
    W2N_TRY(content, in.readBytes(size));
    ByteReader inner(content, offset);
    W2N_CHECK(readSubsection(id, inner, info));
  }
  return {};
}

} // namespace

Result<std::optional<DylinkInfo>> readDylinkSection(wasm::Bytes bytes) {
  constexpr size_t preambleBytes = 8;
  ByteReader reader(bytes.subspan(std::min(preambleBytes, bytes.size())), preambleBytes);
  if (reader.atEnd())
    return std::nullopt;
  W2N_TRY(id, reader.readByte());
  W2N_TRY(size, reader.readU32());
  const uint64_t offset = reader.offset();
  W2N_TRY(content, reader.readBytes(size));
  if (id != 0)
    return std::nullopt;
  ByteReader in(content, offset);
  W2N_TRY(name, in.readName());
  if (name == "dylink")
    return fail(ErrorKind::Unsupported,
                "the module has a 'dylink' section, of compilers before 2021: compile it again",
                offset);
  if (name != "dylink.0")
    return std::nullopt;
  DylinkInfo info;
  if (Status status = readSubsections(in, info); !status) {
    Error error = std::move(status).error();
    error.text += " (in the dylink.0 section)";
    return std::unexpected(std::move(error));
  }
  return info;
}

} // namespace w2n::dylink
