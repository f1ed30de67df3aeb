// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/debug/Places.h"

#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/Support/DataExtractor.h>

namespace w2n::compiler {

namespace dwarf = llvm::dwarf;

namespace {

/// The sum that an expression computes while it is read: at most one local, and an offset.
class PlaceReader {
public:
  PlaceReader(std::span<const uint8_t> expression, uint32_t frameLocal)
      : data(llvm::ArrayRef<uint8_t>(expression.data(), expression.size()), true, 4), cursor(0),
        frameLocal(frameLocal) {}

  std::optional<SourcePlace> read();

private:
  bool readOperation();
  /// The first operation, which gives the value that others change.
  bool begin(uint32_t local, uint64_t offset, bool isAddress);
  bool readLocal();

  llvm::DataExtractor data;
  llvm::DataExtractor::Cursor cursor;
  const uint32_t frameLocal;
  SourcePlace place;
  bool hasBegun = false, isAddress = false, isValue = false;
};

bool PlaceReader::begin(uint32_t local, uint64_t offset, bool address) {
  if (hasBegun)
    return false;
  hasBegun = true;
  isAddress = address;
  place.local = local;
  place.offset = int64_t(offset);
  return true;
}

// Kind 0 is a local. Globals and operands of the stack are no variables of C.
bool PlaceReader::readLocal() {
  const uint8_t kind = data.getU8(cursor);
  const uint64_t index = data.getULEB128(cursor);
  return kind == 0 && index < noSource && begin(uint32_t(index), 0, false);
}

bool PlaceReader::readOperation() {
  const uint8_t operation = data.getU8(cursor);
  if (operation >= dwarf::DW_OP_lit0 && operation <= dwarf::DW_OP_lit31)
    return begin(noSource, operation - dwarf::DW_OP_lit0, false);
  switch (operation) {
  case dwarf::DW_OP_WASM_location:
    return readLocal();
  case dwarf::DW_OP_fbreg: {
    const int64_t offset = data.getSLEB128(cursor);
    return frameLocal != noSource && begin(frameLocal, uint64_t(offset), true);
  }
  case dwarf::DW_OP_addr:
    return begin(noSource, data.getU32(cursor), true);
  case dwarf::DW_OP_constu:
    return begin(noSource, data.getULEB128(cursor), false);
  case dwarf::DW_OP_consts:
    return begin(noSource, uint64_t(data.getSLEB128(cursor)), false);
  case dwarf::DW_OP_plus_uconst:
    place.offset = int64_t(uint64_t(place.offset) + data.getULEB128(cursor));
    return hasBegun;
  case dwarf::DW_OP_stack_value:
    isValue = true;
    return hasBegun;
  default:
    return false;
  }
}

std::optional<SourcePlace> PlaceReader::read() {
  while (cursor && !data.eof(cursor))
    if (isValue || !readOperation())
      break;
  const bool atEnd = cursor && data.eof(cursor);
  const bool hasFailed = !atEnd;
  llvm::consumeError(cursor.takeError());
  if (hasFailed || !hasBegun)
    return std::nullopt;
  // A local without DW_OP_stack_value is the variable's own place, as a register would be; with an
  // offset it is an address.
  const bool isPlainLocal = place.local != noSource && !isAddress && place.offset == 0;
  place.isMemory = !isValue && !isPlainLocal;
  return place;
}

} // namespace

uint32_t frameLocalOf(std::span<const uint8_t> expression) {
  const std::optional<SourcePlace> place = PlaceReader(expression, noSource).read();
  return place && !place->isMemory && place->offset == 0 ? place->local : noSource;
}

std::optional<SourcePlace> placeOf(std::span<const uint8_t> expression, uint32_t frameLocal) {
  return PlaceReader(expression, frameLocal).read();
}

} // namespace w2n::compiler
