// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Writer and reader go through the same list of fields, so that they cannot differ.
#include "runtime/checkpoint/Checkpoint.h"

#include "lib/artifact/Checksum.h"
#include "lib/support/ByteReader.h"
#include "lib/support/ByteWriter.h"

#include <cstring>

namespace w2n::checkpoint {

namespace {

/// The last byte is the version of the format.
constexpr uint8_t magic[8] = {'w', '2', 'n', 'c', 'k', 'p', 't', 1};
constexpr size_t hashBytes = 8;

class FieldWriter {
public:
  static constexpr bool reads = false;
  void number(uint64_t value) { out.writeUnsigned(value); }
  void fixed(uint64_t value) { out.writeFixed(value, 8); }
  void bytes(const uint8_t *data, size_t size) { out.writeSized({data, size}); }

  ByteWriter out;
};

/// Remembers the first failure, after which everything reads as zero.
class FieldReader {
public:
  static constexpr bool reads = true;
  explicit FieldReader(std::span<const uint8_t> bytes) : in(bytes) {}

  uint64_t number() { return valueOf(in.readU64()); }
  uint64_t fixed() { return valueOf(in.readFixed64()); }
  std::span<const uint8_t> bytes() {
    const uint64_t size = number();
    if (size > in.remaining()) {
      isGood = false;
      return {};
    }
    return *in.readBytes(size_t(size));
  }
  /// A number of things that take at least `leastBytes` each.
  uint64_t count(size_t leastBytes) {
    const uint64_t value = number();
    isGood &= value <= in.remaining() / leastBytes;
    return isGood ? value : 0;
  }
  void refuse() { isGood = false; }
  bool isComplete() const { return isGood && in.atEnd(); }

private:
  uint64_t valueOf(const Result<uint64_t> &value) {
    isGood &= value.has_value();
    return isGood ? *value : 0;
  }

  ByteReader in;
  bool isGood = true;
};

// visit(fields, value): writes or reads it.

template <typename Fields, typename Number>
void visitNumber(Fields &fields, Number &value, bool isFixed = false) {
  if constexpr (Fields::reads) {
    const uint64_t read = isFixed ? fields.fixed() : fields.number();
    value = Number(read);
    if (uint64_t(value) != read)
      fields.refuse();
  } else if (isFixed) {
    fields.fixed(uint64_t(value));
  } else {
    fields.number(uint64_t(value));
  }
}

/// A list, whose elements `visitElement` visits.
template <typename Fields, typename List, typename Visit>
void visitList(Fields &fields, List &list, size_t leastBytes, Visit visitElement) {
  if constexpr (Fields::reads)
    list.resize(fields.count(leastBytes));
  else
    fields.number(list.size());
  for (auto &&element : list)
    visitElement(element);
}

template <typename Fields, typename Bytes> void visitBytes(Fields &fields, Bytes &value) {
  if constexpr (Fields::reads) {
    const auto read = fields.bytes();
    value.assign(read.begin(), read.end());
  } else {
    fields.bytes(reinterpret_cast<const uint8_t *>(value.data()), value.size());
  }
}

template <typename Fields, typename Texts> void visitTexts(Fields &fields, Texts &texts) {
  visitList(fields, texts, 1, [&](auto &text) { visitBytes(fields, text); });
}

template <typename Fields, typename Numbers> void visitAddresses(Fields &fields, Numbers &numbers) {
  visitList(fields, numbers, sizeof(uint64_t),
            [&](auto &number) { visitNumber(fields, number, /*isFixed=*/true); });
}

template <typename Fields, typename Flags> void visitFlags(Fields &fields, Flags &flags) {
  if constexpr (Fields::reads) {
    flags.resize(fields.count(1));
    for (size_t i = 0; i < flags.size(); ++i)
      flags[i] = fields.number() != 0;
  } else {
    fields.number(flags.size());
    for (const bool flag : flags)
      fields.number(flag);
  }
}

template <typename Fields, typename Start> void visitStart(Fields &fields, Start &start) {
  visitBytes(fields, start.program);
  visitTexts(fields, start.options);
  visitBytes(fields, start.workingDirectory);
  visitTexts(fields, start.arguments);
  visitTexts(fields, start.environment);
}

template <typename Fields, typename Image> void visitImage(Fields &fields, Image &image) {
  visitNumber(fields, image.import);
  visitNumber(fields, image.slots);
  visitNumber(fields, image.position.stackPointer);
  visitNumber(fields, image.position.stackTop);
  for (auto &saved : image.position.registers)
    visitNumber(fields, saved, /*isFixed=*/true);
  visitBytes(fields, image.stack);
  visitBytes(fields, image.context);
  visitList(fields, image.memoryBytes, 1, [&](auto &bytes) { visitNumber(fields, bytes); });
  visitList(fields, image.tables, 1, [&](auto &table) { visitAddresses(fields, table); });
  visitFlags(fields, image.droppedElements);
  visitFlags(fields, image.droppedData);
  visitList(fields, image.elementValues, 1, [&](auto &values) { visitAddresses(fields, values); });
}

template <typename Fields, typename File> void visitFile(Fields &fields, File &file) {
  if constexpr (Fields::reads) {
    const uint64_t kind = fields.number();
    if (kind >= wasi::SavedFile::kinds)
      fields.refuse();
    else
      file.kind = wasi::SavedFile::Kind(kind);
  } else {
    fields.number(uint64_t(file.kind));
  }
  visitNumber(fields, file.base);
  visitNumber(fields, file.inheriting);
  visitNumber(fields, file.given);
  visitBytes(fields, file.path);
  visitNumber(fields, file.isDirectory);
  visitNumber(fields, file.flags);
  visitNumber(fields, file.position);
  visitNumber(fields, file.device);
  visitNumber(fields, file.inode);
}

template <typename Fields, typename World> void visitWorld(Fields &fields, World &world) {
  visitList(fields, world.files, 1, [&](auto &file) { visitFile(fields, file); });
  for (auto &ns : world.clocks.ns)
    visitNumber(fields, ns);
  visitNumber(fields, world.clocks.sleptNs);
  visitNumber(fields, world.quotaLeft);
  if constexpr (Fields::reads) {
    if (fields.number() != 0)
      world.randomState = fields.fixed();
  } else {
    fields.number(world.randomState.has_value());
    if (world.randomState)
      fields.fixed(*world.randomState);
  }
}

template <typename Fields, typename Pages> void visitPages(Fields &fields, Pages &pages) {
  constexpr size_t leastBytes = 2 + sizeof(uint64_t);
  if constexpr (Fields::reads) {
    pages.resize(fields.count(1));
    for (auto &ofMemory : pages)
      for (uint64_t left = fields.count(leastBytes); left > 0; --left) {
        const uint64_t page = fields.number(), slot = fields.number();
        ofMemory[page] = {slot, fields.fixed()};
      }
  } else {
    fields.number(pages.size());
    for (const auto &ofMemory : pages) {
      fields.number(ofMemory.size());
      for (const auto &[page, saved] : ofMemory) {
        fields.number(page);
        fields.number(saved.slot);
        fields.fixed(saved.hash);
      }
    }
  }
}

template <typename Fields, typename Any> void visitCheckpoint(Fields &fields, Any &checkpoint) {
  visitStart(fields, checkpoint.start);
  if constexpr (Fields::reads)
    checkpoint.interval.time = std::chrono::nanoseconds(fields.fixed());
  else
    fields.fixed(uint64_t(checkpoint.interval.time.count()));
  visitNumber(fields, checkpoint.interval.calls);
  visitNumber(fields, checkpoint.artifactHash, /*isFixed=*/true);
  visitNumber(fields, checkpoint.artifactBytes);
  visitBytes(fields, checkpoint.cpu);
  visitNumber(fields, checkpoint.pageBytes);
  visitNumber(fields, checkpoint.firstAddress);
  visitNumber(fields, checkpoint.endAddress);
  visitNumber(fields, checkpoint.stackBytes);
  visitImage(fields, checkpoint.image);
  visitWorld(fields, checkpoint.world);
  visitPages(fields, checkpoint.pages);
}

std::unexpected<Error> malformedCheckpoint(const char *what) {
  return fail(ErrorKind::Malformed, std::string("the checkpoint is damaged: ") + what);
}

} // namespace

std::vector<uint8_t> encodeCheckpoint(const Checkpoint &checkpoint) {
  FieldWriter fields;
  // Not all at once: GCC 12 sees writes past the end (GCC bug 105651).
  for (const uint8_t byte : magic)
    fields.out.writeByte(byte);
  visitCheckpoint(fields, checkpoint);
  fields.out.writeFixed(artifact::hashBytes(fields.out.written()), hashBytes);
  return fields.out.take();
}

Result<Checkpoint> decodeCheckpoint(std::span<const uint8_t> bytes) {
  if (bytes.size() < sizeof(magic) + hashBytes)
    return malformedCheckpoint("it is cut off");
  if (std::memcmp(bytes.data(), magic, sizeof(magic) - 1) != 0)
    return malformedCheckpoint("it is none");
  if (bytes[sizeof(magic) - 1] != magic[sizeof(magic) - 1])
    return fail(ErrorKind::Unsupported, "the checkpoint is of another version of wasm2native");
  const auto contents = bytes.first(bytes.size() - hashBytes);
  if (artifact::hashBytes(contents) != *ByteReader(bytes.last(hashBytes)).readFixed64())
    return malformedCheckpoint("its hash is another");
  Checkpoint checkpoint;
  FieldReader fields(contents.subspan(sizeof(magic)));
  visitCheckpoint(fields, checkpoint);
  if (!fields.isComplete())
    return malformedCheckpoint("its fields do not add up");
  return checkpoint;
}

} // namespace w2n::checkpoint
