// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Definitions that the tests of the C API share: owners for its objects, and modules to try it on.
#pragma once

#include "include/wasm2native/runtime.h"
#include "test/unit/SampleModule.h"

#include <gtest/gtest.h>
#include <memory>

namespace w2n::test {

template <auto free> struct Freer {
  template <typename T> void operator()(T *object) { free(object); }
};
using ErrorPtr = std::unique_ptr<w2n_error, Freer<w2n_error_free>>;
using ModulePtr = std::unique_ptr<w2n_module, Freer<w2n_module_free>>;
using LinkerPtr = std::unique_ptr<w2n_linker, Freer<w2n_linker_free>>;
using InstancePtr = std::unique_ptr<w2n_instance, Freer<w2n_instance_free>>;
using WasiConfigPtr = std::unique_ptr<w2n_wasi_config, Freer<w2n_wasi_config_free>>;

/// Whether `error`, which it frees, is null.
testing::AssertionResult succeeds(w2n_error *error);
/// Whether `error`, which it frees, is of `kind` and says `text`.
testing::AssertionResult failsWith(w2n_error *error, w2n_error_kind kind, const std::string &text);

/// Writes `file` to a temporary file, loads it, and removes the file.
w2n_error *loadModule(const std::vector<uint8_t> &file, ModulePtr &out);

/// A module that exports a mutable global of every type, named after it, the immutable i32 "fixed",
/// and "table", two null references to functions.
std::vector<uint8_t> buildStorage();
/// A module that imports a function "m"."f", a table "m"."t" (funcref 1 9), a memory "m"."mem"
/// (2 pages) and an immutable global "m"."g" (f64).
std::vector<uint8_t> buildImporter();

inline w2n_value i32(int32_t number) {
  w2n_value value = {};
  value.kind = W2N_I32;
  value.of.i32 = number;
  return value;
}

/// The type of every function of the sample, [i32 i32] -> [i32].
extern const w2n_function_type sampleType;

/// Instances of the sample of test/unit, linked with the host function `host`.
class ApiTest : public testing::Test {
protected:
  w2n_error *instantiate(InstancePtr &out, const SampleOptions &options = {});
  /// Calls the export `name` of `instance`; its result, or 0 after an error.
  static w2n_error *invoke(w2n_instance *instance, const char *name, int32_t first, int32_t second,
                           int32_t &result);
  w2n_error *define(w2n_callback callback, void *user = nullptr,
                    w2n_finalizer finalizer = nullptr) {
    return w2n_linker_define_function(linker.get(), "env", "host", &sampleType, callback, user,
                                      finalizer);
  }

  LinkerPtr linker{w2n_linker_new()};
  int32_t result = 0;
};

} // namespace w2n::test
