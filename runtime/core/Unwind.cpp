// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Unwind.h"

#include "runtime/arch/Arch.h"
#include "runtime/core/DwarfCursor.h"
#include "runtime/core/LandingPads.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

namespace w2n::runtime {

namespace {

/// Encodings of addresses in FDEs (LSB, "DWARF Exception Header Encoding").
enum PointerEncoding : uint8_t {
  pointerAbsolute = 0x00,
  pointerSigned4 = 0x0b,
  pointerSigned8 = 0x0c,
  pointerRelative = 0x10,
  pointerFormatMask = 0x0f,
};

std::optional<uint64_t> readPointer(Cursor &cursor, uint8_t format) {
  switch (format & pointerFormatMask) {
  case pointerSigned4:
    return uint64_t(int64_t(cursor.fixed<int32_t>()));
  case pointerAbsolute:
  case pointerSigned8:
    return cursor.fixed<uint64_t>();
  default:
    return std::nullopt;
  }
}

enum Opcode : uint8_t {
  // In the two high bits; the operand is in the low six.
  advanceLoc = 0x40,
  offset = 0x80,
  restore = 0xc0,
  highMask = 0xc0,
  // In the low six bits.
  nop = 0x00,
  setLoc = 0x01,
  advanceLoc1 = 0x02,
  advanceLoc2 = 0x03,
  advanceLoc4 = 0x04,
  offsetExtended = 0x05,
  restoreExtended = 0x06,
  undefined = 0x07,
  sameValue = 0x08,
  registerRule = 0x09,
  rememberState = 0x0a,
  restoreState = 0x0b,
  defCfa = 0x0c,
  defCfaRegister = 0x0d,
  defCfaOffset = 0x0e,
  defCfaExpression = 0x0f,
  expression = 0x10,
  offsetExtendedSf = 0x11,
  defCfaSf = 0x12,
  defCfaOffsetSf = 0x13,
  valOffset = 0x14,
  valOffsetSf = 0x15,
  valExpression = 0x16,
  gnuArgsSize = 0x2e,
};

/// The place of a caller's register.
struct Rule {
  enum Kind : uint8_t { SameValue, AtCfaOffset, Unknown } kind = SameValue;
  int64_t offset = 0;
};

/// One row of the table: how to find the CFA and the registers that a walk follows.
struct Row {
  uint64_t cfaRegister = 0;
  int64_t cfaOffset = 0;
  bool cfaKnown = true;
  bool returnAddressSigned = false;
  Rule framePointer, returnAddress;
  std::array<Rule, savedRegisterCount> saved;
};

/// Executes call frame instructions up to an address.
class Interpreter {
public:
  Interpreter(uint64_t codeAlignment, int64_t dataAlignment, uint64_t returnAddressRegister)
      : codeAlignment(codeAlignment), dataAlignment(dataAlignment),
        returnAddressRegister(returnAddressRegister) {}

  /// False if the instructions are damaged or unknown.
  bool run(std::span<const uint8_t> instructions, uint64_t distance);
  void setInitialRow() { initial = row; }
  Row row;

private:
  bool step(Cursor &cursor, uint8_t opcode, uint64_t &location);
  void setRule(uint64_t number, Rule rule) {
    if (Rule *place = ruleOf(row, number))
      *place = rule;
  }
  void restoreRule(uint64_t number) {
    if (Rule *place = ruleOf(row, number))
      *place = *ruleOf(initial, number);
  }
  Rule *ruleOf(Row &of, uint64_t number) const {
    if (number == unwindRegisters.framePointer)
      return &of.framePointer;
    for (size_t i = 0; i < savedRegisterCount; ++i)
      if (number == unwindRegisters.saved[i])
        return &of.saved[i];
    return number == returnAddressRegister ? &of.returnAddress : nullptr;
  }
  Rule atOffset(int64_t factored) const {
    return {Rule::AtCfaOffset, int64_t(uint64_t(factored) * uint64_t(dataAlignment))};
  }

  uint64_t codeAlignment;
  int64_t dataAlignment;
  uint64_t returnAddressRegister;
  Row initial;
  std::vector<Row> remembered;
};

bool Interpreter::step(Cursor &cursor, uint8_t opcode, uint64_t &location) {
  if (opcode != nop && opcode == unwindRegisters.signingInstruction) {
    row.returnAddressSigned = !row.returnAddressSigned;
    return true;
  }
  switch (opcode) {
  case nop:
    return true;
  case advanceLoc1:
    location += cursor.fixed<uint8_t>() * codeAlignment;
    return true;
  case advanceLoc2:
    location += cursor.fixed<uint16_t>() * codeAlignment;
    return true;
  case advanceLoc4:
    location += cursor.fixed<uint32_t>() * codeAlignment;
    return true;
  case offsetExtended: {
    const uint64_t number = cursor.uleb();
    setRule(number, atOffset(int64_t(cursor.uleb())));
    return true;
  }
  case offsetExtendedSf: {
    const uint64_t number = cursor.uleb();
    setRule(number, atOffset(cursor.sleb()));
    return true;
  }
  case restoreExtended:
    restoreRule(cursor.uleb());
    return true;
  case undefined:
    setRule(cursor.uleb(), {Rule::Unknown, 0});
    return true;
  case sameValue:
    setRule(cursor.uleb(), {});
    return true;
  case registerRule:
  case valOffset:
  case valOffsetSf: {
    const uint64_t number = cursor.uleb();
    cursor.uleb();
    setRule(number, {Rule::Unknown, 0});
    return true;
  }
  case rememberState:
    // Compilers nest it once or twice; damage must not make it grow without end.
    if (remembered.size() == 64)
      return false;
    remembered.push_back(row);
    return true;
  case restoreState:
    if (remembered.empty())
      return false;
    row = remembered.back();
    remembered.pop_back();
    return true;
  case defCfa:
    row.cfaRegister = cursor.uleb();
    row.cfaOffset = int64_t(cursor.uleb());
    row.cfaKnown = true;
    return true;
  case defCfaSf:
    row.cfaRegister = cursor.uleb();
    row.cfaOffset = int64_t(uint64_t(cursor.sleb()) * uint64_t(dataAlignment));
    row.cfaKnown = true;
    return true;
  case defCfaRegister:
    row.cfaRegister = cursor.uleb();
    return true;
  case defCfaOffset:
    row.cfaOffset = int64_t(cursor.uleb());
    return true;
  case defCfaOffsetSf:
    row.cfaOffset = int64_t(uint64_t(cursor.sleb()) * uint64_t(dataAlignment));
    return true;
  case defCfaExpression:
    row.cfaKnown = false;
    cursor.skip(cursor.uleb());
    return true;
  case expression:
  case valExpression:
    setRule(cursor.uleb(), {Rule::Unknown, 0});
    cursor.skip(cursor.uleb());
    return true;
  case gnuArgsSize:
    cursor.uleb();
    return true;
  default: // setLoc is not used with relative addresses
    return false;
  }
}

bool Interpreter::run(std::span<const uint8_t> instructions, uint64_t distance) {
  Cursor cursor(instructions);
  uint64_t location = 0;
  while (!cursor.atEnd()) {
    const uint8_t byte = cursor.fixed<uint8_t>();
    const uint8_t operand = byte & ~highMask;
    switch (byte & highMask) {
    case advanceLoc:
      location += operand * codeAlignment;
      break;
    case offset:
      setRule(operand, atOffset(int64_t(cursor.uleb())));
      break;
    case restore:
      restoreRule(operand);
      break;
    default:
      if (!step(cursor, byte, location))
        return false;
    }
    // The row of an instruction is what holds before the first advance past it.
    if (location > distance)
      return !cursor.failed;
  }
  return !cursor.failed;
}

bool readWord(StackBounds stack, uintptr_t address, uintptr_t &word) {
  if (address < stack.begin || address > stack.end || stack.end - address < sizeof(word) ||
      address % alignof(uintptr_t) != 0)
    return false;
  std::memcpy(&word, reinterpret_cast<const void *>(address), sizeof(word));
  return true;
}

} // namespace

bool leaveAtEntry(FrameRegisters &registers, StackBounds stack) {
  if (!unwindRegisters.callsPushReturnAddress) {
    registers.programCounter = registers.returnAddress;
    return std::exchange(registers.returnAddressKnown, false);
  }
  if (!readWord(stack, registers.stackPointer, registers.programCounter))
    return false;
  registers.stackPointer += sizeof(uintptr_t);
  return true;
}

/// A common information entry.
struct UnwindTable::CommonEntry {
  uint64_t codeAlignment = 0;
  int64_t dataAlignment = 0;
  uint64_t returnAddressRegister = 0;
  uint8_t pointerEncoding = pointerAbsolute;
  uint8_t landingPadEncoding = pointerAbsolute;
  bool hasLandingPads = false;
  bool hasAugmentationData = false;
  std::span<const uint8_t> instructions;

  /// Reads the body of an entry, after its id. False if it is damaged or not of the kind that
  /// compilers make.
  bool read(std::span<const uint8_t> body);
  bool readAugmentation(Cursor &cursor, const char *letters);
};

bool UnwindTable::CommonEntry::readAugmentation(Cursor &cursor, const char *letters) {
  Cursor data(cursor.take(cursor.uleb()));
  for (; *letters; ++letters) {
    switch (*letters) {
    case 'R':
      pointerEncoding = data.fixed<uint8_t>();
      break;
    case 'L':
      landingPadEncoding = data.fixed<uint8_t>();
      hasLandingPads = true;
      break;
    case 'P': // whoever unwinds here needs no personality
      if (!readPointer(data, data.fixed<uint8_t>()))
        return false;
      break;
    default:
      return false;
    }
  }
  return !data.failed && !cursor.failed;
}

bool UnwindTable::CommonEntry::read(std::span<const uint8_t> body) {
  Cursor cursor(body);
  const uint8_t version = cursor.fixed<uint8_t>();
  const auto rest = cursor.rest();
  const auto terminator = std::find(rest.begin(), rest.end(), 0);
  if ((version != 1 && version != 3) || terminator == rest.end())
    return false;
  const char *augmentation = reinterpret_cast<const char *>(rest.data());
  cursor.skip(uint64_t(terminator - rest.begin()) + 1);
  codeAlignment = cursor.uleb();
  dataAlignment = cursor.sleb();
  returnAddressRegister = version == 1 ? cursor.fixed<uint8_t>() : cursor.uleb();
  if (*augmentation) {
    if (*augmentation != 'z' || !readAugmentation(cursor, augmentation + 1))
      return false;
    hasAugmentationData = true;
  }
  instructions = cursor.rest();
  return !cursor.failed;
}

namespace {

/// The bytes of `image` from `address` on; empty if that is not in it.
std::span<const uint8_t> bytesFrom(std::span<const uint8_t> image, uintptr_t address) {
  const uint64_t offset = address - reinterpret_cast<uintptr_t>(image.data());
  return offset < image.size() ? image.subspan(offset) : std::span<const uint8_t>();
}

} // namespace

void UnwindTable::readEntry(std::span<const uint8_t> ehFrame, std::span<const uint8_t> image,
                            size_t at, std::span<const uint8_t> body, uint32_t commonOffset) {
  // The pointer counts backwards from its own place.
  if (commonOffset > at)
    return;
  Cursor commonCursor(ehFrame.subspan(at - commonOffset));
  const uint32_t commonLength = commonCursor.fixed<uint32_t>();
  const auto commonBody = commonCursor.take(commonLength);
  if (commonBody.size() < 4)
    return;
  CommonEntry common;
  if (!common.read(commonBody.subspan(4)))
    return;

  Cursor cursor(body);
  const uintptr_t place = reinterpret_cast<uintptr_t>(cursor.position());
  auto begin = readPointer(cursor, common.pointerEncoding);
  // The length has the format of the address, but is never relative.
  auto length = readPointer(cursor, common.pointerEncoding);
  if (!begin || !length || !(common.pointerEncoding & pointerRelative))
    return;
  std::span<const uint8_t> landingPads;
  if (common.hasAugmentationData) {
    Cursor data(cursor.take(cursor.uleb()));
    const uintptr_t pointerPlace = reinterpret_cast<uintptr_t>(data.position());
    if (common.hasLandingPads && (common.landingPadEncoding & pointerRelative))
      if (auto distance = readPointer(data, common.landingPadEncoding); distance && !data.failed)
        landingPads = bytesFrom(image, pointerPlace + *distance);
  }
  if (cursor.failed)
    return;
  const uintptr_t start = place + *begin;
  entries.push_back({start, start + *length, cursor.rest(), common.instructions,
                     common.codeAlignment, common.dataAlignment, common.returnAddressRegister,
                     landingPads});
}

namespace {

/// The number of records, at most.
size_t countRecords(std::span<const uint8_t> ehFrame) {
  Cursor cursor(ehFrame);
  size_t count = 0;
  while (!cursor.atEnd()) {
    const uint32_t length = cursor.fixed<uint32_t>();
    if (length == 0 || length == UINT32_MAX)
      break;
    cursor.skip(length);
    ++count;
  }
  return count;
}

} // namespace

UnwindTable::UnwindTable(std::span<const uint8_t> ehFrame, std::span<const uint8_t> image) {
  // The guest decides when it is made, perhaps when it has used up all there is.
  const size_t count = countRecords(ehFrame);
  if (!platform::hasRoomOnce(count * sizeof(Entry)))
    return;
  entries.reserve(count);
  Cursor cursor(ehFrame);
  while (!cursor.atEnd()) {
    const uint32_t length = cursor.fixed<uint32_t>();
    // Zero ends the section; 64-bit lengths are for sections past 4 GiB.
    if (length == 0 || length == UINT32_MAX)
      break;
    const size_t at = size_t(cursor.position() - ehFrame.data());
    Cursor body(cursor.take(length));
    const uint32_t commonOffset = body.fixed<uint32_t>();
    if (!body.failed && commonOffset != 0)
      readEntry(ehFrame, image, at, body.rest(), commonOffset);
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry &left, const Entry &right) { return left.begin < right.begin; });
}

const UnwindTable::Entry *UnwindTable::find(uintptr_t address) const {
  auto next =
      std::upper_bound(entries.begin(), entries.end(), address,
                       [](uintptr_t value, const Entry &entry) { return value < entry.begin; });
  if (next == entries.begin())
    return nullptr;
  const Entry &entry = *(next - 1);
  return address < entry.end ? &entry : nullptr;
}

uintptr_t UnwindTable::functionStart(uintptr_t address) const {
  const Entry *entry = find(address);
  return entry ? entry->begin : 0;
}

uintptr_t UnwindTable::landingPad(uintptr_t returnAddress) const {
  const Entry *entry = find(returnAddress - 1);
  if (!entry || entry->landingPads.empty())
    return 0;
  const uint64_t pad = findLandingPad(entry->landingPads, returnAddress - 1 - entry->begin);
  return pad != 0 && pad < entry->end - entry->begin ? entry->begin + pad : 0;
}

namespace {

/// The frame's canonical address, if it can be known.
std::optional<uintptr_t> frameAddress(const Row &row, const FrameRegisters &registers) {
  if (!row.cfaKnown)
    return std::nullopt;
  if (row.cfaRegister == unwindRegisters.stackPointer)
    return registers.stackPointer + uintptr_t(row.cfaOffset);
  if (row.cfaRegister == unwindRegisters.framePointer && registers.framePointerKnown)
    return registers.framePointer + uintptr_t(row.cfaOffset);
  return std::nullopt;
}

/// Sets the caller's program counter. Stacks grow down, so a caller's frame is above; a function
/// that still has its return address in the register may have no frame. Either happens only so
/// often, so that every walk ends.
bool findReturnAddress(const Row &row, uintptr_t cfa, StackBounds stack, FrameRegisters &caller) {
  if (row.returnAddress.kind == Rule::AtCfaOffset) {
    caller.returnAddressKnown = false;
    return cfa > caller.stackPointer &&
           readWord(stack, cfa + uintptr_t(row.returnAddress.offset), caller.programCounter);
  }
  caller.programCounter = caller.returnAddress;
  return row.returnAddress.kind == Rule::SameValue && cfa >= caller.stackPointer &&
         std::exchange(caller.returnAddressKnown, false);
}

} // namespace

bool UnwindTable::step(FrameRegisters &registers, bool afterCall, StackBounds stack) const {
  const uintptr_t address = registers.programCounter - (afterCall ? 1 : 0);
  const Entry *entry = find(address);
  if (!entry)
    return false;
  Interpreter interpreter(entry->codeAlignment, entry->dataAlignment, entry->returnAddressRegister);
  if (unwindRegisters.callsPushReturnAddress)
    interpreter.row.returnAddress.kind = Rule::Unknown;
  if (!interpreter.run(entry->initialInstructions, UINT64_MAX))
    return false;
  interpreter.setInitialRow();
  if (!interpreter.run(entry->instructions, address - entry->begin))
    return false;

  const Row &row = interpreter.row;
  const std::optional<uintptr_t> cfa = frameAddress(row, registers);
  FrameRegisters caller = registers;
  if (!cfa || !findReturnAddress(row, *cfa, stack, caller))
    return false;
  if (row.returnAddressSigned)
    caller.programCounter = withoutSignature(caller.programCounter);
  caller.stackPointer = *cfa;
  if (row.framePointer.kind == Rule::AtCfaOffset)
    caller.framePointerKnown =
        readWord(stack, *cfa + uintptr_t(row.framePointer.offset), caller.framePointer);
  else if (row.framePointer.kind == Rule::Unknown)
    caller.framePointerKnown = false;
  for (size_t i = 0; i < savedRegisterCount; ++i)
    if (row.saved[i].kind != Rule::SameValue)
      caller.savedKnown &= row.saved[i].kind == Rule::AtCfaOffset &&
                           readWord(stack, *cfa + uintptr_t(row.saved[i].offset), caller.saved[i]);
  registers = caller;
  return true;
}

} // namespace w2n::runtime
