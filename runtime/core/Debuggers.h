// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Artifacts are mapped by the loader here, not by the system's, so that debuggers and profilers do
// not know of them. Those that ask are told: gdb and lldb by gdb's JIT interface, perf by a map.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace w2n::runtime {

class Module;

/// An ELF file for debuggers, with the addresses that `module` has in this process: a symbol for
/// each function, by its name or "wasm-function[N]", the unwind table, and the DWARF, if it was
/// compiled with -g. Empty if the module has no code.
std::vector<uint8_t> makeSymbolFile(const Module &module);

/// A module that debuggers know of until this object ends.
class Announcement {
public:
  /// Tells debuggers of `module`, if one is attached that listens, or if announceAlways was called
  /// or WASM2NATIVE_DEBUGGER is set: it is copied symbol by symbol, which takes time. Appends its
  /// functions to /tmp/perf-PID.map if WASM2NATIVE_PERF_MAP is set. Threads: any.
  static Announcement of(const Module &module);
  Announcement();
  Announcement(Announcement &&) noexcept;
  Announcement &operator=(Announcement &&) noexcept;
  ~Announcement();

private:
  struct Entry;
  std::unique_ptr<Entry> entry;
};

/// From now on, debuggers that attach later find modules that are loaded until then, too. Threads:
/// any.
void announceAlways();

} // namespace w2n::runtime
