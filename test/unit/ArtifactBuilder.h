// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Makes artifacts without a compiler: metadata records and a few bytes of hand-written code,
// in an ELF file like the linker's. For tests of the reader and the runtime.
#pragma once

#include "lib/artifact/Format.h"

#include <string>
#include <string_view>
#include <vector>

namespace w2n::test {

using Code = std::vector<uint8_t>;

class ArtifactBuilder {
public:
  ArtifactBuilder();

  using Types = const std::vector<artifact::ValueTypeCode> &;
  /// A function type; the thunks are added when the code is known.
  uint32_t addType(Types params, Types results);
  void setEntryThunk(uint32_t type, const Code &code);
  void setImportThunk(uint32_t type, const Code &code);
  void addImport(std::string_view module, std::string_view name, artifact::ExternKindCode kind);
  uint32_t importFunction(std::string_view module, std::string_view name, uint32_t type);
  /// Defines a function; it gets a reference, so that it can be exported.
  uint32_t addFunction(uint32_t type, const Code &code, std::string_view name = {});
  void addExport(std::string_view name, artifact::ExternKindCode kind, uint32_t index);
  void addMemory(uint64_t minPages, uint64_t maxPages);
  /// A run of `bytes` in the image of memory 0, padded to segmentAlignment.
  void addImage(uint64_t memoryOffset, const std::vector<uint8_t> &bytes);

  /// Sets the features of the first slice; addSlice adds another that has the same code.
  void setFeatures(std::string_view features);
  void addSlice(std::string_view cpu, std::string_view features);

  /// The file.
  std::vector<uint8_t> build();

  artifact::MetadataHeader header = {};
  std::vector<artifact::TypeRecord> types;
  std::vector<artifact::ImportRecord> imports;
  std::vector<artifact::ExportRecord> exports;
  std::vector<artifact::FunctionRecord> functions;
  std::vector<uint32_t> references;
  std::vector<artifact::TableRecordInfo> tables;
  std::vector<artifact::MemoryRecordInfo> memories;
  std::vector<artifact::GlobalRecordInfo> globals;
  std::vector<artifact::ElementRecord> elements;
  std::vector<artifact::DataRecord> data;
  std::vector<artifact::ImageRecord> images;
  std::vector<artifact::FunctionCode> codes; ///< of functions
  std::vector<artifact::ThunkRecord> thunks; ///< of types
  std::vector<artifact::SliceRecord> slices;

private:
  artifact::ArrayRef addBytes(const void *bytes, size_t count);
  artifact::StringRef addText(std::string_view text);
  template <typename T> artifact::ArrayRef place(const std::vector<T> &records);
  artifact::ImageOffset addCode(const Code &code);

  std::vector<uint8_t> metadata;
  std::vector<uint8_t> text;
  std::vector<uint8_t> imageBytes;
};

/// The offsets of the pieces of the file.
inline constexpr uint64_t noteOffset = 1024, textOffset = 65536, imageOffset = 81920;

} // namespace w2n::test
