// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/Describe.h"

#include "lib/artifact/Checksum.h"
#include "lib/component/PrintWorld.h"
#include "lib/component/World.h"
#include "lib/wasm/Module.h"
#include "lib/wasm/TypeText.h"
#include "runtime/arch/Arch.h"
#include "runtime/core/Slices.h"
#include "runtime/core/ValueTypes.h"

#include <algorithm>

namespace w2n::tool {

namespace {

Description describeLimits(const wasm::Limits &limits) {
  Description row;
  row["min"] = limits.min;
  row["max"] = limits.max ? Description(*limits.max) : Description(nullptr);
  row["is64"] = limits.is64;
  row["shared"] = limits.shared;
  return row;
}

Description describeMemory(const wasm::MemoryType &type) {
  Description row = describeLimits(type.limits);
  row["pageBytes"] = uint64_t(1) << type.pageSizeLog2;
  return row;
}

Description describeTable(const wasm::TableType &type) {
  Description row;
  row["element"] = toString(type.element);
  row.update(describeLimits(type.limits));
  return row;
}

Description describeGlobal(const wasm::GlobalType &type) {
  Description row;
  row["type"] = toString(type.type);
  row["mutable"] = type.isMutable;
  return row;
}

std::string text(const wasm::Limits &limits) {
  return std::to_string(limits.min) + (limits.max ? ".." + std::to_string(*limits.max) : "") +
         (limits.is64 ? " i64" : "") + (limits.shared ? " shared" : "");
}

std::string text(const wasm::MemoryType &type) {
  return text(type.limits) +
         (type.pageSizeLog2 == 16
              ? ""
              : " pages of " + std::to_string(uint64_t(1) << type.pageSizeLog2) + " bytes");
}

std::string text(const wasm::GlobalType &type) {
  return (type.isMutable ? "mut " : "") + toString(type.type);
}

template <typename T> Description listOf(size_t count, T describe) {
  Description list = Description::array();
  for (size_t index = 0; index < count; ++index)
    list.push_back(describe(index));
  return list;
}

const char *kindName(wasm::ExternKind kind) {
  constexpr const char *names[] = {"func", "table", "memory", "global", "tag"};
  return size_t(kind) < std::size(names) ? names[size_t(kind)] : "unknown";
}

std::string hexadecimal(std::span<const uint8_t> bytes) {
  std::string text;
  for (uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

/// The index spaces of an artifact, every index checked: metadata vouches for its own bounds, not
/// for what it points to.
class ArtifactTypes {
public:
  explicit ArtifactTypes(const artifact::Metadata &metadata) : metadata(metadata) {}

  std::string typeOf(wasm::ExternKind kind, uint32_t index) const {
    switch (kind) {
    case wasm::ExternKind::Function:
      return functionType(index);
    case wasm::ExternKind::Table:
      if (index < metadata.tables().size()) {
        auto type = runtime::tableTypeOf(metadata.tables()[index]);
        return text(type.limits) + " " + toString(type.element);
      }
      break;
    case wasm::ExternKind::Memory:
      if (index < metadata.memories().size())
        return text(runtime::memoryTypeOf(metadata.memories()[index]));
      break;
    case wasm::ExternKind::Global:
      if (index < metadata.globals().size())
        return text(runtime::globalTypeOf(metadata.globals()[index]));
      break;
    case wasm::ExternKind::Tag:
      if (index < metadata.tags().size())
        return functionTypeAt(metadata.tags()[index].typeIndex);
      break;
    }
    return "unknown";
  }

private:
  std::string functionType(uint32_t index) const {
    if (index >= metadata.functions().size())
      return "unknown";
    return functionTypeAt(metadata.functions()[index].typeIndex);
  }
  std::string functionTypeAt(uint32_t typeIndex) const {
    if (typeIndex >= metadata.types().size())
      return "unknown";
    return toString(runtime::functionTypeOf(metadata, metadata.types()[typeIndex]));
  }

  const artifact::Metadata &metadata;
};

uint64_t imageBytes(const artifact::Metadata &metadata) {
  uint64_t bytes = 0;
  for (const artifact::ImageRecord &image : metadata.images())
    bytes += image.bytes;
  return bytes;
}

void describeIdentity(const artifact::Metadata &metadata, Description &out) {
  const artifact::MetadataHeader &header = metadata.header();
  auto string = [&](artifact::StringRef reference) {
    return std::string(metadata.string(reference));
  };
  out["formatVersion"] = header.version;
  out["compiler"] = string(header.compilerVersion);
  out["target"] = string(header.targetTriple);
  out["boundsChecks"] = header.flags & artifact::flagExplicitBounds ? "explicit" : "guard";
  out["name"] = string(header.moduleName);
  out["sourceHash"] = hexadecimal(header.sourceHash);
}

/// The slices of code, and which of them this machine would run.
Description describeSlices(const artifact::Metadata &metadata) {
  const bool isForHost = metadata.header().elfMachine == runtime::hostElfMachine;
  const auto best =
      isForHost ? runtime::chooseSlice(metadata) : Result<uint32_t>(artifact::noIndex);
  return listOf(metadata.slices().size(), [&](size_t index) {
    const artifact::SliceRecord &slice = metadata.slices()[index];
    Description row;
    row["cpu"] = metadata.string(slice.cpu);
    row["features"] = metadata.string(slice.features);
    row["codeBytes"] = slice.codeEnd - slice.codeBegin;
    const auto state = isForHost ? runtime::checkFeatures(metadata.string(slice.features))
                                 : fail(ErrorKind::Unsupported, "");
    row["here"] = !state                   ? "does not run here"
                  : best && *best == index ? "taken here"
                                           : "runs here";
    return row;
  });
}

std::string typeText(const wasm::Module &module, wasm::ExternKind kind, uint32_t index) {
  switch (kind) {
  case wasm::ExternKind::Function:
    if (index < module.functions.size() && module.functions[index].typeIndex < module.types.size())
      return toString(module.functionType(index));
    break;
  case wasm::ExternKind::Table:
    if (index < module.tables.size())
      return text(module.tables[index].type.limits) + " " +
             toString(module.tables[index].type.element);
    break;
  case wasm::ExternKind::Memory:
    if (index < module.memories.size())
      return text(module.memories[index].type);
    break;
  case wasm::ExternKind::Global:
    if (index < module.globals.size())
      return text(module.globals[index].type);
    break;
  case wasm::ExternKind::Tag:
    if (index < module.tags.size() && module.tags[index].type.typeIndex < module.types.size())
      return toString(module.tagType(index));
    break;
  }
  return "unknown";
}

/// `row`, with the name from the name section first, if there is one.
Description withName(std::string_view name, Description row) {
  if (name.empty())
    return row;
  Description named;
  named["name"] = name;
  named.update(row);
  return named;
}

Description importRow(std::string_view module, std::string_view name, wasm::ExternKind kind,
                      std::string type) {
  Description row;
  row["module"] = module;
  row["name"] = name;
  row["kind"] = kindName(kind);
  row["type"] = std::move(type);
  return row;
}

Description exportRow(std::string_view name, wasm::ExternKind kind, std::string type) {
  Description row;
  row["name"] = name;
  row["kind"] = kindName(kind);
  row["type"] = std::move(type);
  return row;
}

/// Definitions of types by index; nothing if all are of functions alone, which imports and exports
/// show.
void describeTypes(const std::vector<wasm::TypeDefinition> &types, Description &out) {
  const bool arePlain = std::ranges::all_of(types, [](const wasm::TypeDefinition &type) {
    return type.kind == wasm::CompositeKind::Function && type.isFinal && !type.super;
  });
  if (arePlain)
    return;
  out["types"] = listOf(types.size(), [&](size_t index) {
    Description row;
    row["index"] = index;
    row["type"] = toString(types[index]);
    return row;
  });
}

} // namespace

Result<Description> describeArtifact(std::span<const uint8_t> bytes) {
  W2N_TRY(metadata, artifact::Metadata::read(bytes));
  W2N_CHECK(artifact::checkChecksum(bytes, metadata));
  ArtifactTypes types(metadata);
  Description out;
  out["kind"] = "artifact";
  describeIdentity(metadata, out);
  out["fileBytes"] = bytes.size();
  out["codeBytes"] = metadata.textBytes();
  out["metadataBytes"] = metadata.header().bytes;
  out["imageBytes"] = imageBytes(metadata);
  out["functions"] = metadata.functions().size();
  if (!metadata.component().empty()) {
    W2N_TRY(world, component::decodeWorld(metadata.component()));
    out["world"] = component::printWorld(world.types, world.type);
  }
  out["processors"] = describeSlices(metadata);
  std::vector<wasm::TypeDefinition> definitions;
  for (const artifact::TypeRecord &type : metadata.types())
    definitions.push_back(runtime::typeDefinitionOf(metadata, type));
  describeTypes(definitions, out);
  out["imports"] = listOf(metadata.imports().size(), [&](size_t index) {
    const artifact::ImportRecord &record = metadata.imports()[index];
    auto kind = wasm::ExternKind(record.kind);
    return importRow(metadata.string(record.module), metadata.string(record.name), kind,
                     types.typeOf(kind, record.index));
  });
  out["exports"] = listOf(metadata.exports().size(), [&](size_t index) {
    const artifact::ExportRecord &record = metadata.exports()[index];
    auto kind = wasm::ExternKind(record.kind);
    return exportRow(metadata.string(record.name), kind, types.typeOf(kind, record.index));
  });
  out["memories"] = listOf(metadata.memories().size(), [&](size_t index) {
    return describeMemory(runtime::memoryTypeOf(metadata.memories()[index]));
  });
  out["tables"] = listOf(metadata.tables().size(), [&](size_t index) {
    return describeTable(runtime::tableTypeOf(metadata.tables()[index]));
  });
  out["globals"] = listOf(metadata.globals().size(), [&](size_t index) {
    return describeGlobal(runtime::globalTypeOf(metadata.globals()[index]));
  });
  return out;
}

Result<Description> describeModule(std::span<const uint8_t> bytes) {
  W2N_TRY(module, wasm::decodeModule(bytes));
  Description out;
  out["kind"] = "module";
  out["name"] = module.name;
  out["fileBytes"] = bytes.size();
  out["functions"] = module.functions.size();
  describeTypes(module.types, out);
  out["imports"] = listOf(module.imports.size(), [&](size_t index) {
    const wasm::Import &import = module.imports[index];
    return importRow(import.module, import.name, import.kind,
                     typeText(module, import.kind, import.index));
  });
  out["exports"] = listOf(module.exports.size(), [&](size_t index) {
    const wasm::Export &entry = module.exports[index];
    return exportRow(entry.name, entry.kind, typeText(module, entry.kind, entry.index));
  });
  out["memories"] = listOf(module.memories.size(), [&](size_t index) {
    const wasm::Memory &memory = module.memories[index];
    return withName(memory.name, describeMemory(memory.type));
  });
  out["tables"] = listOf(module.tables.size(), [&](size_t index) {
    const wasm::Table &table = module.tables[index];
    return withName(table.name, describeTable(table.type));
  });
  out["globals"] = listOf(module.globals.size(), [&](size_t index) {
    const wasm::Global &global = module.globals[index];
    return withName(global.name, describeGlobal(global.type));
  });
  return out;
}

} // namespace w2n::tool
