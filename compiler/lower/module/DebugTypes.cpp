// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Structures refer to each other in cycles: they are made without members, which follow when
// nothing else is being made. Other cycles, which only damaged DWARF has, end in void.

#include "compiler/lower/module/DebugTypes.h"

#include <llvm/BinaryFormat/Dwarf.h>

namespace w2n::compiler {

namespace dwarf = llvm::dwarf;

namespace {

/// Pointers to pointers, and so on: no source has as many in a row.
constexpr unsigned maxDerivedDepth = 100;

bool isStructure(const SourceType &type) {
  return type.tag == dwarf::DW_TAG_structure_type || type.tag == dwarf::DW_TAG_class_type ||
         type.tag == dwarf::DW_TAG_union_type;
}

} // namespace

llvm::DIType *DebugTypes::get(uint32_t type) {
  if (type >= source.types.size())
    return nullptr;
  const auto [found, isNew] = known.try_emplace(type, nullptr);
  if (!isNew || depth >= maxDerivedDepth)
    return found->second;
  ++depth;
  llvm::DIType *made = make(type);
  --depth;
  known[type] = made;
  if (depth == 0)
    fillPending();
  return made;
}

namespace {

/// The type that `type` is a qualifier or another name of; null if none.
const llvm::DIType *underlying(const llvm::DIType *type) {
  while (const auto *derived = llvm::dyn_cast_or_null<llvm::DIDerivedType>(type)) {
    switch (derived->getTag()) {
    case dwarf::DW_TAG_pointer_type:
    case dwarf::DW_TAG_reference_type:
    case dwarf::DW_TAG_rvalue_reference_type:
      return type;
    default:
      type = derived->getBaseType();
    }
  }
  const auto *composite = llvm::dyn_cast_or_null<llvm::DICompositeType>(type);
  if (composite && composite->getTag() == dwarf::DW_TAG_enumeration_type &&
      composite->getBaseType())
    return underlying(composite->getBaseType());
  return type;
}

} // namespace

llvm::DIType *DebugTypes::ofVariable(uint32_t type) {
  constexpr uint64_t unknownBits = 32;
  llvm::DIType *made = get(type);
  const llvm::DIType *last = underlying(made);
  if (last && !llvm::isa<llvm::DISubroutineType>(last))
    return made;
  return builder.createBasicType("(unknown)", unknownBits, dwarf::DW_ATE_unsigned);
}

llvm::DISubroutineType *DebugTypes::signature(uint32_t type) {
  llvm::SmallVector<llvm::Metadata *, 8> types;
  if (type < source.types.size()) {
    types.push_back(get(source.types[type].base));
    for (const SourceMember &parameter : source.types[type].members)
      types.push_back(get(parameter.type));
  }
  return builder.createSubroutineType(builder.getOrCreateTypeArray(types));
}

llvm::DIType *DebugTypes::make(uint32_t index) {
  const SourceType &type = source.types[index];
  if (isStructure(type) || type.tag == dwarf::DW_TAG_enumeration_type)
    return makeComposite(index, type);
  return makeDerived(index, type);
}

llvm::DIType *DebugTypes::makeDerived(uint32_t index, const SourceType &type) {
  const uint64_t bits = type.bytes * 8;
  switch (type.tag) {
  case dwarf::DW_TAG_base_type:
    return builder.createBasicType(type.name, bits, type.encoding);
  case dwarf::DW_TAG_unspecified_type:
    return builder.createUnspecifiedType(type.name);
  case dwarf::DW_TAG_pointer_type:
  case dwarf::DW_TAG_reference_type:
  case dwarf::DW_TAG_rvalue_reference_type:
    return makePointer(index, type);
  case dwarf::DW_TAG_ptr_to_member_type:
    return builder.createBasicType(type.name.empty() ? "(member)" : type.name, bits ? bits : 32,
                                   dwarf::DW_ATE_signed);
  case dwarf::DW_TAG_const_type:
  case dwarf::DW_TAG_volatile_type:
  case dwarf::DW_TAG_restrict_type:
    return builder.createQualifiedType(type.tag, get(type.base));
  case dwarf::DW_TAG_typedef:
    return builder.createTypedef(get(type.base), type.name, fileOf(type.file), type.line, unit);
  case dwarf::DW_TAG_array_type:
    return makeArray(type);
  case dwarf::DW_TAG_subroutine_type:
    return signature(index);
  default:
    return nullptr;
  }
}

// LLVM gives all pointers the size of the target's. Those of 32-bit memories become addresses that
// have no type but a name; the structures that they point to are kept for casts.
llvm::DIType *DebugTypes::makePointer(uint32_t index, const SourceType &type) {
  constexpr uint64_t targetBytes = 8;
  llvm::DIType *pointee = get(type.base);
  if (type.bytes == targetBytes)
    return type.tag == dwarf::DW_TAG_pointer_type
               ? builder.createPointerType(pointee, type.bytes * 8)
               : builder.createReferenceType(type.tag, pointee, type.bytes * 8);
  return builder.createBasicType(nameOf(index, 0), type.bytes * 8, dwarf::DW_ATE_address);
}

// As in C, as far as that matters to readers.
std::string DebugTypes::nameOf(uint32_t index, unsigned nesting) const {
  constexpr unsigned maxNesting = 8;
  if (index >= source.types.size())
    return "void";
  const SourceType &type = source.types[index];
  const auto inner = [&] { return nameOf(type.base, nesting + 1); };
  if (!type.name.empty() || nesting >= maxNesting)
    return type.name;
  switch (type.tag) {
  case dwarf::DW_TAG_pointer_type:
    return inner() + (type.base < source.types.size() &&
                              source.types[type.base].tag == dwarf::DW_TAG_pointer_type
                          ? "*"
                          : " *");
  case dwarf::DW_TAG_reference_type:
    return inner() + " &";
  case dwarf::DW_TAG_rvalue_reference_type:
    return inner() + " &&";
  case dwarf::DW_TAG_const_type:
    return "const " + inner();
  case dwarf::DW_TAG_volatile_type:
    return "volatile " + inner();
  case dwarf::DW_TAG_restrict_type:
    return inner();
  case dwarf::DW_TAG_array_type:
    return inner() + " []";
  case dwarf::DW_TAG_subroutine_type:
    return inner() + " ()";
  default:
    return "(anonymous)";
  }
}

llvm::DIType *DebugTypes::makeArray(const SourceType &type) {
  llvm::SmallVector<llvm::Metadata *, 2> dimensions;
  for (const SourceMember &dimension : type.members)
    dimensions.push_back(builder.getOrCreateSubrange(0, dimension.value));
  if (dimensions.empty())
    dimensions.push_back(builder.getOrCreateSubrange(0, -1));
  llvm::DIType *element = get(type.base);
  return element ? builder.createArrayType(type.bytes * 8, 0, element,
                                           builder.getOrCreateArray(dimensions))
                 : nullptr;
}

llvm::DIType *DebugTypes::makeComposite(uint32_t index, const SourceType &type) {
  const auto flags = type.isDeclaration ? llvm::DINode::FlagFwdDecl : llvm::DINode::FlagZero;
  llvm::DIType *base = type.tag == dwarf::DW_TAG_enumeration_type ? get(type.base) : nullptr;
  auto *made = llvm::DICompositeType::getDistinct(
      unit->getContext(), type.tag, type.name, fileOf(type.file), type.line, unit, base,
      type.bytes * 8, /*AlignInBits=*/0, /*OffsetInBits=*/0, flags, /*Elements=*/nullptr,
      /*RuntimeLang=*/0, /*EnumKind=*/std::nullopt, /*VTableHolder=*/nullptr);
  builder.retainType(made);
  if (!type.isDeclaration)
    pending.push_back({made, index});
  return made;
}

void DebugTypes::fillPending() {
  while (!pending.empty()) {
    const auto [made, index] = pending.back();
    pending.pop_back();
    ++depth;
    made->replaceElements(membersOf(made, source.types[index]));
    --depth;
  }
}

llvm::DINodeArray DebugTypes::membersOf(llvm::DICompositeType *made, const SourceType &type) {
  llvm::SmallVector<llvm::Metadata *, 16> members;
  for (const SourceMember &member : type.members) {
    if (type.tag == dwarf::DW_TAG_enumeration_type) {
      members.push_back(builder.createEnumerator(member.name, uint64_t(member.value)));
      continue;
    }
    llvm::DIType *memberType = get(member.type);
    if (!memberType)
      continue;
    llvm::DIFile *file = made->getFile();
    if (member.isBase)
      members.push_back(builder.createInheritance(made, memberType, member.offsetBits, 0,
                                                  llvm::DINode::FlagZero));
    else if (member.bits)
      members.push_back(builder.createBitFieldMemberType(
          made, member.name, file, 0, member.bits, member.offsetBits, /*StorageOffsetInBits=*/0,
          llvm::DINode::FlagZero, memberType));
    else
      members.push_back(builder.createMemberType(made, member.name, file, 0,
                                                 memberType->getSizeInBits(), 0, member.offsetBits,
                                                 llvm::DINode::FlagZero, memberType));
  }
  return builder.getOrCreateArray(members);
}

} // namespace w2n::compiler
