#include "compiler/link/MetadataWriter.h"

#include "compiler/codegen/LlvmError.h"
#include "lib/artifact/Checksum.h"
#include "lib/artifact/TypeCodes.h"
#include "lib/wasm/Instruction.h"

#include <llvm/Config/llvm-config.h>
#include <llvm/IR/Constants.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/Endian.h>

namespace w2n::compiler {

using namespace artifact;

namespace {

constexpr char noteSection[] = ".note.wasm2native";
constexpr char imageSection[] = ".wasm2native.image";

/// The bytes of the metadata, with places where the linker writes a distance from the metadata's
/// start.
class Blob {
public:
  /// Appends `records`, aligned to 8 bytes.
  template <typename T> ArrayRef append(const std::vector<T> &records) {
    bytes.resize((bytes.size() + 7) & ~size_t(7));
    ArrayRef reference{uint32_t(bytes.size()), uint32_t(records.size())};
    auto *data = reinterpret_cast<const uint8_t *>(records.data());
    bytes.insert(bytes.end(), data, data + records.size() * sizeof(T));
    return reference;
  }
  StringRef append(std::string_view text) {
    StringRef reference{uint32_t(bytes.size()), uint32_t(text.size())};
    bytes.insert(bytes.end(), text.begin(), text.end());
    return reference;
  }
  /// The four bytes at `offset` become the distance from the metadata to `symbol`.
  void setDistance(size_t offset, llvm::Constant *symbol) { distances.push_back({offset, symbol}); }

  std::vector<uint8_t> bytes;
  std::vector<std::pair<size_t, llvm::Constant *>> distances;
};

uint32_t limitFlags(const wasm::Limits &limits) {
  return (limits.max ? limitHasMax : 0) | (limits.is64 ? limitIs64 : 0) |
         (limits.shared ? limitShared : 0);
}

class MetadataEmitter {
public:
  MetadataEmitter(ModuleLowering &lowering, const MemoryImage &image)
      : lowering(lowering), plan(lowering.plan), wasm(plan.wasm), image(image) {}

  void run(bool hasInitialize, std::span<const uint8_t> sourceHash);

private:
  ArrayRef types();
  ArrayRef imports();
  ArrayRef exports();
  ArrayRef functions();
  ArrayRef references();
  ArrayRef elements();
  ArrayRef data();
  ArrayRef images();
  uint32_t codeOf(wasm::ValueType type) const;
  ArrayRef valueTypes(const std::vector<wasm::ValueType> &types);
  ArrayRef typeDetails(const wasm::TypeDefinition &type);
  llvm::GlobalVariable *emitBytes(std::span<const uint8_t> bytes, const llvm::Twine &name,
                                  const char *section, uint64_t alignment);
  void emitNote();

  ModuleLowering &lowering;
  const ModulePlan &plan;
  const wasm::Module &wasm;
  const MemoryImage &image;
  Blob blob;
};

ArrayRef MetadataEmitter::valueTypes(const std::vector<wasm::ValueType> &types) {
  std::vector<ValueTypeCode> codes;
  for (wasm::ValueType type : types)
    codes.push_back(ValueTypeCode(codeOf(type) & codeBits));
  return blob.append(codes);
}

uint32_t MetadataEmitter::codeOf(wasm::ValueType type) const {
  return encodeType(type, type.isRef() && wasm.matches(type, wasm::ValueType::funcref()));
}

ArrayRef MetadataEmitter::typeDetails(const wasm::TypeDefinition &type) {
  std::vector<uint32_t> codes;
  for (const auto *values : {&type.function.params, &type.function.results})
    for (wasm::ValueType value : *values)
      codes.push_back(codeOf(value));
  if (std::ranges::all_of(codes, [](uint32_t code) { return code <= codeBits; }))
    codes.clear();
  for (const wasm::FieldType &field : type.fields)
    codes.push_back(codeOf(field.type) | (field.isMutable ? codeMutable : 0) |
                    (field.packedBits == 8    ? codePacked8
                     : field.packedBits == 16 ? codePacked16
                                              : 0));
  return blob.append(codes);
}

ArrayRef MetadataEmitter::types() {
  std::vector<TypeRecord> records;
  for (uint32_t i = 0; i < wasm.types.size(); ++i) {
    const wasm::TypeDefinition &type = wasm.types[i];
    const uint32_t flags = uint32_t(type.kind) | (type.isFinal ? 0 : typeIsOpen) |
                           (type.super ? typeHasSuper : 0) |
                           (i != type.groupBegin ? typeIsInGroup : 0);
    records.push_back({valueTypes(type.function.params), valueTypes(type.function.results),
                       typeDetails(type), flags, type.super.value_or(0), 0, 0});
  }
  ArrayRef reference = blob.append(records);
  for (uint32_t i = 0; i < records.size(); ++i) {
    size_t offset = reference.offset + i * sizeof(TypeRecord);
    if (llvm::Function *thunk = lowering.module.getFunction(entryThunkSymbol(i)))
      blob.setDistance(offset + offsetof(TypeRecord, entryThunk), thunk);
    if (llvm::Function *thunk = lowering.module.getFunction(importThunkSymbol(i)))
      blob.setDistance(offset + offsetof(TypeRecord, importThunk), thunk);
  }
  return reference;
}

ArrayRef MetadataEmitter::imports() {
  std::vector<ImportRecord> records;
  for (const wasm::Import &import : wasm.imports)
    records.push_back({blob.append(import.module), blob.append(import.name), uint32_t(import.kind),
                       import.index});
  return blob.append(records);
}

ArrayRef MetadataEmitter::exports() {
  std::vector<ExportRecord> records;
  for (const wasm::Export &exported : wasm.exports)
    records.push_back({blob.append(exported.name), uint32_t(exported.kind), exported.index});
  return blob.append(records);
}

ArrayRef MetadataEmitter::functions() {
  std::vector<FunctionRecord> records;
  for (uint32_t i = 0; i < wasm.functions.size(); ++i)
    records.push_back({wasm.functions[i].typeIndex, 0, plan.references[i],
                       blob.append(wasm.functions[i].name), 0});
  ArrayRef reference = blob.append(records);
  for (uint32_t i = wasm.importedFunctions; i < records.size(); ++i) {
    size_t offset = reference.offset + i * sizeof(FunctionRecord);
    blob.setDistance(offset + offsetof(FunctionRecord, code), lowering.function(i));
    if (plan.hasBody[i])
      blob.setDistance(offset + offsetof(FunctionRecord, tailCode), lowering.tailFunction(i));
  }
  return reference;
}

ArrayRef MetadataEmitter::references() {
  std::vector<uint32_t> indices(plan.layout.referencedFunctions);
  for (uint32_t i = wasm.importedFunctions; i < wasm.functions.size(); ++i)
    if (plan.references[i] != noIndex)
      indices[plan.references[i]] = i;
  return blob.append(indices);
}

ArrayRef MetadataEmitter::elements() {
  std::vector<ElementRecord> records;
  for (const wasm::ElementSegment &segment : wasm.elements) {
    std::vector<uint32_t> indices;
    if (!plan.isInClosedTable(segment))
      indices = segment.functions;
    for (const wasm::ConstExpr &expression : segment.expressions) {
      ByteReader reader(expression.code, expression.offset);
      wasm::Instruction instruction;
      bool isFunction = wasm::decodeInstruction(reader, instruction).has_value() &&
                        instruction.opcode == wasm::Opcode::RefFunc;
      indices.push_back(isFunction ? instruction.index : noIndex);
    }
    records.push_back({blob.append(indices)});
  }
  return blob.append(records);
}

ArrayRef MetadataEmitter::data() {
  std::vector<DataRecord> records;
  for (size_t i = 0; i < wasm.data.size(); ++i)
    records.push_back({0, plan.dataInImage[i] ? 0 : uint32_t(wasm.data[i].bytes.size())});
  ArrayRef reference = blob.append(records);
  for (uint32_t i = 0; i < records.size(); ++i)
    if (records[i].count)
      blob.setDistance(reference.offset + i * sizeof(DataRecord) + offsetof(DataRecord, bytes),
                       emitBytes(wasm.data[i].bytes, "w2n.data." + llvm::Twine(i), ".rodata", 1));
  return reference;
}

ArrayRef MetadataEmitter::images() {
  std::vector<ImageRecord> records;
  for (const ImageRun &run : image.runs) {
    records.push_back({0, run.memoryOffset, run.bytes.size(), run.memory, 0});
    emitBytes(run.bytes, "w2n.image." + llvm::Twine(records.size() - 1), imageSection,
              segmentAlignment);
  }
  return blob.append(records);
}

llvm::GlobalVariable *MetadataEmitter::emitBytes(std::span<const uint8_t> bytes,
                                                 const llvm::Twine &name, const char *section,
                                                 uint64_t alignment) {
  auto *constant = llvm::ConstantDataArray::get(
      lowering.context, llvm::ArrayRef<uint8_t>(bytes.data(), bytes.size()));
  auto *global = new llvm::GlobalVariable(lowering.module, constant->getType(), true,
                                          llvm::GlobalValue::ExternalLinkage, constant, name);
  global->setVisibility(llvm::GlobalValue::HiddenVisibility);
  global->setDSOLocal(true);
  global->setSection(section);
  global->setAlignment(llvm::Align(alignment));
  return global;
}

// An ELF note (System V ABI, "Note Section"): three words, the owner, the descriptor.
void MetadataEmitter::emitNote() {
  llvm::LLVMContext &context = lowering.context;
  std::vector<uint8_t> head(12);
  uint32_t ownerBytes = sizeof(noteOwner);
  llvm::support::endian::write32le(&head[0], ownerBytes);
  llvm::support::endian::write32le(&head[4], uint32_t(blob.bytes.size()));
  llvm::support::endian::write32le(&head[8], noteType);
  head.insert(head.end(), noteOwner, noteOwner + ownerBytes);
  emitBytes(head, "w2n.note", noteSection, 8);

  // Opaque runs of bytes between the places that the linker fills in.
  std::sort(blob.distances.begin(), blob.distances.end(),
            [](const auto &a, const auto &b) { return a.first < b.first; });
  auto *word = llvm::Type::getInt32Ty(context);
  auto *address = llvm::Type::getInt64Ty(context);
  std::vector<llvm::Type *> fields;
  auto bytesBetween = [&](size_t from, size_t to) {
    return llvm::ArrayRef<uint8_t>(blob.bytes).slice(from, to - from);
  };
  size_t position = 0;
  auto *byte = llvm::Type::getInt8Ty(context);
  for (auto &[offset, symbol] : blob.distances) {
    fields.push_back(llvm::ArrayType::get(byte, offset - position));
    fields.push_back(word);
    position = offset + 4;
  }
  fields.push_back(llvm::ArrayType::get(byte, blob.bytes.size() - position));
  auto *type = llvm::StructType::get(context, fields, /*isPacked=*/true);
  auto *metadata = new llvm::GlobalVariable(
      lowering.module, type, true, llvm::GlobalValue::ExternalLinkage, nullptr, metadataSymbol);
  metadata->setVisibility(llvm::GlobalValue::ProtectedVisibility);
  metadata->setDSOLocal(true);
  metadata->setSection(noteSection);
  metadata->setAlignment(llvm::Align(4));

  std::vector<llvm::Constant *> values;
  position = 0;
  for (auto &[offset, symbol] : blob.distances) {
    values.push_back(llvm::ConstantDataArray::get(context, bytesBetween(position, offset)));
    llvm::Constant *distance =
        llvm::ConstantExpr::getSub(llvm::ConstantExpr::getPtrToInt(symbol, address),
                                   llvm::ConstantExpr::getPtrToInt(metadata, address));
    values.push_back(llvm::ConstantExpr::getTrunc(distance, word));
    position = offset + 4;
  }
  values.push_back(
      llvm::ConstantDataArray::get(context, bytesBetween(position, blob.bytes.size())));
  metadata->setInitializer(llvm::ConstantStruct::get(type, values));
}

void MetadataEmitter::run(bool hasInitialize, std::span<const uint8_t> sourceHash) {
  MetadataHeader header{};
  std::memcpy(header.magic, metadataMagic, sizeof(header.magic));
  header.version = formatVersion;
  header.flags = (plan.options.boundsChecks == BoundsChecks::Explicit ? flagExplicitBounds : 0) |
                 (plan.options.meter == Meter::Fuel ? flagMetersFuel : 0);
  std::memcpy(header.sourceHash, sourceHash.data(), sizeof(header.sourceHash));
  blob.bytes.resize(sizeof(MetadataHeader));
  header.compilerVersion =
      blob.append("wasm2native " W2N_VERSION " (LLVM " LLVM_VERSION_STRING ")");
  header.targetTriple = blob.append(plan.targetTriple);
  header.cpu = blob.append(plan.cpu);
  header.cpuFeatures = blob.append(plan.requiredFeatures);
  header.moduleName = blob.append(wasm.name);
  header.types = types();
  header.imports = imports();
  header.exports = exports();
  header.functions = functions();
  header.references = references();
  std::vector<TableRecordInfo> tables;
  for (const wasm::Table &table : wasm.tables)
    tables.push_back({codeOf(table.type.element), limitFlags(table.type.limits),
                      table.type.limits.min, table.type.limits.max.value_or(0)});
  header.tables = blob.append(tables);
  std::vector<MemoryRecordInfo> memories;
  for (const wasm::Memory &memory : wasm.memories)
    memories.push_back({memory.type.pageSizeLog2, limitFlags(memory.type.limits),
                        memory.type.limits.min, memory.type.limits.max.value_or(0)});
  header.memories = blob.append(memories);
  std::vector<GlobalRecordInfo> globals;
  for (const wasm::Global &global : wasm.globals)
    globals.push_back({codeOf(global.type.type), global.type.isMutable});
  header.globals = blob.append(globals);
  std::vector<TagRecordInfo> tags;
  for (const wasm::Tag &tag : wasm.tags)
    tags.push_back({tag.type.typeIndex});
  header.tags = blob.append(tags);
  header.elements = elements();
  header.data = data();
  header.images = images();
  header.importedFunctions = wasm.importedFunctions;
  header.importedTables = wasm.importedTables;
  header.importedMemories = wasm.importedMemories;
  header.importedGlobals = wasm.importedGlobals;
  header.importedTags = wasm.importedTags;
  header.referencedFunctions = plan.layout.referencedFunctions;
  header.startFunction = wasm.start.value_or(noIndex);
  blob.bytes.resize((blob.bytes.size() + 7) & ~size_t(7));
  header.bytes = uint32_t(blob.bytes.size());
  std::memcpy(blob.bytes.data(), &header, sizeof(header));
  if (hasInitialize)
    blob.setDistance(offsetof(MetadataHeader, initialize),
                     lowering.module.getFunction(initializeSymbol));
  emitNote();
}

} // namespace

void emitMetadata(ModuleLowering &lowering, const MemoryImage &image, bool hasInitialize,
                  std::span<const uint8_t> sourceHash) {
  MetadataEmitter(lowering, image).run(hasInitialize, sourceHash);
}

Status completeMetadata(std::vector<uint8_t> &elf, const MemoryImage &image) {
  auto file = llvm::object::ELF64LEFile::create(
      llvm::StringRef(reinterpret_cast<const char *>(elf.data()), elf.size()));
  if (!file)
    return std::unexpected(fromLlvm(file.takeError()));
  auto sections = file->sections();
  if (!sections)
    return std::unexpected(fromLlvm(sections.takeError()));
  uint64_t note = 0, imageOffset = 0, text = 0, textEnd = 0, ehFrame = 0, ehFrameBytes = 0;
  for (const auto &section : *sections) {
    auto name = file->getSectionName(section);
    if (!name)
      return std::unexpected(fromLlvm(name.takeError()));
    if (*name == noteSection)
      note = section.sh_offset + 12 + sizeof(noteOwner);
    else if (*name == imageSection)
      imageOffset = section.sh_offset;
    else if (*name == ".text")
      text = section.sh_addr, textEnd = section.sh_addr + section.sh_size;
    else if (*name == ".eh_frame")
      ehFrame = section.sh_addr, ehFrameBytes = section.sh_size;
  }
  if (!note)
    return fail(ErrorKind::Internal, "the linked file has no metadata");
  auto *header = reinterpret_cast<MetadataHeader *>(elf.data() + note);
  header->elfMachine = file->getHeader().e_machine;
  if (text) {
    header->codeBegin = ImageOffset(text - note);
    header->codeEnd = ImageOffset(textEnd - note);
  }
  if (ehFrame) {
    header->ehFrame = ImageOffset(ehFrame - note);
    header->ehFrameBytes = uint32_t(ehFrameBytes);
  }
  auto *records = reinterpret_cast<ImageRecord *>(elf.data() + note + header->images.offset);
  for (size_t i = 0; i < image.runs.size(); ++i) {
    records[i].fileOffset = imageOffset;
    imageOffset += (image.runs[i].bytes.size() + segmentAlignment - 1) & ~(segmentAlignment - 1);
  }
  header->checksum = artifact::checksumOf(elf, artifact::checksumOffset(note));
  return {};
}

} // namespace w2n::compiler
