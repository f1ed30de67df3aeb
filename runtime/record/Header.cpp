// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/record/Header.h"

#include "lib/support/ByteReader.h"
#include "lib/support/ByteWriter.h"

namespace w2n::record {

namespace {

std::span<const uint8_t> bytesOf(std::string_view text) {
  return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

void writeTexts(ByteWriter &out, const std::vector<std::string> &texts) {
  out.writeUnsigned(texts.size());
  for (const std::string &text : texts)
    out.writeSized(bytesOf(text));
}

Result<std::string> readText(ByteReader &in) {
  W2N_TRY(size, in.readU32());
  W2N_TRY(bytes, in.readBytes(size));
  return std::string(bytes.begin(), bytes.end());
}

Result<std::vector<std::string>> readTexts(ByteReader &in) {
  W2N_TRY(count, in.readU32());
  if (count > in.remaining())
    return in.malformed("the record of a run has more texts than bytes");
  std::vector<std::string> texts;
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(text, readText(in));
    texts.push_back(std::move(text));
  }
  return texts;
}

/// The limits, in the order of the file.
template <typename Limits> auto limitsOf(Limits &limits) {
  return std::array{&limits.maxMemoryBytes, &limits.maxTableElements, &limits.maxHeapBytes,
                    &limits.maxStackBytes, &limits.maxHostBytes};
}

} // namespace

void setArtifact(Header &header, const runtime::Module &module) {
  header.artifactHash = module.metadata().header().checksum;
  header.artifactBytes = module.file().size();
}

Status checkArtifact(const Header &header, const runtime::Module &module) {
  Header other;
  setArtifact(other, module);
  if (other.artifactHash == header.artifactHash && other.artifactBytes == header.artifactBytes)
    return {};
  return fail(ErrorKind::Invalid, "the record is of another artifact, of " +
                                      std::to_string(header.artifactBytes) + " bytes, not of '" +
                                      module.path() + "'");
}

std::vector<uint8_t> encodeHeader(const Header &header) {
  ByteWriter out;
  out.writeFixed(header.artifactHash, 8);
  out.writeFixed(header.artifactBytes, 8);
  for (const uint64_t *limit : limitsOf(header.limits))
    out.writeUnsigned(*limit);
  out.writeByte(header.fuel.has_value());
  out.writeUnsigned(header.fuel.value_or(0));
  out.writeSized(bytesOf(header.program));
  writeTexts(out, header.options);
  writeTexts(out, header.arguments);
  return out.take();
}

Result<Header> decodeHeader(std::span<const uint8_t> bytes, uint64_t offset) {
  ByteReader in(bytes, offset);
  Header header;
  W2N_TRY(hash, in.readFixed64());
  W2N_TRY(size, in.readFixed64());
  header.artifactHash = hash;
  header.artifactBytes = size;
  for (uint64_t *limit : limitsOf(header.limits)) {
    W2N_TRY(value, in.readU64());
    *limit = value;
  }
  W2N_TRY(hasFuel, in.readByte());
  W2N_TRY(fuel, in.readU64());
  if (hasFuel)
    header.fuel = fuel;
  W2N_TRY(program, readText(in));
  header.program = std::move(program);
  W2N_TRY(options, readTexts(in));
  header.options = std::move(options);
  W2N_TRY(arguments, readTexts(in));
  header.arguments = std::move(arguments);
  return header;
}

} // namespace w2n::record
