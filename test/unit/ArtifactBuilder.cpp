// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/unit/ArtifactBuilder.h"

#include "lib/artifact/Checksum.h"
#include "runtime/arch/Arch.h"

#include <cstring>
#include <elf.h>

namespace w2n::test {

using namespace artifact;

namespace {

/// The descriptor follows a header of 12 bytes and the owner of 12.
constexpr uint64_t descriptorOffset = noteOffset + 24;

void alignTo(std::vector<uint8_t> &bytes, size_t alignment, uint8_t fill = 0) {
  while (bytes.size() % alignment != 0)
    bytes.push_back(fill);
}

Elf64_Phdr segment(uint32_t type, uint32_t flags, uint64_t offset, uint64_t bytes,
                   uint64_t alignment) {
  return {type, flags, offset, offset, offset, bytes, bytes, alignment};
}

} // namespace

ArtifactBuilder::ArtifactBuilder() : metadata(sizeof(MetadataHeader)) {
  std::memcpy(header.magic, metadataMagic, sizeof(metadataMagic));
  header.version = formatVersion;
  header.elfMachine = runtime::hostElfMachine;
  header.startFunction = noIndex;
  addSlice("baseline", "");
}

ArrayRef ArtifactBuilder::addBytes(const void *bytes, size_t count) {
  alignTo(metadata, 8);
  const ArrayRef where = {uint32_t(metadata.size()), 0};
  const auto *begin = static_cast<const uint8_t *>(bytes);
  metadata.insert(metadata.end(), begin, begin + count);
  return where;
}

template <typename T> ArrayRef ArtifactBuilder::place(const std::vector<T> &records) {
  ArrayRef where = addBytes(records.data(), records.size() * sizeof(T));
  where.count = uint32_t(records.size());
  return where;
}

ImageOffset ArtifactBuilder::addCode(const Code &code) {
  alignTo(text, 16, 0xcc);
  const uint64_t offset = textOffset + text.size();
  text.insert(text.end(), code.begin(), code.end());
  return ImageOffset(offset - descriptorOffset);
}

uint32_t ArtifactBuilder::addType(Types params, Types results) {
  TypeRecord record = {};
  record.params = addBytes(params.data(), params.size());
  record.params.count = uint32_t(params.size());
  record.results = addBytes(results.data(), results.size());
  record.results.count = uint32_t(results.size());
  types.push_back(record);
  thunks.push_back({});
  return uint32_t(types.size() - 1);
}

void ArtifactBuilder::setEntryThunk(uint32_t type, const Code &code) {
  thunks[type].entryThunk = addCode(code);
}

void ArtifactBuilder::setImportThunk(uint32_t type, const Code &code) {
  thunks[type].importThunk = addCode(code);
}

void ArtifactBuilder::addImport(std::string_view module, std::string_view name,
                                ExternKindCode kind) {
  uint32_t *counts[] = {&header.importedFunctions, &header.importedTables, &header.importedMemories,
                        &header.importedGlobals};
  ImportRecord record = {};
  record.module = addBytes(module.data(), module.size());
  record.module.count = uint32_t(module.size());
  record.name = addBytes(name.data(), name.size());
  record.name.count = uint32_t(name.size());
  record.kind = uint32_t(kind);
  record.index = (*counts[size_t(kind)])++;
  imports.push_back(record);
}

uint32_t ArtifactBuilder::importFunction(std::string_view module, std::string_view name,
                                         uint32_t type) {
  addImport(module, name, ExternKindCode::Function);
  functions.push_back({type, noIndex, {}});
  codes.push_back({});
  return uint32_t(functions.size() - 1);
}

uint32_t ArtifactBuilder::addFunction(uint32_t type, const Code &code, std::string_view name) {
  FunctionRecord record = {type, uint32_t(references.size()), {}};
  codes.push_back({addCode(code), 0});
  references.push_back(uint32_t(functions.size()));
  record.name = addBytes(name.data(), name.size());
  record.name.count = uint32_t(name.size());
  functions.push_back(record);
  return uint32_t(functions.size() - 1);
}

void ArtifactBuilder::addExport(std::string_view name, ExternKindCode kind, uint32_t index) {
  ExportRecord record = {addBytes(name.data(), name.size()), uint32_t(kind), index};
  record.name.count = uint32_t(name.size());
  exports.push_back(record);
}

void ArtifactBuilder::addMemory(uint64_t minPages, uint64_t maxPages) {
  memories.push_back({16, limitHasMax, minPages, maxPages});
}

void ArtifactBuilder::addImage(uint64_t memoryOffset, const std::vector<uint8_t> &bytes) {
  ImageRecord record = {imageOffset + imageBytes.size(), memoryOffset, 0, 0, 0};
  imageBytes.insert(imageBytes.end(), bytes.begin(), bytes.end());
  alignTo(imageBytes, segmentAlignment);
  record.bytes = imageOffset + imageBytes.size() - record.fileOffset;
  images.push_back(record);
}

StringRef ArtifactBuilder::addText(std::string_view text) {
  StringRef where = addBytes(text.data(), text.size());
  where.count = uint32_t(text.size());
  return where;
}

void ArtifactBuilder::setFeatures(std::string_view features) {
  slices.front().features = addText(features);
}

void ArtifactBuilder::addSlice(std::string_view cpu, std::string_view features) {
  SliceRecord record = {};
  record.cpu = addText(cpu);
  record.features = addText(features);
  slices.push_back(record);
}

std::vector<uint8_t> ArtifactBuilder::build() {
  header.types = place(types);
  header.imports = place(imports);
  header.exports = place(exports);
  header.functions = place(functions);
  header.references = place(references);
  header.referencedFunctions = uint32_t(references.size());
  header.tables = place(tables);
  header.memories = place(memories);
  header.globals = place(globals);
  header.elements = place(elements);
  header.data = place(data);
  header.images = place(images);
  if (text.empty())
    text.push_back(0xcc);
  const ArrayRef codeArray = place(codes), thunkArray = place(thunks);
  for (SliceRecord &slice : slices) {
    slice.functions = codeArray;
    slice.thunks = thunkArray;
    slice.codeBegin = ImageOffset(textOffset - descriptorOffset);
    slice.codeEnd = slice.codeBegin + ImageOffset(text.size());
  }
  header.slices = place(slices);
  alignTo(metadata, 8);
  header.bytes = uint32_t(metadata.size());
  std::memcpy(metadata.data(), &header, sizeof(header));

  std::vector<uint8_t> file(imageBytes.empty() ? textOffset + text.size()
                                               : imageOffset + imageBytes.size());
  const Elf64_Nhdr note = {sizeof(noteOwner), uint32_t(metadata.size()), noteType};
  std::memcpy(&file[noteOffset], &note, sizeof(note));
  std::memcpy(&file[noteOffset + sizeof(note)], noteOwner, sizeof(noteOwner));
  std::memcpy(&file[descriptorOffset], metadata.data(), metadata.size());
  std::memcpy(&file[textOffset], text.data(), text.size());
  if (!imageBytes.empty())
    std::memcpy(&file[imageOffset], imageBytes.data(), imageBytes.size());

  Elf64_Ehdr elf = {};
  std::memcpy(elf.e_ident, ELFMAG, SELFMAG);
  elf.e_ident[EI_CLASS] = ELFCLASS64;
  elf.e_ident[EI_DATA] = ELFDATA2LSB;
  elf.e_type = ET_DYN;
  elf.e_machine = uint16_t(header.elfMachine);
  elf.e_phoff = sizeof(elf);
  elf.e_phentsize = sizeof(Elf64_Phdr);
  const uint64_t noteBytes = descriptorOffset - noteOffset + metadata.size();
  const Elf64_Phdr segments[] = {
      segment(PT_LOAD, PF_R, 0, noteOffset + noteBytes, segmentAlignment),
      segment(PT_LOAD, PF_R | PF_X, textOffset, text.size(), segmentAlignment),
      segment(PT_NOTE, PF_R, noteOffset, noteBytes, 8),
  };
  elf.e_phnum = std::size(segments);
  std::memcpy(&file[0], &elf, sizeof(elf));
  std::memcpy(&file[sizeof(elf)], segments, sizeof(segments));
  const uint64_t at = checksumOffset(descriptorOffset), checksum = checksumOf(file, at);
  std::memcpy(&file[at], &checksum, sizeof(checksum));
  return file;
}

} // namespace w2n::test
