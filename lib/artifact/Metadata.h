// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Read access to the metadata of an artifact, in place.
#pragma once

#include "lib/artifact/Abi.h"
#include "lib/artifact/Format.h"
#include "lib/support/Error.h"

#include <span>
#include <string_view>

namespace w2n::artifact {

/// A checked view: after `read`, every accessor is safe for every index below its count, whatever
/// the bytes were.
class Metadata {
public:
  Metadata() = default;

  /// Checks `file`, the bytes of a whole artifact (ELF headers, program headers, note, every offset
  /// and count of the metadata; memory image and code ranges lie inside the file and their
  /// segments). Cost: linear in the number of imports, exports and types, which are few. Functions,
  /// references to them, and segments are checked when they are looked up. No slice is in use.
  /// Errors: Malformed, Unsupported.
  static Result<Metadata> read(std::span<const uint8_t> file);

  /// Takes the code of slice `index`, which must be below slices().size(), and checks its thunks.
  /// Errors: Malformed.
  Status useSlice(uint32_t index);
  /// The slice in use, or noIndex.
  uint32_t sliceInUse() const { return sliceIndex; }

  const MetadataHeader &header() const { return *headerPtr; }
  /// Offset of the metadata in the file: what ImageOffsets are relative to.
  uint64_t fileOffset() const { return noteOffset; }
  ContextLayout contextLayout() const;

  std::span<const TypeRecord> types() const;
  std::span<const ImportRecord> imports() const;
  std::span<const ExportRecord> exports() const;
  std::span<const FunctionRecord> functions() const;
  std::span<const TableRecordInfo> tables() const;
  std::span<const MemoryRecordInfo> memories() const;
  std::span<const GlobalRecordInfo> globals() const;
  std::span<const TagRecordInfo> tags() const;
  std::span<const ElementRecord> elements() const;
  std::span<const DataRecord> data() const;
  std::span<const ImageRecord> images() const;
  std::span<const SliceRecord> slices() const;
  // The code of the slice in use, empty if there is none: by function, to be checked (`code`); by
  // type, checked.
  std::span<const FunctionCode> codes() const;
  std::span<const ThunkRecord> thunks() const;
  /// The profile of the slice in use: the targets of names, and the counters, are to be checked.
  std::span<const ProfileRecord> profile() const;
  /// Code of the slice in use, checked; 0 if there is nothing to do.
  ImageOffset initialize() const;
  /// Indices of defined functions whose record names their place in this array: see
  /// referencedFunction.
  std::span<const uint32_t> references() const;
  /// Empty if the reference lies outside the metadata.
  std::string_view string(StringRef reference) const;
  std::span<const uint8_t> valueTypes(ArrayRef reference) const;
  std::span<const uint32_t> indices(ArrayRef reference) const;
  /// Empty if it was made from a module; the contents are to be checked.
  std::span<const uint8_t> component() const { return valueTypes(headerPtr->component); }
  /// The bytes of a data segment, empty if they lie outside the file. `segment` must be below
  /// data().size().
  std::span<const uint8_t> dataBytes(uint32_t segment) const;

  /// Whether `offset` is an address in the executable segment.
  bool isCode(ImageOffset offset) const;
  /// The address of `offset` in the mapping that the view was made from; check it first (isCode, or
  /// a range that `read` checked).
  const uint8_t *address(ImageOffset offset) const { return base + offset; }
  /// The record of function `index`, checked: its type exists and its reference is in the context.
  /// Errors: Malformed. `index` must be below functions().size().
  Result<FunctionRecord> function(uint32_t index) const;
  /// The record of the function that is number `reference` of references(), checked in both
  /// directions. Errors: Malformed. `reference` must be below references().size().
  Result<FunctionRecord> referencedFunction(uint32_t reference) const;
  /// Its code in the slice in use, checked: 0 if it is imported, else in the executable segment.
  /// Errors: Malformed, also without a slice. `index` as above.
  Result<FunctionCode> code(uint32_t index) const;

  /// The executable PT_LOAD: file offset (== address) and size.
  uint64_t textOffset() const { return textBegin; }
  uint64_t textBytes() const { return textSize; }

private:
  const uint8_t *base = nullptr; ///< start of the metadata
  const MetadataHeader *headerPtr = nullptr;
  uint64_t fileSize = 0;
  uint64_t noteOffset = 0, textBegin = 0, textSize = 0;
  uint32_t sliceIndex = noIndex;
};

} // namespace w2n::artifact
