// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/api/Handles.h"

#include "runtime/api/Value.h"
#include "runtime/core/ProfileFile.h"

using namespace w2n;
using artifact::ExternKindCode;
using artifact::Metadata;
using artifact::ValueTypeCode;

namespace {

// All others have the numbers that artifacts have for them.
static_assert(W2N_ANYREF == int(artifact::lastValueTypeCode) + 1);
static_assert(W2N_I32 == int(ValueTypeCode::I32) && W2N_I64 == int(ValueTypeCode::I64));
static_assert(W2N_F32 == int(ValueTypeCode::F32) && W2N_F64 == int(ValueTypeCode::F64));
static_assert(W2N_V128 == int(ValueTypeCode::V128));
static_assert(W2N_FUNCREF == int(ValueTypeCode::FuncRef));
static_assert(W2N_EXTERNREF == int(ValueTypeCode::ExternRef));
static_assert(W2N_EXNREF == int(ValueTypeCode::ExnRef));

void readLimits(uint32_t flags, uint64_t min, uint64_t max, w2n_extern_type &type) {
  type.min = min;
  type.max = flags & artifact::limitHasMax ? max : UINT64_MAX;
  type.is_64 = flags & artifact::limitIs64;
}

/// Parameters, then results.
std::vector<w2n_value_kind> kindsOf(const Metadata &metadata, const artifact::TypeRecord &type) {
  std::vector<w2n_value_kind> kinds;
  for (uint32_t code : metadata.indices(type.details))
    kinds.push_back(api::kindOfCode(code));
  if (kinds.empty())
    for (const artifact::ArrayRef &codes : {type.params, type.results})
      for (uint8_t code : metadata.valueTypes(codes))
        kinds.push_back(api::kindOfCode(code));
  return kinds;
}

w2n_function_type functionTypeOf(const w2n_module &module, uint32_t typeIndex) {
  const auto &record = module.module->metadata().types()[typeIndex];
  const w2n_value_kind *kinds = module.kindsOfTypes[typeIndex].data();
  return {kinds, record.params.count, kinds + record.params.count, record.results.count};
}

// The metadata's reader has checked that kinds and indices of imports and exports exist.
w2n_extern_type typeOf(const w2n_module &module, uint32_t kind, uint32_t index) {
  const Metadata &metadata = module.module->metadata();
  w2n_extern_type type = {};
  switch (ExternKindCode(kind)) {
  case ExternKindCode::Function:
    type.kind = W2N_EXTERN_FUNCTION;
    type.function = functionTypeOf(module, metadata.functions()[index].typeIndex);
    break;
  case ExternKindCode::Table: {
    const artifact::TableRecordInfo &table = metadata.tables()[index];
    type.kind = W2N_EXTERN_TABLE;
    type.value = api::kindOfCode(table.elementType);
    readLimits(table.flags, table.min, table.max, type);
    break;
  }
  case ExternKindCode::Memory: {
    const artifact::MemoryRecordInfo &memory = metadata.memories()[index];
    type.kind = W2N_EXTERN_MEMORY;
    type.page_bytes = uint32_t(1) << memory.pageSizeLog2;
    readLimits(memory.flags, memory.min, memory.max, type);
    break;
  }
  case ExternKindCode::Global: {
    const artifact::GlobalRecordInfo &global = metadata.globals()[index];
    type.kind = W2N_EXTERN_GLOBAL;
    type.value = api::kindOfCode(global.type);
    type.is_mutable = global.isMutable != 0;
    break;
  }
  case ExternKindCode::Tag:
    type.kind = W2N_EXTERN_TAG;
    type.function = functionTypeOf(module, metadata.tags()[index].typeIndex);
    break;
  }
  return type;
}

void describe(const w2n_module &module) {
  std::call_once(module.namesOnce, [&module] {
    const Metadata &metadata = module.module->metadata();
    for (const artifact::ImportRecord &record : metadata.imports()) {
      module.importNames.emplace_back(metadata.string(record.module));
      module.importNames.emplace_back(metadata.string(record.name));
    }
    for (const artifact::ExportRecord &record : metadata.exports())
      module.exportNames.emplace_back(metadata.string(record.name));
    for (const artifact::TypeRecord &type : metadata.types())
      module.kindsOfTypes.push_back(kindsOf(metadata, type));
  });
}

w2n_error *store(Result<std::shared_ptr<const runtime::Module>> module, w2n_module **out) {
  if (!module)
    return new w2n_error{std::move(module).error()};
  *out = new w2n_module(std::move(*module));
  return nullptr;
}

// An unknown enumerator checks everything.
runtime::LoadOptions optionsOf(w2n_verify verify) {
  using Verify = runtime::LoadOptions::Verify;
  return {verify == W2N_VERIFY_STRUCTURE ? Verify::Structure : Verify::Everything};
}

} // namespace

w2n_error *w2n_module_load(const char *path, w2n_module **out) {
  return w2n_module_load_file(path, W2N_VERIFY_EVERYTHING, out);
}

w2n_error *w2n_module_load_file(const char *path, w2n_verify verify, w2n_module **out) {
  return store(runtime::Module::load(path, optionsOf(verify)), out);
}

w2n_error *w2n_module_load_descriptor(int descriptor, w2n_verify verify, w2n_module **out) {
  const std::string name = "descriptor " + std::to_string(descriptor);
  return store(runtime::Module::loadDescriptor(descriptor, name, optionsOf(verify)), out);
}

w2n_error *w2n_module_load_bytes(const void *bytes, size_t count, w2n_verify verify,
                                 w2n_module **out) {
  const std::span artifact(static_cast<const uint8_t *>(bytes), count);
  return store(runtime::Module::loadBytes(artifact, "bytes", optionsOf(verify)), out);
}

w2n_error *w2n_module_write_profile(const w2n_module *module, const char *path) {
  const runtime::ProfileCounters *counters = module->module->profileCounters();
  if (!counters)
    return new w2n_error{Error{ErrorKind::Invalid,
                               Error::noOffset,
                               "the module was not compiled to count how often it runs",
                               {},
                               0}};
  if (auto written = runtime::addToProfileFile(counters->collect(), path); !written)
    return new w2n_error{std::move(written).error()};
  return nullptr;
}

void w2n_announce_modules(void) { runtime::announceAlways(); }

void w2n_module_free(w2n_module *module) { delete module; }

bool w2n_module_import(const w2n_module *module, size_t index, w2n_import *out) {
  const Metadata &metadata = module->module->metadata();
  if (index >= metadata.imports().size())
    return false;
  describe(*module);
  const artifact::ImportRecord &record = metadata.imports()[index];
  *out = {module->importNames[2 * index].c_str(), module->importNames[2 * index + 1].c_str(),
          typeOf(*module, record.kind, record.index)};
  return true;
}

bool w2n_module_export(const w2n_module *module, size_t index, w2n_export *out) {
  const Metadata &metadata = module->module->metadata();
  if (index >= metadata.exports().size())
    return false;
  describe(*module);
  const artifact::ExportRecord &record = metadata.exports()[index];
  *out = {module->exportNames[index].c_str(), typeOf(*module, record.kind, record.index)};
  return true;
}
