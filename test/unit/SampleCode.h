// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The hand-written functions of the sample module, a file for each processor: what the runtime's
// tests need, without a compiler. They have the wasm convention and take two i32; SampleModule.h
// says what each does.
#pragma once

#include "test/unit/ArtifactBuilder.h"

namespace w2n::test {

/// A function that the module exports.
struct SampleFunction {
  std::string_view name;
  Code code;
};

struct SampleCode {
  /// The thunks of every type: two arguments, one result.
  Code entryThunk, importThunk;
  std::vector<SampleFunction> functions;
  /// Waits at the address, while the value there is the one expected, without end.
  Code wait;
};

SampleCode sampleCode();

/// Calls the function that the reference at `offset` of the context describes.
Code callHost(uint64_t offset);
/// The same for ever.
Code loopHost(uint64_t offset);
/// Does nothing for ever.
Code loop();

} // namespace w2n::test
