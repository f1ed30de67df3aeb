// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The state of an instance at one moment, and a module that starts with it.
#pragma once

#include "lib/wasm/Module.h"

namespace w2n::wasm {

/// The state of an instance of a module that imports no memories, tables and globals: each array is
/// an index space. `bytes` are borrowed.
struct Snapshot {
  /// The value of a reference to no function.
  static constexpr uint32_t null = ~uint32_t(0);

  struct Global {
    /// The low half first; a number of 32 bits is in the low bits of it.
    std::array<uint64_t, 2> bits = {};
    /// The value of a reference: a function's index, or null.
    uint32_t function = null;
  };
  struct Table {
    std::vector<uint32_t> functions; ///< indices, or null
  };

  std::vector<Bytes> memories = {};
  std::vector<Table> tables = {};
  std::vector<Global> globals = {};
  std::vector<bool> droppedElements = {}, droppedData = {};
};

/// An export that takes the name of another, or that goes.
struct ExportChange {
  std::string_view name;
  std::string_view newName; ///< empty: it goes
};

/// A module as `module`, which must be valid, of which an instance begins as `snapshot` says:
/// memories, tables and mutable globals have those contents, what was dropped is dropped, and there
/// is no start function. An export whose name another one takes goes. Code, types, functions and
/// custom sections stay as they are, and so do all indices but those of data segments in a module
/// that cannot name them. The same arguments give the same bytes. Errors: Limit, when there is more
/// than a module can hold. Threads: any.
Result<std::vector<uint8_t>> bakeSnapshot(Module module, const Snapshot &snapshot,
                                          std::span<const ExportChange> exports);

} // namespace w2n::wasm
