// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/unit/SampleModule.h"

#include "test/unit/SampleCode.h"

#include <cstdlib>
#include <unistd.h>

namespace w2n::test {

using namespace artifact;

std::vector<uint8_t> buildSample(const SampleOptions &options) {
  const SampleCode code = sampleCode();
  ArtifactBuilder builder;
  const uint32_t type =
      builder.addType({ValueTypeCode::I32, ValueTypeCode::I32}, {ValueTypeCode::I32});
  builder.setEntryThunk(type, code.entryThunk);
  builder.setImportThunk(type, code.importThunk);
  const uint32_t typeOfOne = builder.addType({ValueTypeCode::I32}, {});
  builder.setImportThunk(typeOfOne, code.importThunk);
  builder.importFunction(options.hostModule, options.hostName,
                         options.hostTakesOne ? typeOfOne : type);
  if (options.importsMemory)
    builder.addImport("env", "memory", ExternKindCode::Memory);
  builder.addMemory(options.minPages, options.maxPages);
  if (options.explicitBounds)
    builder.header.flags |= flagExplicitBounds;
  if (!options.importsMemory)
    builder.addImage(16384, {'i', 'm', 'a', 'g', 'e'});
  builder.setFeatures(options.features);
  auto define = [&](std::string_view name, const Code &code) {
    builder.addExport(name, ExternKindCode::Function, builder.addFunction(type, code, name));
  };
  for (const SampleFunction &function : code.functions)
    define(function.name, function.code);
  ContextLayout layout;
  layout.memories = 1;
  layout.definedMemories = options.importsMemory ? 0 : 1;
  define("call-host", callHost(layout.importReferences()));
  if (options.takesReference) {
    const uint32_t typeOfTaker = builder.addType({ValueTypeCode::FuncRef}, {});
    builder.setEntryThunk(typeOfTaker, code.entryThunk);
    builder.addExport("take-reference", ExternKindCode::Function,
                      builder.addFunction(typeOfTaker, loop(), "take-reference"));
  }
  builder.addExport("memory", ExternKindCode::Memory, 0);
  return builder.build();
}

std::vector<uint8_t> buildLoopSample(uint64_t pages) {
  const SampleCode code = sampleCode();
  ArtifactBuilder builder;
  const uint32_t type =
      builder.addType({ValueTypeCode::I32, ValueTypeCode::I32}, {ValueTypeCode::I32});
  builder.setEntryThunk(type, code.entryThunk);
  builder.setImportThunk(type, code.importThunk);
  builder.importFunction("env", "host", type);
  builder.addMemory(pages, pages);
  auto define = [&](std::string_view name, const Code &code) {
    builder.addExport(name, ExternKindCode::Function, builder.addFunction(type, code, name));
  };
  for (const SampleFunction &function : code.functions)
    define(function.name, function.code);
  ContextLayout layout;
  layout.memories = layout.definedMemories = 1;
  define("call-host", callHost(layout.importReferences()));
  define("loop", loop());
  define("loop-host", loopHost(layout.importReferences()));
  return builder.build();
}

std::vector<uint8_t> buildThreadSample(bool exportsStart) {
  const SampleCode code = sampleCode();
  ArtifactBuilder builder;
  const uint32_t spawnType = builder.addType({ValueTypeCode::I32}, {ValueTypeCode::I32});
  const uint32_t startType = builder.addType({ValueTypeCode::I32, ValueTypeCode::I32}, {});
  // With more arguments and results than these types have.
  const uint32_t waitType =
      builder.addType({ValueTypeCode::I32, ValueTypeCode::I32}, {ValueTypeCode::I32});
  for (uint32_t type : {spawnType, startType, waitType}) {
    builder.setEntryThunk(type, code.entryThunk);
    builder.setImportThunk(type, code.importThunk);
  }
  const uint32_t spawn = builder.importFunction("wasi", "thread-spawn", spawnType);
  builder.importFunction("env", "run", startType);
  builder.addImport("env", "memory", ExternKindCode::Memory);
  builder.addMemory(1, 2);
  builder.memories.back().flags |= limitShared;
  ContextLayout layout;
  layout.memories = 1;
  const uint32_t start = builder.addFunction(
      startType, callHost(layout.importReferences() + sizeof(FunctionReference)));
  builder.addExport("spawn", ExternKindCode::Function, spawn);
  builder.addExport("wait", ExternKindCode::Function,
                    builder.addFunction(waitType, code.wait, "wait"));
  if (exportsStart)
    builder.addExport("wasi_thread_start", ExternKindCode::Function, start);
  return builder.build();
}

Result<std::shared_ptr<const runtime::Module>> loadBytes(const std::vector<uint8_t> &file) {
  std::string path = "/tmp/w2n-unit-XXXXXX";
  const int descriptor = mkstemp(path.data());
  if (descriptor < 0 || write(descriptor, file.data(), file.size()) != ssize_t(file.size()))
    return fail(ErrorKind::Io, "cannot write " + path);
  close(descriptor);
  auto module = runtime::Module::load(path);
  unlink(path.c_str());
  return module;
}

} // namespace w2n::test
