// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The sections of a module (core specification, section 5.5).

#include "lib/wasm/DecodeBranchHints.h"
#include "lib/wasm/DecodeNames.h"
#include "lib/wasm/DecodeTypes.h"
#include "lib/wasm/FeatureGate.h"
#include "lib/wasm/Instruction.h"
#include "lib/wasm/Limits.h"

#include <cstring>

namespace w2n::wasm {

namespace {

class ModuleDecoder {
public:
  ModuleDecoder(Bytes bytes, FeatureSet features) : gate(features), reader(bytes) {
    module.bytes = bytes;
    module.features = features;
  }
  Result<Module> run();

private:
  using SectionDecoder = Status (ModuleDecoder::*)(ByteReader &);
  struct Section {
    const char *name;
    SectionDecoder decode;
    /// Place in the required order; the data count section comes before the code, whatever its
    /// number.
    unsigned order;
  };
  static const Section sections[];

  Status decodeSection();
  Status decodeTypes(ByteReader &);
  Status decodeTypeGroup(ByteReader &, uint32_t members);
  Status decodeImports(ByteReader &);
  Status decodeFunctions(ByteReader &);
  Status decodeTables(ByteReader &);
  Status decodeMemories(ByteReader &);
  Status decodeGlobals(ByteReader &);
  Status decodeExports(ByteReader &);
  Status decodeStart(ByteReader &);
  Status decodeElements(ByteReader &);
  Status decodeCode(ByteReader &);
  Status decodeData(ByteReader &);
  Status decodeDataCount(ByteReader &);
  Status decodeTags(ByteReader &);

  Result<Import> decodeImport(ByteReader &);
  Result<TagType> decodeTagType(ByteReader &);
  /// The type of the next table or memory, whose entry begins at `offset`.
  Result<TableType> decodeTable(ByteReader &, uint64_t offset);
  Result<MemoryType> decodeMemory(ByteReader &, uint64_t offset);
  Result<ElementSegment> decodeElement(ByteReader &);
  Result<DataSegment> decodeDataSegment(ByteReader &);
  Status decodeBody(ByteReader &, Function &function);
  Status decodeDebugSection(std::string_view name, ByteReader &);
  /// A count of things of which each takes at least a byte.
  Result<uint32_t> decodeCount(ByteReader &, uint32_t limit, const char *what);
  Result<ConstExpr> decodeConstExpr(ByteReader &);

  Module module;
  const FeatureGate gate;
  ByteReader reader;
  unsigned lastOrder = 0;
  uint32_t bodies = 0;
  /// The contents of these custom sections; decoded last, as they may come early.
  ByteReader names{Bytes()}, branchHints{Bytes()};
};

const ModuleDecoder::Section ModuleDecoder::sections[] = {
    {"custom", nullptr, 0},
    {"type", &ModuleDecoder::decodeTypes, 1},
    {"import", &ModuleDecoder::decodeImports, 2},
    {"function", &ModuleDecoder::decodeFunctions, 3},
    {"table", &ModuleDecoder::decodeTables, 4},
    {"memory", &ModuleDecoder::decodeMemories, 5},
    {"global", &ModuleDecoder::decodeGlobals, 7},
    {"export", &ModuleDecoder::decodeExports, 8},
    {"start", &ModuleDecoder::decodeStart, 9},
    {"element", &ModuleDecoder::decodeElements, 10},
    {"code", &ModuleDecoder::decodeCode, 12},
    {"data", &ModuleDecoder::decodeData, 13},
    {"data count", &ModuleDecoder::decodeDataCount, 11},
    {"tag", &ModuleDecoder::decodeTags, 6},
};

Result<uint32_t> ModuleDecoder::decodeCount(ByteReader &in, uint32_t limit, const char *what) {
  W2N_TRY(count, in.readU32());
  if (count > in.remaining())
    return in.malformed("unexpected end of section or function: " + std::to_string(count) + " " +
                        what + " do not fit in " + std::to_string(in.remaining()) + " bytes");
  if (count > limit)
    return fail(ErrorKind::Limit,
                std::to_string(count) + " " + what + ", most is " + std::to_string(limit),
                in.offset());
  return count;
}

Result<ConstExpr> ModuleDecoder::decodeConstExpr(ByteReader &in) {
  ConstExpr expression;
  expression.offset = in.offset();
  Instruction instruction;
  uint32_t depth = 0;
  while (true) {
    W2N_CHECK(decodeInstruction(in, instruction));
    W2N_CHECK(gate.allow(instruction));
    if (instruction.opcode == Opcode::End && depth-- == 0)
      break;
    depth += beginsBlock(classOf(instruction.opcode));
  }
  size_t count = size_t(instruction.offset - expression.offset);
  expression.code = module.bytes.subspan(size_t(expression.offset), count);
  return expression;
}

Status ModuleDecoder::decodeTypes(ByteReader &in) {
  W2N_TRY(count, decodeCount(in, limits::types, "types"));
  for (uint32_t i = 0; i < count; ++i) {
    // A type stands for a recursive group of itself alone (5.3.8).
    constexpr uint8_t groupForm = 0x4e;
    ByteReader ahead = in;
    W2N_TRY(form, ahead.readByte());
    uint32_t members = 1;
    if (form == groupForm) {
      W2N_CHECK(gate.allow(Feature::GarbageCollection, in.offset()));
      in = ahead;
      W2N_TRY(inGroup, decodeCount(in, limits::types, "types in a recursive group"));
      members = inGroup;
    }
    W2N_CHECK(decodeTypeGroup(in, members));
  }
  return {};
}

Status ModuleDecoder::decodeTypeGroup(ByteReader &in, uint32_t members) {
  const auto begin = uint32_t(module.types.size());
  if (members > limits::types - begin)
    return fail(ErrorKind::Limit, "more than " + std::to_string(limits::types) + " types",
                in.offset());
  for (uint32_t i = 0; i < members; ++i) {
    const uint64_t offset = in.offset();
    FeatureSet needs;
    W2N_TRY(type, decodeTypeDefinition(in, needs));
    W2N_CHECK(gate.allow(needs, offset));
    type.groupBegin = begin;
    type.groupEnd = begin + members;
    module.types.push_back(std::move(type));
  }
  return {};
}

Result<TableType> ModuleDecoder::decodeTable(ByteReader &in, uint64_t offset) {
  FeatureSet needs;
  W2N_TRY(type, decodeTableType(in, needs));
  if (!module.tables.empty())
    needs.add(Feature::ReferenceTypes);
  W2N_CHECK(gate.allow(needs, offset));
  return type;
}

Result<MemoryType> ModuleDecoder::decodeMemory(ByteReader &in, uint64_t offset) {
  FeatureSet needs;
  W2N_TRY(type, decodeMemoryType(in, needs));
  if (!module.memories.empty())
    needs.add(Feature::MultiMemory);
  W2N_CHECK(gate.allow(needs, offset));
  return type;
}

Result<Import> ModuleDecoder::decodeImport(ByteReader &in) {
  Import import;
  const uint64_t offset = in.offset();
  W2N_TRY(moduleName, in.readName());
  W2N_TRY(name, in.readName());
  W2N_TRY(kind, in.readByte());
  import.module = moduleName;
  import.name = name;
  import.kind = ExternKind(kind);
  switch (kind) {
  case 0: {
    W2N_TRY(typeIndex, in.readU32());
    import.index = module.importedFunctions++;
    module.functions.push_back({});
    module.functions.back().typeIndex = typeIndex;
    return import;
  }
  case 1: {
    W2N_TRY(type, decodeTable(in, offset));
    import.index = module.importedTables++;
    module.tables.push_back({type, std::nullopt});
    return import;
  }
  case 2: {
    W2N_TRY(type, decodeMemory(in, offset));
    import.index = module.importedMemories++;
    module.memories.push_back({type});
    return import;
  }
  case 3: {
    FeatureSet needs;
    W2N_TRY(type, decodeGlobalType(in, needs));
    W2N_CHECK(gate.allow(needs, offset));
    import.index = module.importedGlobals++;
    module.globals.push_back({type, {}});
    return import;
  }
  case 4: {
    W2N_CHECK(gate.allowTags(offset));
    W2N_TRY(type, decodeTagType(in));
    import.index = module.importedTags++;
    module.tags.push_back({type});
    return import;
  }
  default:
    return in.malformed("malformed import kind");
  }
}

Status ModuleDecoder::decodeImports(ByteReader &in) {
  W2N_TRY(count, decodeCount(in, limits::imports, "imports"));
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(import, decodeImport(in));
    module.imports.push_back(import);
  }
  return {};
}

Status ModuleDecoder::decodeFunctions(ByteReader &in) {
  W2N_TRY(count, decodeCount(in, limits::functions, "functions"));
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(typeIndex, in.readU32());
    module.functions.push_back({});
    module.functions.back().typeIndex = typeIndex;
  }
  return {};
}

Status ModuleDecoder::decodeTables(ByteReader &in) {
  W2N_TRY(count, decodeCount(in, limits::tables, "tables"));
  for (uint32_t i = 0; i < count; ++i) {
    const uint64_t offset = in.offset();
    // 0x40 0x00 announces a table with an initial value (5.5.7).
    ByteReader ahead = in;
    W2N_TRY(first, ahead.readByte());
    bool hasInit = first == 0x40;
    if (hasInit) {
      W2N_CHECK(gate.allow(Feature::FunctionReferences, offset));
      in = ahead;
      W2N_TRY(zero, in.readByte());
      if (zero != 0)
        return in.malformed("zero byte expected");
    }
    W2N_TRY(type, decodeTable(in, offset));
    Table table{type, std::nullopt};
    if (hasInit) {
      W2N_TRY(init, decodeConstExpr(in));
      table.init = init;
    }
    module.tables.push_back(table);
  }
  return {};
}

Status ModuleDecoder::decodeMemories(ByteReader &in) {
  W2N_TRY(count, decodeCount(in, limits::memories, "memories"));
  for (uint32_t i = 0; i < count; ++i) {
    const uint64_t offset = in.offset();
    W2N_TRY(type, decodeMemory(in, offset));
    module.memories.push_back({type});
  }
  return {};
}

Status ModuleDecoder::decodeGlobals(ByteReader &in) {
  W2N_TRY(count, decodeCount(in, limits::globals, "globals"));
  for (uint32_t i = 0; i < count; ++i) {
    const uint64_t offset = in.offset();
    FeatureSet needs;
    W2N_TRY(type, decodeGlobalType(in, needs));
    W2N_CHECK(gate.allow(needs, offset));
    W2N_TRY(init, decodeConstExpr(in));
    module.globals.push_back({type, init});
  }
  return {};
}

Status ModuleDecoder::decodeExports(ByteReader &in) {
  W2N_TRY(count, decodeCount(in, limits::exports, "exports"));
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(name, in.readName());
    W2N_TRY(kind, in.readByte());
    W2N_TRY(index, in.readU32());
    if (kind > 4)
      return in.malformed("malformed export kind");
    module.exports.push_back({name, ExternKind(kind), index});
  }
  return {};
}

Status ModuleDecoder::decodeStart(ByteReader &in) {
  W2N_TRY(index, in.readU32());
  module.start = index;
  return {};
}

Result<ElementSegment> ModuleDecoder::decodeElement(ByteReader &in) {
  // Bit 0: not active. Bit 1: an explicit table, or declarative. Bit 2: expressions instead of
  // indices (5.5.12).
  ElementSegment segment;
  segment.byteOffset = in.offset();
  W2N_TRY(flags, in.readU32());
  if (flags > 7)
    return in.malformed("malformed elements segment kind");
  if (flags != 0)
    W2N_CHECK(gate.allow(Feature::BulkMemory, segment.byteOffset));
  bool usesExpressions = flags & 4;
  if (flags & 1) {
    segment.mode = flags & 2 ? SegmentMode::Declarative : SegmentMode::Passive;
    if (segment.mode == SegmentMode::Declarative)
      W2N_CHECK(gate.allow(Feature::ReferenceTypes, segment.byteOffset));
  } else {
    if (flags & 2) {
      FeatureSet needs;
      W2N_TRY(table, decodeLaterIndex(in, Feature::ReferenceTypes, needs));
      W2N_CHECK(gate.allow(needs, segment.byteOffset));
      segment.tableIndex = table;
    }
    W2N_TRY(offset, decodeConstExpr(in));
    segment.offset = offset;
  }
  if ((flags & 3) && usesExpressions) {
    FeatureSet needs;
    W2N_TRY(type, decodeReferenceType(in, needs));
    W2N_CHECK(gate.allow(needs, segment.byteOffset));
    segment.type = type;
  } else if (flags & 3) {
    W2N_TRY(kind, in.readByte());
    if (kind != 0)
      return in.malformed("malformed element kind");
  }
  // Functions are never null; expressions without a type are of funcref.
  if (!usesExpressions)
    segment.type.nullable = false;
  W2N_TRY(count, decodeCount(in, limits::segmentElements, "elements"));
  for (uint32_t i = 0; i < count; ++i) {
    if (usesExpressions) {
      W2N_TRY(expression, decodeConstExpr(in));
      segment.expressions.push_back(expression);
    } else {
      W2N_TRY(function, in.readU32());
      segment.functions.push_back(function);
    }
  }
  return segment;
}

Status ModuleDecoder::decodeElements(ByteReader &in) {
  W2N_TRY(count, decodeCount(in, limits::elementSegments, "element segments"));
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(segment, decodeElement(in));
    module.elements.push_back(std::move(segment));
  }
  return {};
}

Status ModuleDecoder::decodeBody(ByteReader &in, Function &function) {
  W2N_TRY(bytes, in.readU32());
  if (bytes > limits::functionBytes)
    return fail(ErrorKind::Limit,
                "function body has " + std::to_string(bytes) + " bytes, most is " +
                    std::to_string(limits::functionBytes),
                in.offset());
  uint64_t bodyOffset = in.offset();
  W2N_TRY(body, in.readBytes(bytes));
  function.bodyOffset = bodyOffset;
  ByteReader bodyReader(body, bodyOffset);
  W2N_TRY(groups, bodyReader.readU32());
  if (groups > bodyReader.remaining())
    return bodyReader.malformed("unexpected end of section or function");
  uint64_t total = 0;
  for (uint32_t i = 0; i < groups; ++i) {
    const uint64_t offset = bodyReader.offset();
    W2N_TRY(count, bodyReader.readU32());
    FeatureSet needs;
    W2N_TRY(type, decodeValueType(bodyReader, needs));
    W2N_CHECK(gate.allow(needs, offset));
    total += count;
    // The first bound is the specification's, the second ours.
    if (total > 0xffffffff)
      return bodyReader.malformed("too many locals");
    function.locals.push_back({count, type});
  }
  if (total > limits::locals)
    return fail(ErrorKind::Limit,
                "too many locals: " + std::to_string(total) + ", most is " +
                    std::to_string(limits::locals),
                bodyReader.offset());
  function.codeOffset = bodyReader.offset();
  W2N_TRY(code, bodyReader.readBytes(bodyReader.remaining()));
  function.code = code;
  return {};
}

Status ModuleDecoder::decodeCode(ByteReader &in) {
  W2N_TRY(count, in.readU32());
  if (count != module.functions.size() - module.importedFunctions)
    return in.malformed("function and code section have inconsistent lengths");
  for (uint32_t i = 0; i < count; ++i)
    W2N_CHECK(decodeBody(in, module.functions[module.importedFunctions + i]));
  bodies = count;
  return {};
}

Result<DataSegment> ModuleDecoder::decodeDataSegment(ByteReader &in) {
  DataSegment segment;
  segment.byteOffset = in.offset();
  W2N_TRY(flags, in.readU32());
  if (flags > 2)
    return in.malformed("malformed data segment kind");
  if (flags != 0)
    W2N_CHECK(gate.allow(Feature::BulkMemory, segment.byteOffset));
  if (flags == 1) {
    segment.mode = SegmentMode::Passive;
  } else {
    if (flags == 2) {
      FeatureSet needs;
      W2N_TRY(memory, decodeLaterIndex(in, Feature::MultiMemory, needs));
      W2N_CHECK(gate.allow(needs, segment.byteOffset));
      segment.memoryIndex = memory;
    }
    W2N_TRY(offset, decodeConstExpr(in));
    segment.offset = offset;
  }
  W2N_TRY(count, in.readU32());
  W2N_TRY(bytes, in.readBytes(count));
  segment.bytes = bytes;
  return segment;
}

Status ModuleDecoder::decodeData(ByteReader &in) {
  W2N_TRY(count, decodeCount(in, limits::dataSegments, "data segments"));
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(segment, decodeDataSegment(in));
    module.data.push_back(segment);
  }
  return {};
}

Status ModuleDecoder::decodeDataCount(ByteReader &in) {
  W2N_CHECK(gate.allow(Feature::BulkMemory, in.offset()));
  W2N_TRY(count, in.readU32());
  module.dataCount = count;
  return {};
}

Result<TagType> ModuleDecoder::decodeTagType(ByteReader &in) {
  W2N_TRY(attribute, in.readByte());
  if (attribute != 0)
    return in.malformed("malformed tag attribute");
  W2N_TRY(typeIndex, in.readU32());
  return TagType{typeIndex};
}

Status ModuleDecoder::decodeTags(ByteReader &in) {
  W2N_CHECK(gate.allowTags(in.offset()));
  W2N_TRY(count, decodeCount(in, limits::tags, "tags"));
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(type, decodeTagType(in));
    module.tags.push_back({type});
  }
  return {};
}

Status ModuleDecoder::decodeDebugSection(std::string_view name, ByteReader &in) {
  W2N_TRY(bytes, in.readBytes(in.remaining()));
  module.debugSections.push_back({name, bytes});
  return {};
}

Status ModuleDecoder::decodeSection() {
  uint64_t offset = reader.offset();
  W2N_TRY(id, reader.readByte());
  if (id >= std::size(sections))
    return fail(ErrorKind::Malformed, "malformed section id " + std::to_string(id), offset);
  const Section &section = sections[id];
  W2N_TRY(bytes, reader.readU32());
  uint64_t contentOffset = reader.offset();
  W2N_TRY(content, reader.readBytes(bytes));
  ByteReader in(content, contentOffset);
  if (id == 0) {
    W2N_TRY(name, in.readName());
    if (name == "name")
      names = in;
    else if (name == "metadata.code.branch_hint")
      branchHints = in;
    else if (name.starts_with(".debug_") && module.debugSections.size() < Module::maxDebugSections)
      W2N_CHECK(decodeDebugSection(name, in));
    return {};
  }
  if (section.order <= lastOrder)
    return fail(ErrorKind::Malformed,
                std::string("unexpected content after last section: ") + section.name +
                    " section is repeated or out of order",
                offset);
  lastOrder = section.order;
  module.sectionOffsets[id] = contentOffset;
  auto status = (this->*section.decode)(in);
  if (!status) {
    Error error = std::move(status).error();
    if (error.text == "unexpected end")
      error.text += " of section or function";
    error.text += std::string(" (in the ") + section.name + " section)";
    return std::unexpected(std::move(error));
  }
  if (!in.atEnd())
    return in.malformed(std::string("section size mismatch: ") + std::to_string(in.remaining()) +
                        " bytes left in the " + section.name + " section");
  return {};
}

Result<Module> ModuleDecoder::run() {
  constexpr uint8_t magic[] = {0, 'a', 's', 'm'};
  if (module.bytes.size() > limits::moduleBytes)
    return fail(ErrorKind::Limit, "module is larger than 1 GiB");
  if (module.bytes.size() < 4)
    return reader.malformed("unexpected end: magic header not detected");
  W2N_TRY(header, reader.readBytes(4));
  if (std::memcmp(header.data(), magic, sizeof(magic)) != 0)
    return fail(ErrorKind::Malformed, "magic header not detected", 0);
  W2N_TRY(version, reader.readFixed32());
  if (version != 1)
    return fail(ErrorKind::Malformed, "unknown binary version " + std::to_string(version), 4);
  while (!reader.atEnd())
    W2N_CHECK(decodeSection());
  if (bodies != module.functions.size() - module.importedFunctions)
    return reader.malformed("function and code section have inconsistent lengths");
  if (module.dataCount && *module.dataCount != module.data.size())
    return reader.malformed("data count and data section have inconsistent lengths");
  decodeNames(names, module);
  module.branchHints = decodeBranchHints(branchHints, module);
  return std::move(module);
}

} // namespace

Result<Module> decodeModule(Bytes bytes, FeatureSet features) {
  return ModuleDecoder(bytes, features).run();
}

} // namespace w2n::wasm
