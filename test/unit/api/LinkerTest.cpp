// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Imports of guests: functions, instances, WASI.
#include "test/unit/api/Sample.h"

#include <cstring>
#include <unistd.h>

namespace w2n::test {
namespace {

w2n_error *first(w2n_caller *, void *, const w2n_value *args, w2n_value *results) {
  results[0] = args[0];
  return nullptr;
}

void increment(void *counter) { ++*static_cast<int *>(counter); }

TEST_F(ApiTest, FinalizersRunWhenNobodyCanCall) {
  int finalized = 0;
  InstancePtr instance;
  ASSERT_TRUE(succeeds(define(first, &finalized, increment)));
  ASSERT_TRUE(succeeds(instantiate(instance)));
  linker.reset();
  EXPECT_EQ(finalized, 0);
  EXPECT_TRUE(succeeds(invoke(instance.get(), "call-host", 5, 6, result)));
  EXPECT_EQ(result, 5);
  instance.reset();
  EXPECT_EQ(finalized, 1);
}

TEST_F(ApiTest, WrongDefinitionsAreErrors) {
  int finalized = 0;
  ASSERT_TRUE(succeeds(define(first)));
  EXPECT_TRUE(failsWith(define(first, &finalized, increment), W2N_ERROR_LINK,
                        "\"env\".\"host\" is already defined"));
  auto defineWith = [&](w2n_value_kind kind, size_t count) {
    const std::vector<w2n_value_kind> kinds(count, kind);
    const w2n_function_type type = {kinds.data(), count, nullptr, 0};
    return w2n_linker_define_function(linker.get(), "env", "f", &type, first, &finalized,
                                      increment);
  };
  EXPECT_TRUE(failsWith(defineWith(77, 1), W2N_ERROR_INVALID,
                        "host function \"env\".\"f\" has a parameter or result of kind 77, which "
                        "host functions cannot have"));
  EXPECT_TRUE(
      failsWith(defineWith(W2N_I32, 1001), W2N_ERROR_LIMIT,
                "host function \"env\".\"f\" has 1001 parameters or results, most is 1000"));
  EXPECT_EQ(finalized, 0);
}

TEST_F(ApiTest, MissingAndWrongImportsAreErrors) {
  InstancePtr instance;
  EXPECT_TRUE(failsWith(instantiate(instance), W2N_ERROR_LINK,
                        "unknown import: \"env\".\"host\" (function [i32 i32] -> [i32])"));
  const w2n_function_type type = {};
  ASSERT_TRUE(succeeds(
      w2n_linker_define_function(linker.get(), "env", "host", &type, first, nullptr, nullptr)));
  EXPECT_TRUE(failsWith(instantiate(instance), W2N_ERROR_LINK,
                        "incompatible import type: \"env\".\"host\" is a function [] -> [], wanted "
                        "a function [i32 i32] -> [i32]"));
  EXPECT_EQ(instance, nullptr);
}

TEST_F(ApiTest, UnknownImportsCanTrap) {
  InstancePtr instance;
  w2n_linker_trap_unknown_imports(linker.get(), true);
  ASSERT_TRUE(succeeds(instantiate(instance)));
  const ErrorPtr error(invoke(instance.get(), "call-host", 1, 1, result));
  ASSERT_TRUE(error);
  EXPECT_STREQ(w2n_error_text(error.get()), "unknown import called: \"env\".\"host\"");
  EXPECT_STREQ(w2n_error_trap_name(error.get()), "unknown import called");
}

TEST_F(ApiTest, InstancesImportFromInstances) {
  InstancePtr exporter, importer;
  ASSERT_TRUE(succeeds(define(first)));
  ASSERT_TRUE(succeeds(instantiate(exporter)));
  ASSERT_TRUE(succeeds(w2n_linker_define_instance(linker.get(), "env", exporter.get())));
  EXPECT_TRUE(failsWith(w2n_linker_define_instance(linker.get(), "env", exporter.get()),
                        W2N_ERROR_LINK, "\"env\" is already defined"));
  ASSERT_TRUE(succeeds(instantiate(importer, {.importsMemory = true})));
  EXPECT_TRUE(succeeds(invoke(importer.get(), "fill", 16384, 1, result)));
  w2n_memory *memory = w2n_instance_memory(exporter.get(), "memory");
  EXPECT_EQ(std::memcmp(w2n_memory_at(memory, 16384, 5), "Amage", 5), 0);
  // The importer keeps what it imports.
  exporter.reset();
  linker.reset();
  EXPECT_TRUE(succeeds(invoke(importer.get(), "load", 16384, 0, result)));
  EXPECT_EQ(std::memcmp(&result, "Amag", 4), 0);
}

TEST_F(ApiTest, CallsAnExportOfAnotherInstance) {
  InstancePtr exporter, importer;
  ASSERT_TRUE(succeeds(define(first)));
  ASSERT_TRUE(succeeds(instantiate(exporter)));
  ASSERT_TRUE(succeeds(w2n_linker_define_instance(linker.get(), "math", exporter.get())));
  ASSERT_TRUE(succeeds(instantiate(importer, {.hostModule = "math", .hostName = "divide"})));
  EXPECT_TRUE(succeeds(invoke(importer.get(), "call-host", 84, 2, result)));
  EXPECT_EQ(result, 42);
  EXPECT_TRUE(failsWith(invoke(importer.get(), "call-host", 84, 0, result), W2N_ERROR_TRAP,
                        "integer divide by zero"));
}

const SampleOptions importsWasi = {.hostModule = "wasi_snapshot_preview1",
                                   .hostName = "environ_sizes_get"};

TEST_F(ApiTest, GivesWhatTheConfigurationSays) {
  InstancePtr instance;
  const WasiConfigPtr config(w2n_wasi_config_new());
  w2n_wasi_config_add_argument(config.get(), "prog");
  ASSERT_TRUE(succeeds(w2n_wasi_config_add_variable(config.get(), "KEY", "value")));
  EXPECT_TRUE(failsWith(w2n_wasi_config_add_variable(config.get(), "a=b", ""), W2N_ERROR_INVALID,
                        "variable name 'a=b' is empty or contains '='"));
  ASSERT_TRUE(succeeds(w2n_wasi_config_allow_connections(config.get(), "example.com:443")));
  ASSERT_TRUE(succeeds(w2n_wasi_config_allow_listening(config.get(), "[::1]:80")));
  EXPECT_TRUE(failsWith(w2n_wasi_config_allow_listening(config.get(), "1.2.3.4/x"),
                        W2N_ERROR_INVALID,
                        "'1.2.3.4/x' has no number of bits after the slash, must be up to 32"));
  ASSERT_TRUE(succeeds(w2n_linker_define_wasi(linker.get(), config.get())));
  EXPECT_TRUE(failsWith(w2n_linker_define_wasi(linker.get(), config.get()), W2N_ERROR_LINK,
                        "WASI is already defined"));
  ASSERT_TRUE(succeeds(instantiate(instance, importsWasi)));
  EXPECT_TRUE(succeeds(invoke(instance.get(), "call-host", 0, 4, result)));
  EXPECT_EQ(result, 0);
  const uint32_t wanted[] = {1, sizeof("KEY=value")};
  w2n_memory *memory = w2n_instance_memory(instance.get(), "memory");
  EXPECT_EQ(std::memcmp(w2n_memory_at(memory, 0, 8), wanted, 8), 0);
}

TEST_F(ApiTest, AFunctionComesBeforeWasi) {
  InstancePtr instance;
  const WasiConfigPtr config(w2n_wasi_config_new());
  ASSERT_TRUE(succeeds(w2n_linker_define_wasi(linker.get(), config.get())));
  ASSERT_TRUE(succeeds(w2n_linker_define_function(linker.get(), "wasi_snapshot_preview1",
                                                  "environ_sizes_get", &sampleType, first, nullptr,
                                                  nullptr)));
  ASSERT_TRUE(succeeds(instantiate(instance, importsWasi)));
  EXPECT_TRUE(succeeds(invoke(instance.get(), "call-host", 77, 4, result)));
  EXPECT_EQ(result, 77);
}

TEST_F(ApiTest, StreamsAreClosedUnlessGiven) {
  const SampleOptions importsFdstat = {.hostModule = "wasi_snapshot_preview1",
                                       .hostName = "fd_fdstat_get"};
  constexpr int badDescriptor = 8; // WASI's "badf"
  InstancePtr closed, open;
  const WasiConfigPtr config(w2n_wasi_config_new());
  ASSERT_TRUE(succeeds(w2n_linker_define_wasi(linker.get(), config.get())));
  ASSERT_TRUE(succeeds(instantiate(closed, importsFdstat)));
  EXPECT_TRUE(succeeds(invoke(closed.get(), "call-host", 1, 0, result)));
  EXPECT_EQ(result, badDescriptor);

  linker.reset(w2n_linker_new());
  w2n_wasi_config_set_streams(config.get(), -1, STDERR_FILENO, -1);
  w2n_wasi_config_add_directory(config.get(), "/", "/", /*readOnly=*/true);
  ASSERT_TRUE(succeeds(w2n_linker_define_wasi(linker.get(), config.get())));
  ASSERT_TRUE(succeeds(instantiate(open, importsFdstat)));
  EXPECT_TRUE(succeeds(invoke(open.get(), "call-host", 0, 0, result)));
  EXPECT_EQ(result, badDescriptor);
  EXPECT_TRUE(succeeds(invoke(open.get(), "call-host", 1, 0, result)));
  EXPECT_EQ(result, 0);
  EXPECT_TRUE(succeeds(invoke(open.get(), "call-host", 3, 0, result)));
  EXPECT_EQ(result, 0);
}

TEST_F(ApiTest, EndingTheProgramIsAnErrorWithItsStatus) {
  InstancePtr instance;
  const WasiConfigPtr config(w2n_wasi_config_new());
  ASSERT_TRUE(succeeds(w2n_linker_define_wasi(linker.get(), config.get())));
  ASSERT_TRUE(succeeds(instantiate(
      instance,
      {.hostModule = "wasi_snapshot_preview1", .hostName = "proc_exit", .hostTakesOne = true})));
  const ErrorPtr error(invoke(instance.get(), "call-host", 7, 0, result));
  ASSERT_TRUE(error);
  EXPECT_EQ(w2n_error_kind_of(error.get()), W2N_ERROR_EXIT);
  EXPECT_EQ(w2n_error_exit_status(error.get()), 7u);
  EXPECT_EQ(w2n_error_trap_name(error.get()), nullptr);
  EXPECT_TRUE(succeeds(invoke(instance.get(), "add", 1, 2, result)));
}

TEST_F(ApiTest, DirectoriesMustExist) {
  const WasiConfigPtr config(w2n_wasi_config_new());
  w2n_wasi_config_add_directory(config.get(), "/nowhere", "/", false);
  EXPECT_TRUE(failsWith(w2n_linker_define_wasi(linker.get(), config.get()), W2N_ERROR_IO,
                        "cannot open directory '/nowhere': No such file or directory"));
}

TEST_F(ApiTest, WhatAGuestIsGivenHasLimits) {
  WasiConfigPtr config(w2n_wasi_config_new());
  w2n_wasi_config_add_listener(config.get(), STDERR_FILENO);
  EXPECT_TRUE(failsWith(w2n_linker_define_wasi(linker.get(), config.get()), W2N_ERROR_INVALID,
                        "descriptor 2 is no socket"));
  config.reset(w2n_wasi_config_new());
  w2n_wasi_config_set_max_open_files(config.get(), 2);
  EXPECT_TRUE(failsWith(w2n_linker_define_wasi(linker.get(), config.get()), W2N_ERROR_LIMIT,
                        "the guest is given more descriptors than it may have open"));
}

TEST_F(ApiTest, CallsAreTraced) {
  InstancePtr instance;
  std::string lines;
  const WasiConfigPtr config(w2n_wasi_config_new());
  w2n_wasi_config_set_trace(
      config.get(),
      [](void *user, const char *line, size_t bytes) {
        static_cast<std::string *>(user)->append(line, bytes);
      },
      &lines);
  ASSERT_TRUE(succeeds(w2n_linker_define_wasi(linker.get(), config.get())));
  ASSERT_TRUE(succeeds(instantiate(
      instance,
      {.hostModule = "wasi_snapshot_preview1", .hostName = "proc_exit", .hostTakesOne = true})));
  const ErrorPtr error(invoke(instance.get(), "call-host", 7, 0, result));
  EXPECT_EQ(lines, "proc_exit(code=7) = ?\n");
}

} // namespace
} // namespace w2n::test
