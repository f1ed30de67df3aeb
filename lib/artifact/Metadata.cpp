// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/artifact/Metadata.h"

#include "lib/artifact/ElfFile.h"
#include "lib/artifact/TypeCodes.h"
#include "lib/support/Range.h"

#include <array>
#include <cstring>

namespace w2n::artifact {

namespace {

/// The pass over everything but functions, references to them, and segments, which are checked when
/// they are used: a module may have tens of thousands.
class Checker {
public:
  Checker(const Metadata &metadata, uint64_t fileBytes)
      : metadata(metadata), header(metadata.header()), fileBytes(fileBytes) {}

  Status run();

private:
  std::unexpected<Error> malformed(std::string text) const {
    return fail(ErrorKind::Malformed, "metadata: " + std::move(text), metadata.fileOffset());
  }
  template <typename T> Status checkArray(ArrayRef array, const char *what) const;
  Status checkArrays() const;
  Status checkCounts() const;
  Status checkHeaderOffsets() const;
  Status checkTypes() const;
  Status checkTypeDetails(uint32_t index, uint32_t groupEnd) const;
  Status checkPlainCodes(const TypeRecord &type) const;
  Status checkImports() const;
  Status checkExports() const;
  Status checkStart() const;
  Status checkLimits(uint32_t flags, uint64_t min, uint64_t max, uint64_t maxSize,
                     const char *what) const;
  Status checkTables() const;
  Status checkMemories() const;
  Status checkGlobals() const;
  Status checkTags() const;
  Status checkImages() const;
  Status checkSlices() const;
  bool isInFile(ImageOffset offset, uint64_t bytes) const;
  uint64_t countOf(uint32_t kind) const;

  const Metadata &metadata;
  const MetadataHeader &header;
  uint64_t fileBytes;
};

template <typename T> Status Checker::checkArray(ArrayRef array, const char *what) const {
  // 2^32 elements of 32 bytes do not overflow 64 bits.
  if (array.count != 0 &&
      (!isInside(array.offset, uint64_t(array.count) * sizeof(T), header.bytes) ||
       array.offset % alignof(T) != 0))
    return malformed(std::string(what) + " lie outside the metadata");
  return {};
}

Status Checker::checkArrays() const {
  W2N_CHECK(checkArray<uint8_t>(header.compilerVersion, "compiler version"));
  W2N_CHECK(checkArray<uint8_t>(header.targetTriple, "target triple"));
  W2N_CHECK(checkArray<uint8_t>(header.moduleName, "module name"));
  W2N_CHECK(checkArray<TypeRecord>(header.types, "types"));
  W2N_CHECK(checkArray<ImportRecord>(header.imports, "imports"));
  W2N_CHECK(checkArray<ExportRecord>(header.exports, "exports"));
  W2N_CHECK(checkArray<FunctionRecord>(header.functions, "functions"));
  W2N_CHECK(checkArray<TableRecordInfo>(header.tables, "tables"));
  W2N_CHECK(checkArray<MemoryRecordInfo>(header.memories, "memories"));
  W2N_CHECK(checkArray<GlobalRecordInfo>(header.globals, "globals"));
  W2N_CHECK(checkArray<TagRecordInfo>(header.tags, "tags"));
  W2N_CHECK(checkArray<ElementRecord>(header.elements, "element segments"));
  W2N_CHECK(checkArray<DataRecord>(header.data, "data segments"));
  W2N_CHECK(checkArray<ImageRecord>(header.images, "memory images"));
  W2N_CHECK(checkArray<SliceRecord>(header.slices, "slices"));
  W2N_CHECK(checkArray<uint8_t>(header.component, "component"));
  return checkArray<uint32_t>(header.references, "function references");
}

Status Checker::checkCounts() const {
  if (header.importedFunctions > header.functions.count ||
      header.importedTables > header.tables.count ||
      header.importedMemories > header.memories.count ||
      header.importedGlobals > header.globals.count || header.importedTags > header.tags.count)
    return malformed("more imports of a kind than entries");
  if (header.referencedFunctions != header.references.count)
    return malformed("function references do not agree with their count");
  if (header.startFunction != noIndex && header.startFunction >= header.functions.count)
    return malformed("start function is out of range");
  return {};
}

bool Checker::isInFile(ImageOffset offset, uint64_t bytes) const {
  // Wraps to a huge value when the offset points before the file, which isInside refuses.
  return isInside(metadata.fileOffset() + uint64_t(int64_t(offset)), bytes, fileBytes);
}

Status Checker::checkHeaderOffsets() const {
  if (header.ehFrameBytes != 0 && !isInFile(header.ehFrame, header.ehFrameBytes))
    return malformed("unwind information lies outside the file");
  if (header.inlinedBytes != 0 &&
      (!isInFile(header.inlined, header.inlinedBytes) ||
       uint64_t(int64_t(metadata.fileOffset()) + header.inlined) % alignof(InlinedRange) != 0))
    return malformed("the list of inlined code lies outside the file");
  return {};
}

// The contents of a slice's arrays are checked when they are used.
Status Checker::checkSlices() const {
  const auto slices = metadata.slices();
  if (slices.empty() || slices.size() > maxSlices)
    return malformed(std::to_string(slices.size()) + " slices, must be 1 to " +
                     std::to_string(maxSlices));
  for (const SliceRecord &slice : slices) {
    W2N_CHECK(checkArray<uint8_t>(slice.cpu, "processor name"));
    W2N_CHECK(checkArray<uint8_t>(slice.features, "processor features"));
    W2N_CHECK(checkArray<FunctionCode>(slice.functions, "a slice's functions"));
    W2N_CHECK(checkArray<ThunkRecord>(slice.thunks, "a slice's thunks"));
    W2N_CHECK(checkArray<ProfileRecord>(slice.profile, "a slice's profile"));
    if (slice.functions.count != header.functions.count || slice.thunks.count != header.types.count)
      return malformed("a slice does not have the module's functions and types");
    if (slice.initialize != 0 && !metadata.isCode(slice.initialize))
      return malformed("the initialization function lies outside the code");
    if (slice.codeBegin > slice.codeEnd ||
        (slice.codeBegin != slice.codeEnd &&
         (!metadata.isCode(slice.codeBegin) || !metadata.isCode(slice.codeEnd - 1))))
      return malformed("the code range lies outside the executable segment");
  }
  return {};
}

// Types refer to those before them and to those of their own recursive group.
Status Checker::checkTypeDetails(uint32_t index, uint32_t groupEnd) const {
  const TypeRecord &type = metadata.types()[index];
  W2N_CHECK(checkArray<uint32_t>(type.details, "type details"));
  const auto kind = type.flags & typeKindBits;
  if (kind > uint32_t(wasm::CompositeKind::Array))
    return malformed("unknown kind of type " + std::to_string(kind));
  if ((type.flags & typeHasSuper) && type.super >= index)
    return malformed("the supertype of a type comes after it");
  const auto details = metadata.indices(type.details);
  for (uint32_t code : details)
    if (!isTypeCode(code, groupEnd))
      return malformed("unknown value type " + std::to_string(code));
  const uint64_t values = uint64_t(type.params.count) + type.results.count;
  const bool isFunction = kind == uint32_t(wasm::CompositeKind::Function);
  if (isFunction ? !details.empty() && details.size() != values : values != 0)
    return malformed("type details do not agree with their count");
  return {};
}

// The codes of the details are those of parameters and results, with more to say.
Status Checker::checkPlainCodes(const TypeRecord &type) const {
  const auto details = metadata.indices(type.details);
  const auto params = metadata.valueTypes(type.params), results = metadata.valueTypes(type.results);
  if (params.size() + results.size() == 0)
    return {};
  for (size_t i = 0; i < details.size(); ++i)
    if ((details[i] & codeBits) != (i < params.size() ? params[i] : results[i - params.size()]))
      return malformed("type details do not agree with their types");
  return {};
}

Status Checker::checkTypes() const {
  const auto types = metadata.types();
  for (uint32_t begin = 0, end; begin < types.size(); begin = end) {
    end = begin + 1;
    while (end < types.size() && (types[end].flags & typeIsInGroup))
      ++end;
    for (uint32_t i = begin; i < end; ++i)
      W2N_CHECK(checkTypeDetails(i, end));
  }
  for (const TypeRecord &type : metadata.types()) {
    W2N_CHECK(checkArray<uint8_t>(type.params, "parameter types"));
    W2N_CHECK(checkArray<uint8_t>(type.results, "result types"));
    for (ArrayRef array : {type.params, type.results}) {
      if (array.count > argumentBufferSlots)
        return malformed("a type has " + std::to_string(array.count) +
                         " parameters or results, most is 1000");
      for (uint8_t code : metadata.valueTypes(array))
        if (code > uint8_t(lastValueTypeCode))
          return malformed("unknown value type " + std::to_string(code));
    }
    W2N_CHECK(checkPlainCodes(type));
  }
  return {};
}

Status Checker::checkImports() const {
  std::array<uint32_t, 5> seen = {};
  const std::array<uint32_t, 5> wanted = {header.importedFunctions, header.importedTables,
                                          header.importedMemories, header.importedGlobals,
                                          header.importedTags};
  for (const ImportRecord &record : metadata.imports()) {
    W2N_CHECK(checkArray<uint8_t>(record.module, "import names"));
    W2N_CHECK(checkArray<uint8_t>(record.name, "import names"));
    if (record.kind >= seen.size())
      return malformed("unknown import kind " + std::to_string(record.kind));
    // Imports come first in each index space and in order.
    if (record.index != seen[record.kind]++)
      return malformed("import index " + std::to_string(record.index) + " is out of order");
  }
  if (seen != wanted)
    return malformed("imports do not agree with their counts");
  for (uint32_t i = 0; i < header.importedFunctions; ++i)
    W2N_CHECK(metadata.function(i));
  return {};
}

uint64_t Checker::countOf(uint32_t kind) const {
  const std::array<uint32_t, 5> counts = {header.functions.count, header.tables.count,
                                          header.memories.count, header.globals.count,
                                          header.tags.count};
  return kind < counts.size() ? counts[kind] : 0;
}

Status Checker::checkExports() const {
  for (const ExportRecord &record : metadata.exports()) {
    W2N_CHECK(checkArray<uint8_t>(record.name, "export names"));
    if (record.index >= countOf(record.kind))
      return malformed("export of kind " + std::to_string(record.kind) + " with index " +
                       std::to_string(record.index) + " does not exist");
    if (record.kind != uint32_t(ExternKindCode::Function))
      continue;
    W2N_TRY(function, metadata.function(record.index));
    if (record.index >= header.importedFunctions &&
        (function.reference == noIndex ||
         metadata.references()[function.reference] != record.index))
      return malformed("exported function " + std::to_string(record.index) + " has no reference");
  }
  return {};
}

// It is called without arguments, so one that takes some would read what nobody wrote.
Status Checker::checkStart() const {
  if (header.startFunction == noIndex)
    return {};
  W2N_TRY(function, metadata.function(header.startFunction));
  const TypeRecord &type = metadata.types()[function.typeIndex];
  if (type.params.count != 0 || type.results.count != 0)
    return malformed("the start function has parameters or results");
  return {};
}

Status Checker::checkLimits(uint32_t flags, uint64_t min, uint64_t max, uint64_t maxSize,
                            const char *what) const {
  if (flags & ~(limitHasMax | limitIs64 | limitShared))
    return malformed(std::string(what) + " has unknown flags");
  if (min > maxSize)
    return malformed(std::string(what) + " has minimum " + std::to_string(min) + ", most is " +
                     std::to_string(maxSize));
  if ((flags & limitHasMax) && max < min)
    return malformed(std::string(what) + " has a maximum below its minimum");
  return {};
}

Status Checker::checkTables() const {
  for (const TableRecordInfo &table : metadata.tables()) {
    if (!isTypeCode(table.elementType, header.types.count) ||
        !decodeType(table.elementType).isRef())
      return malformed("table has element type " + std::to_string(table.elementType));
    const uint64_t maxSize = table.flags & limitIs64 ? UINT64_MAX : UINT32_MAX;
    W2N_CHECK(checkLimits(table.flags, table.min, table.max, maxSize, "table"));
  }
  return {};
}

Status Checker::checkMemories() const {
  for (const MemoryRecordInfo &memory : metadata.memories()) {
    if (memory.pageSizeLog2 != 0 && memory.pageSizeLog2 != 16)
      return malformed("memory has pages of 2^" + std::to_string(memory.pageSizeLog2) + " bytes");
    // 2^32 bytes, or 2^64 - 1, which keeps the size in bytes inside 64 bits.
    const uint64_t maxSize = memory.flags & limitIs64 ? UINT64_MAX >> memory.pageSizeLog2
                                                      : uint64_t(1) << (32 - memory.pageSizeLog2);
    W2N_CHECK(checkLimits(memory.flags, memory.min, memory.max, maxSize, "memory"));
  }
  return {};
}

Status Checker::checkGlobals() const {
  for (const GlobalRecordInfo &global : metadata.globals())
    if (!isTypeCode(global.type, header.types.count) || global.isMutable > 1)
      return malformed("unknown type of a global");
  return {};
}

Status Checker::checkTags() const {
  for (const TagRecordInfo &tag : metadata.tags())
    if (tag.typeIndex >= header.types.count)
      return malformed("a tag has an unknown type");
  return {};
}

Status Checker::checkImages() const {
  for (const ImageRecord &image : metadata.images()) {
    if (image.memory < header.importedMemories || image.memory >= header.memories.count)
      return malformed("memory image of a memory that is not defined here");
    if (image.fileOffset % segmentAlignment != 0 || image.memoryOffset % segmentAlignment != 0 ||
        image.bytes % 4096 != 0)
      return malformed("memory image is not aligned");
    if (!isInside(image.fileOffset, image.bytes, fileBytes))
      return malformed("memory image lies outside the file");
    const MemoryRecordInfo &memory = metadata.memories()[image.memory];
    // The last page of a memory with small pages may be partly past its end.
    const uint64_t memoryBytes = std::min(memory.min << memory.pageSizeLog2, maxMemoryBytes);
    if (!isInside(image.memoryOffset, image.bytes, (memoryBytes + 4095) & ~uint64_t(4095)))
      return malformed("memory image lies outside its memory");
  }
  return {};
}

Status Checker::run() {
  W2N_CHECK(checkArrays());
  W2N_CHECK(checkCounts());
  W2N_CHECK(checkHeaderOffsets());
  W2N_CHECK(checkSlices());
  W2N_CHECK(checkTypes());
  W2N_CHECK(checkImports());
  W2N_CHECK(checkExports());
  W2N_CHECK(checkStart());
  W2N_CHECK(checkTables());
  W2N_CHECK(checkMemories());
  W2N_CHECK(checkGlobals());
  W2N_CHECK(checkTags());
  return checkImages();
}

} // namespace

Result<Metadata> Metadata::read(std::span<const uint8_t> file) {
  W2N_TRY(elf, readElfFile(file));
  auto malformed = [&](std::string text) {
    return fail(ErrorKind::Malformed, "metadata: " + std::move(text), elf.note.offset);
  };
  Metadata metadata;
  metadata.base = file.data() + elf.note.offset;
  metadata.noteOffset = elf.note.offset;
  metadata.fileSize = file.size();
  metadata.textBegin = elf.text.offset;
  metadata.textSize = elf.text.bytes;
  if (elf.note.bytes < sizeof(MetadataHeader))
    return malformed("shorter than its header");
  // Read in place, so the records' alignment has to be the file's.
  if (reinterpret_cast<uintptr_t>(metadata.base) % alignof(uint64_t) != 0)
    return malformed("not aligned to 8 bytes");
  metadata.headerPtr = reinterpret_cast<const MetadataHeader *>(metadata.base);
  const MetadataHeader &header = *metadata.headerPtr;
  if (std::memcmp(header.magic, metadataMagic, sizeof(metadataMagic)) != 0)
    return malformed("wrong magic number");
  if (header.version != formatVersion)
    return fail(ErrorKind::Unsupported,
                "module was compiled for format version " + std::to_string(header.version) +
                    ", this runtime reads version " + std::to_string(formatVersion));
  if (header.bytes < sizeof(MetadataHeader) || header.bytes > elf.note.bytes)
    return malformed("its size is " + std::to_string(header.bytes) + " bytes in a note of " +
                     std::to_string(elf.note.bytes));
  if (header.elfMachine != elf.machine)
    return malformed("it is for " + machineName(header.elfMachine) + " in a file for " +
                     machineName(elf.machine));
  if (header.flags & ~(flagExplicitBounds | flagMetersFuel | flagProfiles | flagUsesHeap |
                       flagSignsReturnAddresses))
    return malformed("unknown flags " + std::to_string(header.flags));
  W2N_CHECK(Checker(metadata, file.size()).run());
  return metadata;
}

ContextLayout Metadata::contextLayout() const {
  ContextLayout layout;
  layout.importedFunctions = headerPtr->importedFunctions;
  layout.memories = headerPtr->memories.count;
  layout.tables = headerPtr->tables.count;
  layout.importedGlobals = headerPtr->importedGlobals;
  layout.definedGlobals = headerPtr->globals.count - headerPtr->importedGlobals;
  layout.referencedFunctions = headerPtr->referencedFunctions;
  layout.types = headerPtr->types.count;
  layout.definedMemories = headerPtr->memories.count - headerPtr->importedMemories;
  layout.definedTables = headerPtr->tables.count - headerPtr->importedTables;
  layout.importedTags = headerPtr->importedTags;
  layout.definedTags = headerPtr->tags.count - headerPtr->importedTags;
  layout.profileCounters = headerPtr->flags & flagProfiles ? 1 : 0;
  return layout;
}

namespace {
template <typename T> std::span<const T> arrayAt(const uint8_t *base, ArrayRef array) {
  return {reinterpret_cast<const T *>(base + array.offset), array.count};
}
} // namespace

std::span<const TypeRecord> Metadata::types() const {
  return arrayAt<TypeRecord>(base, headerPtr->types);
}
std::span<const ImportRecord> Metadata::imports() const {
  return arrayAt<ImportRecord>(base, headerPtr->imports);
}
std::span<const ExportRecord> Metadata::exports() const {
  return arrayAt<ExportRecord>(base, headerPtr->exports);
}
std::span<const FunctionRecord> Metadata::functions() const {
  return arrayAt<FunctionRecord>(base, headerPtr->functions);
}
std::span<const TableRecordInfo> Metadata::tables() const {
  return arrayAt<TableRecordInfo>(base, headerPtr->tables);
}
std::span<const MemoryRecordInfo> Metadata::memories() const {
  return arrayAt<MemoryRecordInfo>(base, headerPtr->memories);
}
std::span<const GlobalRecordInfo> Metadata::globals() const {
  return arrayAt<GlobalRecordInfo>(base, headerPtr->globals);
}
std::span<const TagRecordInfo> Metadata::tags() const {
  return arrayAt<TagRecordInfo>(base, headerPtr->tags);
}
std::span<const ElementRecord> Metadata::elements() const {
  return arrayAt<ElementRecord>(base, headerPtr->elements);
}
std::span<const DataRecord> Metadata::data() const {
  return arrayAt<DataRecord>(base, headerPtr->data);
}
std::span<const ImageRecord> Metadata::images() const {
  return arrayAt<ImageRecord>(base, headerPtr->images);
}
std::span<const SliceRecord> Metadata::slices() const {
  return arrayAt<SliceRecord>(base, headerPtr->slices);
}
std::span<const uint32_t> Metadata::references() const {
  return arrayAt<uint32_t>(base, headerPtr->references);
}

std::string_view Metadata::string(StringRef reference) const {
  if (!isInside(reference.offset, reference.count, headerPtr->bytes))
    return {};
  return {reinterpret_cast<const char *>(base + reference.offset), reference.count};
}

std::span<const uint8_t> Metadata::valueTypes(ArrayRef reference) const {
  if (!isInside(reference.offset, reference.count, headerPtr->bytes))
    return {};
  return arrayAt<uint8_t>(base, reference);
}

std::span<const uint32_t> Metadata::indices(ArrayRef reference) const {
  if (!isInside(reference.offset, 4ull * reference.count, headerPtr->bytes) ||
      reference.offset % alignof(uint32_t) != 0)
    return {};
  return arrayAt<uint32_t>(base, reference);
}

std::span<const uint8_t> Metadata::dataBytes(uint32_t segment) const {
  const DataRecord &record = data()[segment];
  // Wraps to a huge value when the offset points before the file, which isInside refuses.
  if (!isInside(noteOffset + uint64_t(int64_t(record.bytes)), record.count, fileSize))
    return {};
  return {address(record.bytes), record.count};
}

bool Metadata::isCode(ImageOffset offset) const {
  return noteOffset + uint64_t(int64_t(offset)) - textBegin < textSize;
}

Result<FunctionRecord> Metadata::referencedFunction(uint32_t reference) const {
  const uint32_t index = references()[reference];
  auto malformed = [&](const char *what) {
    return fail(ErrorKind::Malformed,
                "metadata: function reference " + std::to_string(reference) + what, noteOffset);
  };
  if (index < headerPtr->importedFunctions || index >= headerPtr->functions.count)
    return malformed(" is to no defined function");
  W2N_TRY(record, function(index));
  if (record.reference != reference)
    return malformed(" is not its function's");
  return record;
}

Result<FunctionRecord> Metadata::function(uint32_t index) const {
  const FunctionRecord record = functions()[index];
  const bool referenceIsSound =
      record.reference == noIndex || record.reference < headerPtr->referencedFunctions;
  if (record.typeIndex >= headerPtr->types.count || !referenceIsSound ||
      (types()[record.typeIndex].flags & typeKindBits) != uint32_t(wasm::CompositeKind::Function))
    return fail(ErrorKind::Malformed, "metadata: function " + std::to_string(index) + " is damaged",
                noteOffset);
  return record;
}

} // namespace w2n::artifact
