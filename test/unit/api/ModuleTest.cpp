// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Loading, and listing of imports and exports.
#include "test/unit/api/Sample.h"

#include <thread>

namespace w2n::test {
namespace {

TEST(ApiModule, NamesItsVersions) {
  EXPECT_EQ(std::string(w2n_runtime_version()).find("wasm2native "), 0u);
  EXPECT_EQ(w2n_runtime_artifact_format(), artifact::formatVersion);
}

TEST(ApiModule, ListsImportsWithTheirTypes) {
  ModulePtr module;
  ASSERT_TRUE(succeeds(loadModule(buildImporter(), module)));
  w2n_import imports[4], none;
  for (size_t i = 0; i < 4; ++i)
    ASSERT_TRUE(w2n_module_import(module.get(), i, &imports[i]));
  EXPECT_FALSE(w2n_module_import(module.get(), 4, &none));
  EXPECT_STREQ(imports[0].module, "m");
  EXPECT_STREQ(imports[0].name, "f");
  const w2n_extern_type &function = imports[0].type;
  EXPECT_EQ(function.kind, W2N_EXTERN_FUNCTION);
  ASSERT_EQ(function.function.param_count, 1u);
  EXPECT_EQ(function.function.params[0], W2N_I64);
  ASSERT_EQ(function.function.result_count, 1u);
  EXPECT_EQ(function.function.results[0], W2N_F32);
  const w2n_extern_type &table = imports[1].type;
  EXPECT_EQ(table.kind, W2N_EXTERN_TABLE);
  EXPECT_EQ(table.value, W2N_FUNCREF);
  EXPECT_EQ(table.min, 1u);
  EXPECT_EQ(table.max, 9u);
  const w2n_extern_type &memory = imports[2].type;
  EXPECT_EQ(memory.kind, W2N_EXTERN_MEMORY);
  EXPECT_EQ(memory.min, 2u);
  EXPECT_EQ(memory.max, UINT64_MAX);
  EXPECT_EQ(memory.page_bytes, 65536u);
  EXPECT_EQ(imports[3].type.kind, W2N_EXTERN_GLOBAL);
  EXPECT_EQ(imports[3].type.value, W2N_F64);
  EXPECT_FALSE(imports[3].type.is_mutable);
}

TEST(ApiModule, WritesNoProfileOfAModuleThatDoesNotCount) {
  ModulePtr module;
  ASSERT_TRUE(succeeds(loadModule(buildStorage(), module)));
  w2n_error *error = w2n_module_write_profile(module.get(), "/nowhere/app.proftext");
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(w2n_error_kind_of(error), W2N_ERROR_INVALID);
  w2n_error_free(error);
}

TEST(ApiModule, ListsExportsFromManyThreads) {
  ModulePtr module;
  ASSERT_TRUE(succeeds(loadModule(buildStorage(), module)));
  auto check = [&module] {
    w2n_export entry;
    ASSERT_TRUE(w2n_module_export(module.get(), 1, &entry));
    EXPECT_STREQ(entry.name, "i64");
    EXPECT_EQ(entry.type.kind, W2N_EXTERN_GLOBAL);
    EXPECT_EQ(entry.type.value, W2N_I64);
    EXPECT_TRUE(entry.type.is_mutable);
    EXPECT_FALSE(w2n_module_export(module.get(), 9, &entry));
  };
  std::thread other(check);
  check();
  other.join();
}

TEST(ApiModule, RefusesWhatIsNoArtifact) {
  ModulePtr module;
  w2n_module *none = nullptr;
  EXPECT_TRUE(failsWith(w2n_module_load("/nowhere/x.so", &none), W2N_ERROR_IO,
                        "cannot open /nowhere/x.so: No such file or directory"));
  ErrorPtr error(loadModule({'\0', 'a', 's', 'm', 1, 0, 0, 0}, module));
  ASSERT_TRUE(error);
  EXPECT_EQ(w2n_error_kind_of(error.get()), W2N_ERROR_MALFORMED);
  EXPECT_EQ(w2n_error_offset(error.get()), 0u);
  EXPECT_EQ(w2n_error_trap_name(error.get()), nullptr);
  EXPECT_STREQ(w2n_error_backtrace(error.get()), "");
  EXPECT_EQ(w2n_error_exit_status(error.get()), 0u);
  EXPECT_EQ(module, nullptr);
  EXPECT_TRUE(failsWith(
      loadModule(buildSample({.features = "flux-capacitor"}), module), W2N_ERROR_UNSUPPORTED,
      "module needs the processor feature \"flux-capacitor\", which this runtime does not know"));
}

TEST(ApiModule, NullIsFreed) {
  w2n_error_free(nullptr);
  w2n_module_free(nullptr);
  w2n_linker_free(nullptr);
  w2n_wasi_config_free(nullptr);
  w2n_instance_free(nullptr);
}

} // namespace
} // namespace w2n::test
