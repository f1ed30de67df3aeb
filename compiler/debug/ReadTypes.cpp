// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/debug/ReadTypes.h"

#include "lib/support/CompileBudget.h"

#include <algorithm>
#include <cstring>

namespace w2n::compiler {

namespace dwarf = llvm::dwarf;

namespace {

constexpr size_t maxTypes = 1'000'000, maxMembers = 10'000, maxNameBytes = 1000;
/// No object is larger than a memory; sizes in bits must not wrap.
constexpr uint64_t maxObjectBytes = 1ull << 48;

bool isUnderstood(dwarf::Tag tag) {
  switch (tag) {
  case dwarf::DW_TAG_base_type:
  case dwarf::DW_TAG_unspecified_type:
  case dwarf::DW_TAG_pointer_type:
  case dwarf::DW_TAG_reference_type:
  case dwarf::DW_TAG_rvalue_reference_type:
  case dwarf::DW_TAG_ptr_to_member_type:
  case dwarf::DW_TAG_const_type:
  case dwarf::DW_TAG_volatile_type:
  case dwarf::DW_TAG_restrict_type:
  case dwarf::DW_TAG_typedef:
  case dwarf::DW_TAG_structure_type:
  case dwarf::DW_TAG_class_type:
  case dwarf::DW_TAG_union_type:
  case dwarf::DW_TAG_enumeration_type:
  case dwarf::DW_TAG_array_type:
  case dwarf::DW_TAG_subroutine_type:
    return true;
  default:
    return false;
  }
}

uint64_t bitsAt(llvm::DWARFDie member) {
  if (member.find(dwarf::DW_AT_data_bit_offset))
    return std::min(numberOf(member, dwarf::DW_AT_data_bit_offset), maxObjectBytes);
  return 8 * std::min(numberOf(member, dwarf::DW_AT_data_member_location), maxObjectBytes);
}

int64_t elementsOf(llvm::DWARFDie dimension) {
  if (dimension.find(dwarf::DW_AT_count))
    return int64_t(std::min(numberOf(dimension, dwarf::DW_AT_count), maxObjectBytes));
  if (dimension.find(dwarf::DW_AT_upper_bound))
    return int64_t(std::min(numberOf(dimension, dwarf::DW_AT_upper_bound), maxObjectBytes) + 1);
  return -1;
}

int64_t enumeratorOf(llvm::DWARFDie die) {
  const auto value = die.find(dwarf::DW_AT_const_value);
  if (!value)
    return 0;
  if (const auto number = value->getAsSignedConstant())
    return *number;
  return int64_t(value->getAsUnsignedConstant().value_or(0));
}

} // namespace

uint64_t numberOf(llvm::DWARFDie die, dwarf::Attribute attribute, uint64_t otherwise) {
  return dwarf::toUnsigned(die.find(attribute), otherwise);
}

std::string nameOf(llvm::DWARFDie die) {
  const char *name = die.getShortName();
  return name ? std::string(name, strnlen(name, maxNameBytes)) : std::string();
}

uint32_t FileReader::fileAt(llvm::DWARFUnit &unit, uint64_t index) {
  const auto [found, isNew] = known.try_emplace({&unit, index}, noSource);
  if (!isNew)
    return found->second;
  const auto *lines = context.getLineTableForUnit(&unit);
  const char *directory = unit.getCompilationDir();
  std::string name;
  if (!lines ||
      !lines->getFileNameByIndex(
          index, "", llvm::DILineInfoSpecifier::FileLineInfoKind::RelativeFilePath, name) ||
      name.empty())
    return noSource;
  const uint32_t file = fileCalled(directory ? directory : "", name);
  return known[{&unit, index}] = file;
}

uint32_t FileReader::fileCalled(llvm::StringRef directory, llvm::StringRef name) {
  constexpr size_t maxBytes = 4096;
  directory = directory.take_front(maxBytes);
  name = name.take_front(maxBytes);
  const auto [found, isNew] =
      byName.try_emplace((directory + "\n" + name).str(), uint32_t(info.files.size()));
  if (isNew)
    info.files.push_back({directory.str(), name.str()});
  return found->second;
}

uint32_t TypeReader::typeOf(llvm::DWARFDie die) {
  // An instance of a variable has its type where it is declared.
  const auto value = die.findRecursively({dwarf::DW_AT_type});
  if (!value)
    return noSource;
  const uint32_t type =
      note(die.getAttributeValueAsReferencedDie(*value).resolveTypeUnitReference());
  if (!isFilling)
    fillPending();
  return type;
}

uint32_t TypeReader::signatureOf(llvm::DWARFDie subprogram) {
  if (info.types.size() >= maxTypes)
    return noSource;
  SourceType type;
  type.tag = dwarf::DW_TAG_subroutine_type;
  type.base = typeOf(subprogram);
  for (llvm::DWARFDie child : subprogram.children())
    if (child.getTag() == dwarf::DW_TAG_formal_parameter && type.members.size() < maxMembers)
      type.members.push_back({.name = {}, .type = typeOf(child)});
  info.types.push_back(std::move(type));
  return uint32_t(info.types.size() - 1);
}

uint32_t TypeReader::note(llvm::DWARFDie die) {
  if (!die || !isUnderstood(die.getTag()) || info.types.size() >= maxTypes)
    return noSource;
  const auto [found, isNew] = known.try_emplace(die.getOffset(), uint32_t(info.types.size()));
  if (isNew) {
    info.types.emplace_back();
    pending.push_back({found->second, die});
  }
  return found->second;
}

void TypeReader::fillPending() {
  isFilling = true;
  // One type may name all others.
  while (!pending.empty() && !budget.isExceeded()) {
    const auto [index, die] = pending.back();
    pending.pop_back();
    SourceType type;
    fill(type, die);
    info.types[index] = std::move(type);
  }
  isFilling = false;
}

void TypeReader::fill(SourceType &type, llvm::DWARFDie die) {
  type.tag = die.getTag();
  type.name = nameOf(die);
  type.bytes = std::min(numberOf(die, dwarf::DW_AT_byte_size), maxObjectBytes);
  const bool isPointer = type.tag == dwarf::DW_TAG_pointer_type ||
                         type.tag == dwarf::DW_TAG_reference_type ||
                         type.tag == dwarf::DW_TAG_rvalue_reference_type;
  if (isPointer)
    type.bytes = die.getDwarfUnit()->getAddressByteSize();
  type.encoding = uint32_t(numberOf(die, dwarf::DW_AT_encoding) & 0xff);
  type.line = uint32_t(numberOf(die, dwarf::DW_AT_decl_line));
  if (die.find(dwarf::DW_AT_decl_file))
    type.file = files.fileAt(*die.getDwarfUnit(), numberOf(die, dwarf::DW_AT_decl_file));
  type.isDeclaration = numberOf(die, dwarf::DW_AT_declaration) != 0;
  type.base = typeOf(die);
  type.members = membersOf(die);
}

std::vector<SourceMember> TypeReader::membersOf(llvm::DWARFDie die) {
  std::vector<SourceMember> members;
  for (llvm::DWARFDie child : die.children()) {
    if (members.size() >= maxMembers)
      break;
    SourceMember member;
    switch (child.getTag()) {
    case dwarf::DW_TAG_inheritance:
      member.isBase = true;
      [[fallthrough]];
    case dwarf::DW_TAG_member:
      // Static ones have no place in the object.
      if (child.find(dwarf::DW_AT_external) || child.find(dwarf::DW_AT_declaration))
        continue;
      member.offsetBits = bitsAt(child);
      member.bits = std::min<uint64_t>(numberOf(child, dwarf::DW_AT_bit_size), 64);
      member.type = typeOf(child);
      break;
    case dwarf::DW_TAG_formal_parameter:
      member.type = typeOf(child);
      break;
    case dwarf::DW_TAG_enumerator:
      member.value = enumeratorOf(child);
      break;
    case dwarf::DW_TAG_subrange_type:
      member.value = elementsOf(child);
      break;
    default:
      continue;
    }
    member.name = nameOf(child);
    members.push_back(std::move(member));
  }
  return members;
}

} // namespace w2n::compiler
