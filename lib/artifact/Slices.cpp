// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The slices of an artifact: the code of one of them is in use at a time.
#include "lib/artifact/Metadata.h"

namespace w2n::artifact {

namespace {

/// The meaning of an ImageOffset of 0 where "none" is allowed.
constexpr ImageOffset noCode = 0;

bool isOptionalCode(const Metadata &metadata, ImageOffset offset) {
  return offset == noCode || metadata.isCode(offset);
}

} // namespace

std::span<const FunctionCode> Metadata::codes() const {
  if (sliceIndex == noIndex)
    return {};
  const ArrayRef array = slices()[sliceIndex].functions;
  return {reinterpret_cast<const FunctionCode *>(base + array.offset), array.count};
}

std::span<const ThunkRecord> Metadata::thunks() const {
  if (sliceIndex == noIndex)
    return {};
  const ArrayRef array = slices()[sliceIndex].thunks;
  return {reinterpret_cast<const ThunkRecord *>(base + array.offset), array.count};
}

std::span<const ProfileRecord> Metadata::profile() const {
  if (sliceIndex == noIndex)
    return {};
  const ArrayRef array = slices()[sliceIndex].profile;
  return {reinterpret_cast<const ProfileRecord *>(base + array.offset), array.count};
}

ImageOffset Metadata::initialize() const {
  return sliceIndex == noIndex ? noCode : slices()[sliceIndex].initialize;
}

Result<FunctionCode> Metadata::code(uint32_t index) const {
  const FunctionCode record = index < codes().size() ? codes()[index] : FunctionCode{};
  const bool imported = index < headerPtr->importedFunctions;
  if (imported ? record.code != noCode || record.tailCode != noCode
               : !isCode(record.code) || !isOptionalCode(*this, record.tailCode))
    return fail(ErrorKind::Malformed,
                "metadata: the code of function " + std::to_string(index) + " is damaged",
                noteOffset);
  return record;
}

Status Metadata::useSlice(uint32_t index) {
  sliceIndex = index;
  for (const ThunkRecord &thunks : thunks())
    if (!isOptionalCode(*this, thunks.entryThunk) || !isOptionalCode(*this, thunks.importThunk))
      return fail(ErrorKind::Malformed, "metadata: a thunk lies outside the code", noteOffset);
  return {};
}

} // namespace w2n::artifact
