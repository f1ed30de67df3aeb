// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The binary form of a profile, which `llvm-profdata merge` writes: a header and a hash table on
// disk. LLVM's reader trusts all the offsets in it; this one trusts none. Source:
// llvm/ProfileData/InstrProf.h (IndexedInstrProf) and llvm/Support/OnDiskHashTable.h.
#include "lib/artifact/Profile.h"
#include "lib/support/ByteReader.h"

#include <algorithm>

namespace w2n::artifact {

namespace {

constexpr uint8_t magic[] = {0xff, 'l', 'p', 'r', 'o', 'f', 'i', 0x81};
/// Versions of LLVM 18 to 22, which differ only in what comes after the header's fields used here.
constexpr uint32_t oldestVersion = 11, newestVersion = 13;
/// Among the bits above the version: what kind of profile it is. The one that is wanted, and those
/// that may be there beside it.
constexpr uint32_t kindIr = 1 << 24, kindsAllowed = kindIr | (1u << 30) | (1u << 31);
/// The offset at which the header has the offset of the hash table.
constexpr size_t hashFieldOffset = 32;

class IndexedReader {
public:
  explicit IndexedReader(std::span<const uint8_t> bytes) : bytes(bytes) {}
  Result<Profile> run();

private:
  Result<ByteReader> at(uint64_t offset) const;
  Status readHeader() const;
  Status readBucket(uint64_t offset);
  Status readFunction(std::string_view name, std::span<const uint8_t> versions, uint64_t offset);

  std::span<const uint8_t> bytes;
  Profile profile;
};

Result<ByteReader> IndexedReader::at(uint64_t offset) const {
  if (offset > bytes.size())
    return fail(ErrorKind::Malformed, "an offset lies outside the profile", offset);
  return ByteReader(bytes.subspan(offset), offset);
}

Status IndexedReader::readHeader() const {
  ByteReader reader(bytes.subspan(sizeof(magic)), sizeof(magic));
  W2N_TRY(version, reader.readFixed32());
  W2N_TRY(kinds, reader.readFixed32());
  if (version < oldestVersion || version > newestVersion)
    return reader.malformed("the profile has version " + std::to_string(version) + ", must be " +
                            std::to_string(oldestVersion) + " to " + std::to_string(newestVersion));
  if (!(kinds & kindIr) || (kinds & ~kindsAllowed))
    return reader.malformed("a profile of this kind cannot be used");
  return {};
}

Result<Profile> IndexedReader::run() {
  W2N_CHECK(readHeader());
  W2N_TRY(header, at(std::min<size_t>(hashFieldOffset, bytes.size())));
  W2N_TRY(tableOffset, header.readFixed64());
  W2N_TRY(table, at(tableOffset));
  W2N_TRY(buckets, table.readFixed64());
  W2N_CHECK(table.readFixed64()); // how many functions there are
  if (buckets > table.remaining() / sizeof(uint64_t))
    return table.malformed("more buckets than bytes");
  for (uint64_t i = 0; i < buckets; ++i) {
    W2N_TRY(offset, table.readFixed64());
    if (offset != 0)
      W2N_CHECK(readBucket(offset));
  }
  return std::move(profile);
}

// A number of functions; for each its hash in this table, lengths of name and data, and both.
Status IndexedReader::readBucket(uint64_t offset) {
  W2N_TRY(reader, at(offset));
  W2N_TRY(low, reader.readByte());
  W2N_TRY(high, reader.readByte());
  for (unsigned left = low | high << 8; left > 0; --left) {
    W2N_CHECK(reader.readFixed64());
    W2N_TRY(nameBytes, reader.readFixed64());
    W2N_TRY(dataBytes, reader.readFixed64());
    W2N_TRY(name, reader.readBytes(nameBytes));
    const uint64_t dataOffset = reader.offset();
    W2N_TRY(data, reader.readBytes(dataBytes));
    W2N_CHECK(
        readFunction({reinterpret_cast<const char *>(name.data()), name.size()}, data, dataOffset));
  }
  return {};
}

// For each version: the hash of its control flow, its counters, its bitmaps (there are none for
// LLVM IR), and values, which are not used.
Status IndexedReader::readFunction(std::string_view name, std::span<const uint8_t> versions,
                                   uint64_t offset) {
  ByteReader reader(versions, offset);
  while (!reader.atEnd()) {
    W2N_TRY(hash, reader.readFixed64());
    W2N_TRY(count, reader.readFixed64());
    if (count > reader.remaining() / sizeof(uint64_t))
      return reader.malformed("more counters than bytes");
    Profile::Counts counts;
    for (uint64_t i = 0; i < count; ++i) {
      W2N_TRY(value, reader.readFixed64());
      counts.push_back(value);
    }
    W2N_TRY(bitmapBytes, reader.readFixed64());
    if (bitmapBytes != 0)
      return reader.malformed("a function has bitmaps");
    W2N_TRY(valueBytes, reader.readFixed32());
    if (valueBytes < sizeof(valueBytes))
      return reader.malformed("the values of a function have " + std::to_string(valueBytes) +
                              " bytes");
    W2N_CHECK(reader.readBytes(valueBytes - sizeof(valueBytes)));
    if (!profile.add(name, hash, counts))
      return reader.malformed("a function is there twice, with different numbers of counters");
  }
  return {};
}

} // namespace

bool Profile::isIndexed(std::span<const uint8_t> bytes) {
  return bytes.size() >= sizeof(magic) && std::ranges::equal(bytes.first(sizeof(magic)), magic);
}

Result<Profile> Profile::parse(std::span<const uint8_t> bytes) {
  if (!isIndexed(bytes))
    return parseText({reinterpret_cast<const char *>(bytes.data()), bytes.size()});
  auto read = IndexedReader(bytes).run();
  if (!read) {
    // Offsets of errors are those of a module.
    Error &error = read.error();
    error.text.insert(0, "byte " + std::to_string(error.offset) + ": ");
    error.offset = Error::noOffset;
  }
  return read;
}

} // namespace w2n::artifact
