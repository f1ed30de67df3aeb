// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/link/MetadataWriter.h"

#include "compiler/ir/LlvmError.h"
#include "compiler/link/RenameSymbols.h"
#include "compiler/plan/ConstantExpression.h"
#include "compiler/plan/Slice.h"
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

  void run(std::span<const SliceCode> slices, std::span<const uint8_t> sourceHash);

private:
  ArrayRef types();
  ArrayRef imports();
  ArrayRef exports();
  ArrayRef functions();
  ArrayRef references();
  ArrayRef elements();
  ArrayRef data();
  ArrayRef images();
  ArrayRef slices(std::span<const SliceCode> slices);
  ArrayRef functionCodes(const Slice &slice);
  ArrayRef thunks(const Slice &slice);
  ArrayRef profile(const SliceCode &code);
  llvm::Constant *symbolOf(const Slice &slice, const std::string &name);
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
                       typeDetails(type), flags, type.super.value_or(0)});
  }
  return blob.append(records);
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
    records.push_back(
        {wasm.functions[i].typeIndex, plan.references[i], blob.append(wasm.functions[i].name)});
  return blob.append(records);
}

/// The code called `name` in `slice`, wherever it is.
llvm::Constant *MetadataEmitter::symbolOf(const Slice &slice, const std::string &name) {
  const std::string symbol = name + slice.symbolSuffix;
  if (llvm::Function *existing = lowering.module.getFunction(symbol))
    return existing;
  return lowering.makeFunction(llvm::FunctionType::get(lowering.voidType, false), symbol,
                               /*takesContext=*/false);
}

ArrayRef MetadataEmitter::functionCodes(const Slice &slice) {
  ArrayRef reference = blob.append(std::vector<FunctionCode>(wasm.functions.size()));
  for (uint32_t i = wasm.importedFunctions; i < wasm.functions.size(); ++i) {
    const size_t offset = reference.offset + i * sizeof(FunctionCode);
    blob.setDistance(offset + offsetof(FunctionCode, code),
                     symbolOf(slice, plan.functionSymbol(i)));
    if (plan.hasTailEntry[i])
      blob.setDistance(offset + offsetof(FunctionCode, tailCode), symbolOf(slice, plan.symbols[i]));
  }
  return reference;
}

ArrayRef MetadataEmitter::thunks(const Slice &slice) {
  const ThunkUses uses = findThunkUses(plan);
  ArrayRef reference = blob.append(std::vector<ThunkRecord>(wasm.types.size()));
  for (uint32_t i = 0; i < wasm.types.size(); ++i) {
    const size_t offset = reference.offset + i * sizeof(ThunkRecord);
    if (uses.entered[i])
      blob.setDistance(offset + offsetof(ThunkRecord, entryThunk),
                       symbolOf(slice, entryThunkSymbol(i)));
    if (uses.imported[i])
      blob.setDistance(offset + offsetof(ThunkRecord, importThunk),
                       symbolOf(slice, importThunkSymbol(i)));
  }
  return reference;
}

// Partitions are compiled before anybody knows where their counters are: they read it.
ArrayRef MetadataEmitter::profile(const SliceCode &code) {
  std::vector<ProfileRecord> records;
  uint32_t nextCounter = 0;
  for (const CounterBlock &block : code.counters) {
    const std::string symbol = block.symbol + code.slice->symbolSuffix;
    llvm::GlobalVariable *begin = lowering.module.getNamedGlobal(symbol);
    if (!begin)
      begin = new llvm::GlobalVariable(lowering.module, lowering.i64, /*isConstant=*/true,
                                       llvm::GlobalValue::ExternalLinkage, nullptr, symbol);
    begin->setInitializer(
        llvm::ConstantInt::get(lowering.i64, sizeof(uint64_t) * uint64_t(nextCounter)));
    begin->setVisibility(llvm::GlobalValue::HiddenVisibility);
    begin->setDSOLocal(true);
    for (const ProfiledFunction &function : block.functions) {
      records.push_back(
          {function.hash, blob.append(function.name), nextCounter, function.counters});
      nextCounter += function.counters;
    }
  }
  return blob.append(records);
}

ArrayRef MetadataEmitter::slices(std::span<const SliceCode> slices) {
  std::vector<SliceRecord> records;
  for (const SliceCode &code : slices) {
    SliceRecord record = {};
    record.cpu = blob.append(code.slice->target.processor.name);
    record.features = blob.append(code.slice->target.requiredFeatures);
    record.functions = functionCodes(*code.slice);
    record.thunks = thunks(*code.slice);
    record.profile = profile(code);
    records.push_back(record);
  }
  ArrayRef reference = blob.append(records);
  for (size_t i = 0; i < slices.size(); ++i)
    if (slices[i].hasInitialize)
      blob.setDistance(reference.offset + i * sizeof(SliceRecord) +
                           offsetof(SliceRecord, initialize),
                       symbolOf(*slices[i].slice, initializeSymbol));
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
    for (const wasm::ConstExpr &expression : segment.expressions)
      indices.push_back(elementInMetadata(expression).value_or(noIndex));
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

void MetadataEmitter::run(std::span<const SliceCode> slices, std::span<const uint8_t> sourceHash) {
  MetadataHeader header{};
  std::memcpy(header.magic, metadataMagic, sizeof(header.magic));
  header.version = formatVersion;
  header.flags = (plan.options.boundsChecks == BoundsChecks::Explicit ? flagExplicitBounds : 0) |
                 (plan.options.meter == Meter::Fuel ? flagMetersFuel : 0) |
                 (plan.options.generatesProfile ? flagProfiles : 0) |
                 (plan.usesHeap ? flagUsesHeap : 0) |
                 (lowering.signsReturnAddresses() ? flagSignsReturnAddresses : 0);
  std::memcpy(header.sourceHash, sourceHash.data(), sizeof(header.sourceHash));
  blob.bytes.resize(sizeof(MetadataHeader));
  header.compilerVersion =
      blob.append("wasm2native " W2N_VERSION " (LLVM " LLVM_VERSION_STRING ")");
  header.targetTriple = blob.append(lowering.slice.target.triple);
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
  header.slices = this->slices(slices);
  header.importedFunctions = wasm.importedFunctions;
  header.importedTables = wasm.importedTables;
  header.importedMemories = wasm.importedMemories;
  header.importedGlobals = wasm.importedGlobals;
  header.importedTags = wasm.importedTags;
  header.component =
      blob.append(std::vector<uint8_t>(plan.component.begin(), plan.component.end()));
  header.referencedFunctions = plan.layout.referencedFunctions;
  header.startFunction = wasm.start.value_or(noIndex);
  blob.bytes.resize((blob.bytes.size() + 7) & ~size_t(7));
  header.bytes = uint32_t(blob.bytes.size());
  std::memcpy(blob.bytes.data(), &header, sizeof(header));
  emitNote();
}

} // namespace

void emitMetadata(ModuleLowering &lowering, const MemoryImage &image,
                  std::span<const SliceCode> slices, std::span<const uint8_t> sourceHash) {
  MetadataEmitter(lowering, image).run(slices, sourceHash);
}

namespace {

using ElfReader = llvm::object::ELFFile<llvm::object::ELF64LE>;

/// Addresses that the linker alone decides.
struct LinkedLayout {
  uint64_t note = 0, image = 0, ehFrame = 0, ehFrameBytes = 0, inlined = 0, inlinedBytes = 0;
  const ElfReader::Elf_Shdr *symbols = nullptr;
};

Result<LinkedLayout> readLayout(const ElfReader &file) {
  auto sections = file.sections();
  if (!sections)
    return std::unexpected(fromLlvm(sections.takeError()));
  LinkedLayout layout;
  for (const auto &section : *sections) {
    auto name = file.getSectionName(section);
    if (!name)
      return std::unexpected(fromLlvm(name.takeError()));
    if (*name == noteSection)
      layout.note = section.sh_offset + 12 + sizeof(noteOwner);
    else if (*name == imageSection)
      layout.image = section.sh_offset;
    else if (*name == ".eh_frame")
      layout.ehFrame = section.sh_addr, layout.ehFrameBytes = section.sh_size;
    else if (*name == inlinedSection)
      layout.inlined = section.sh_addr, layout.inlinedBytes = section.sh_size;
    else if (section.sh_type == llvm::ELF::SHT_SYMTAB)
      layout.symbols = &section;
  }
  if (!layout.note || !layout.symbols)
    return fail(ErrorKind::Internal, "the linked file has no metadata or no symbols");
  return layout;
}

/// The range of the functions whose symbols end with `suffix`, which no wasm name can make a symbol
/// end with (FunctionNames.h); {0, 0} if there are none. The linker keeps the order of its inputs,
/// so the slices do not mix.
Result<std::pair<uint64_t, uint64_t>> codeRangeOf(const ElfReader &file, const LinkedLayout &layout,
                                                  const std::string &suffix) {
  std::pair<uint64_t, uint64_t> range = {UINT64_MAX, 0};
  auto symbols = file.symbols(layout.symbols);
  auto names = file.getStringTableForSymtab(*layout.symbols);
  if (!symbols)
    return std::unexpected(fromLlvm(symbols.takeError()));
  if (!names)
    return std::unexpected(fromLlvm(names.takeError()));
  for (const auto &symbol : *symbols) {
    auto name = symbol.getName(*names);
    if (!name)
      return std::unexpected(fromLlvm(name.takeError()));
    if (symbol.getType() != llvm::ELF::STT_FUNC || !name->ends_with(suffix))
      continue;
    range.first = std::min<uint64_t>(range.first, symbol.st_value);
    range.second = std::max<uint64_t>(range.second, symbol.st_value + symbol.st_size);
  }
  if (range.second == 0)
    range.first = 0;
  return range;
}

/// Returns where the metadata is.
Result<uint64_t> completeMetadata(std::vector<uint8_t> &elf, const MemoryImage &image,
                                  std::span<const SliceCode> slices) {
  auto file =
      ElfReader::create(llvm::StringRef(reinterpret_cast<const char *>(elf.data()), elf.size()));
  if (!file)
    return std::unexpected(fromLlvm(file.takeError()));
  W2N_TRY(layout, readLayout(*file));
  auto *header = reinterpret_cast<MetadataHeader *>(elf.data() + layout.note);
  header->elfMachine = file->getHeader().e_machine;
  auto *sliceRecords =
      reinterpret_cast<SliceRecord *>(elf.data() + layout.note + header->slices.offset);
  for (size_t i = 0; i < slices.size(); ++i) {
    W2N_TRY(range, codeRangeOf(*file, layout, slices[i].slice->symbolSuffix));
    if (range.second == 0)
      continue;
    sliceRecords[i].codeBegin = ImageOffset(range.first - layout.note);
    sliceRecords[i].codeEnd = ImageOffset(range.second - layout.note);
  }
  if (layout.ehFrame) {
    header->ehFrame = ImageOffset(layout.ehFrame - layout.note);
    header->ehFrameBytes = uint32_t(layout.ehFrameBytes);
  }
  if (layout.inlined) {
    header->inlined = ImageOffset(layout.inlined - layout.note);
    header->inlinedBytes = uint32_t(layout.inlinedBytes);
  }
  auto *images = reinterpret_cast<ImageRecord *>(elf.data() + layout.note + header->images.offset);
  uint64_t imageOffset = layout.image;
  for (size_t i = 0; i < image.runs.size(); ++i) {
    images[i].fileOffset = imageOffset;
    imageOffset += (image.runs[i].bytes.size() + segmentAlignment - 1) & ~(segmentAlignment - 1);
  }
  return layout.note;
}

} // namespace

Status finishArtifact(std::vector<uint8_t> &elf, const ModulePlan &plan, const MemoryImage &image,
                      std::span<const SliceCode> slices) {
  W2N_TRY(note, completeMetadata(elf, image, slices));
  W2N_CHECK(renameSymbols(elf, plan, slices));
  auto *header = reinterpret_cast<MetadataHeader *>(elf.data() + note);
  header->checksum = artifact::checksumOf(elf, artifact::checksumOffset(note));
  return {};
}

} // namespace w2n::compiler
