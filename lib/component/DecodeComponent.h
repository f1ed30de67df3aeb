// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The decoder of one component; its readers of types and of canonical definitions are in files of
// their own.
#pragma once

#include "lib/component/Component.h"
#include "lib/support/ByteReader.h"

namespace w2n::component {

class ComponentDecoder {
public:
  /// `depth` counts the components and types around it; `budget` the definitions that the whole
  /// file may still have.
  ComponentDecoder(Bytes bytes, uint64_t baseOffset, uint32_t depth, uint32_t &budget)
      : reader(bytes, baseOffset), depth(depth), budget(budget) {
    component.bytes = bytes;
    component.offset = baseOffset;
  }
  Result<Component> run();

private:
  using Items = std::vector<Definition>;
  using ItemDecoder = Status (ComponentDecoder::*)(ByteReader &, Definition &);
  using FormDecoder = Status (ComponentDecoder::*)(ByteReader &, TypeSyntax &);
  struct Section {
    uint8_t id;
    std::string_view name;
    bool isVector;
    ItemDecoder decode;
  };
  static const Section sections[];

  Status decodeSection();
  Status decodeItems(ByteReader &, const Section &section);
  Status decodeItem(ByteReader &, ItemDecoder decode, Items &items);
  Status decodeCoreModule(ByteReader &);
  Status decodeNested(ByteReader &);

  Status decodeCoreInstance(ByteReader &, Definition &);
  Status decodeCoreType(ByteReader &, Definition &);
  Status decodeInstance(ByteReader &, Definition &);
  Status decodeAlias(ByteReader &, Definition &);
  Status decodeType(ByteReader &, Definition &);
  Status decodeCanon(ByteReader &, Definition &);
  Status decodeStart(ByteReader &, Definition &);
  Status decodeImport(ByteReader &, Definition &);
  Status decodeExport(ByteReader &, Definition &);
  Status decodeValue(ByteReader &, Definition &);

  // DecodeTypes.cpp
  Status decodeRecord(ByteReader &, TypeSyntax &);
  Status decodeVariant(ByteReader &, TypeSyntax &);
  Status decodeElement(ByteReader &, TypeSyntax &);
  Status decodeTuple(ByteReader &, TypeSyntax &);
  Status decodeLabels(ByteReader &, TypeSyntax &);
  Status decodeResultType(ByteReader &, TypeSyntax &);
  Status decodeHandle(ByteReader &, TypeSyntax &);
  Status decodeFixedList(ByteReader &, TypeSyntax &);
  Status decodeOptionalElement(ByteReader &, TypeSyntax &);
  Status decodeMap(ByteReader &, TypeSyntax &);
  Status decodeFuncType(ByteReader &, TypeSyntax &);
  Status decodeInstanceType(ByteReader &, TypeSyntax &);
  Status decodeComponentType(ByteReader &, TypeSyntax &);
  Status decodeResourceType(ByteReader &, TypeSyntax &);
  Status decodeDeclarations(ByteReader &, TypeSyntax &, bool mayImport);
  Status decodeImportDeclaration(ByteReader &, Definition &);
  Status decodeExportDeclaration(ByteReader &, Definition &);
  Status decodeCoreDeclaration(ByteReader &, CoreDeclaration &);
  Result<CoreExternDesc> decodeCoreExternDesc(ByteReader &);
  Result<wasm::TypeDefinition> decodeCoreTypeDefinition(ByteReader &);
  Result<ValueTypeRef> decodeValueType(ByteReader &);
  Result<std::optional<ValueTypeRef>> decodeOptionalValueType(ByteReader &);
  Result<std::optional<ValueTypeRef>> decodeResultList(ByteReader &);

  // DecodeCanon.cpp
  Status decodeImmediate(ByteReader &, char immediate, CanonDefinition &);
  Status decodeOptions(ByteReader &, CanonDefinition &);

  Result<Sort> decodeSort(ByteReader &, const char *what);
  Result<Sort> decodeCoreSort(ByteReader &, const char *what);
  Result<SortIndex> decodeSortIndex(ByteReader &);
  Result<ExternName> decodeExternName(ByteReader &);
  Status decodeNameOptions(ByteReader &, ExternName &);
  Result<ExternDesc> decodeExternDesc(ByteReader &);
  Result<bool> decodeFlag(ByteReader &, const char *what);
  /// A count of things of which each takes at least `leastBytes`.
  Result<uint32_t> decodeCount(ByteReader &, uint32_t leastBytes = 1);

  Component component;
  ByteReader reader;
  uint32_t depth;
  uint32_t &budget;
};

/// The words of the reference validator for a byte that has no meaning where it is.
std::unexpected<Error> badByte(const ByteReader &after, uint8_t byte, std::string_view what);

} // namespace w2n::component
