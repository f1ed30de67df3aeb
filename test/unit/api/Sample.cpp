// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/unit/api/Sample.h"

#include "test/unit/SampleCode.h"

#include <unistd.h>

namespace w2n::test {

using namespace artifact;

namespace {
const w2n_value_kind i32s[] = {W2N_I32, W2N_I32};
} // namespace

const w2n_function_type sampleType = {i32s, 2, i32s, 1};

testing::AssertionResult succeeds(w2n_error *error) {
  const ErrorPtr owner(error);
  if (error)
    return testing::AssertionFailure() << w2n_error_text(error);
  return testing::AssertionSuccess();
}

testing::AssertionResult failsWith(w2n_error *error, w2n_error_kind kind, const std::string &text) {
  const ErrorPtr owner(error);
  if (!error)
    return testing::AssertionFailure() << "succeeds";
  if (w2n_error_kind_of(error) != kind || w2n_error_text(error) != text)
    return testing::AssertionFailure() << w2n_error_kind_of(error) << ": " << w2n_error_text(error);
  return testing::AssertionSuccess();
}

w2n_error *loadModule(const std::vector<uint8_t> &file, ModulePtr &out) {
  std::string path = testing::TempDir() + "w2n-api-XXXXXX";
  const int descriptor = mkstemp(path.data());
  if (descriptor < 0 || write(descriptor, file.data(), file.size()) != ssize_t(file.size()))
    return w2n_error_new("cannot write the module");
  close(descriptor);
  w2n_module *module = nullptr;
  w2n_error *error = w2n_module_load(path.c_str(), &module);
  unlink(path.c_str());
  out.reset(module);
  return error;
}

std::vector<uint8_t> buildStorage() {
  constexpr std::pair<const char *, ValueTypeCode> globals[] = {
      {"i32", ValueTypeCode::I32},
      {"i64", ValueTypeCode::I64},
      {"f32", ValueTypeCode::F32},
      {"f64", ValueTypeCode::F64},
      {"v128", ValueTypeCode::V128},
      {"funcref", ValueTypeCode::FuncRef},
      {"externref", ValueTypeCode::ExternRef}};
  ArtifactBuilder builder;
  for (auto [name, type] : globals) {
    builder.addExport(name, ExternKindCode::Global, uint32_t(builder.globals.size()));
    builder.globals.push_back({uint32_t(type), 1});
  }
  builder.addExport("fixed", ExternKindCode::Global, uint32_t(builder.globals.size()));
  builder.globals.push_back({uint32_t(ValueTypeCode::I32), 0});
  builder.tables.push_back({uint32_t(ValueTypeCode::FuncRef), 0, 2, 0});
  builder.addExport("table", ExternKindCode::Table, 0);
  return builder.build();
}

std::vector<uint8_t> buildImporter() {
  ArtifactBuilder builder;
  const uint32_t type = builder.addType({ValueTypeCode::I64}, {ValueTypeCode::F32});
  builder.setImportThunk(type, sampleCode().importThunk);
  builder.importFunction("m", "f", type);
  builder.addImport("m", "t", ExternKindCode::Table);
  builder.tables.push_back({uint32_t(ValueTypeCode::FuncRef), limitHasMax, 1, 9});
  builder.addImport("m", "mem", ExternKindCode::Memory);
  builder.memories.push_back({16, 0, 2, 0});
  builder.addImport("m", "g", ExternKindCode::Global);
  builder.globals.push_back({uint32_t(ValueTypeCode::F64), 0});
  return builder.build();
}

w2n_error *ApiTest::instantiate(InstancePtr &out, const SampleOptions &options) {
  ModulePtr module;
  if (w2n_error *error = loadModule(buildSample(options), module))
    return error;
  w2n_instance *instance = nullptr;
  w2n_error *error = w2n_linker_instantiate(linker.get(), module.get(), &instance);
  out.reset(instance);
  return error;
}

w2n_error *ApiTest::invoke(w2n_instance *instance, const char *name, int32_t first, int32_t second,
                           int32_t &result) {
  w2n_function *function = w2n_instance_function(instance, name);
  if (!function)
    return w2n_error_new("no such function");
  const w2n_value args[] = {i32(first), i32(second)};
  w2n_value value = i32(0);
  w2n_error *error = w2n_function_call(function, args, 2, &value, 1);
  result = value.of.i32;
  return error;
}

} // namespace w2n::test
