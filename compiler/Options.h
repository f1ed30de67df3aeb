// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The options of a compilation: of all floors of the compiler, and of the command, which fills
// it in. Without LLVM.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace w2n::compiler {

enum class OptimizationLevel : uint8_t { O0, O1, O2, O3, Os };
enum class BoundsChecks : uint8_t { Guard, Explicit };
enum class Meter : uint8_t { None, Fuel };
/// Accesses that are masked against indices that a processor has guessed to be inside.
enum class SpeculationMasks : uint8_t { Tables, All, None };
enum class Emit : uint8_t { SharedObject, Object, Assembly, LlvmIr };
/// The lists for a target (--mcpu=help, --mattr=help).
enum class List : uint8_t { Processors, Features };
enum class StopAfter : uint8_t { Decode, Validate, Lower, Optimize, Object, Link };

struct CompileOptions {
  OptimizationLevel level = OptimizationLevel::O2;
  BoundsChecks boundsChecks = BoundsChecks::Guard;
  /// After a trap, memory and globals hold exactly what the specification says
  /// (--strict-trap-state).
  bool strictTrapState = false;
  /// One NaN and one form of relaxed instructions on every target (--deterministic).
  bool deterministic = false;
  /// Whether the module's DWARF becomes the artifact's (-g).
  bool debugInfo = false;
  /// Whether instructions are counted (--meter=fuel).
  Meter meter = Meter::None;
  /// Tables and br_table, also what is compared with a memory's size, or nothing
  /// (--speculation-masks).
  SpeculationMasks speculationMasks = SpeculationMasks::Tables;
  /// Whether functions sign their return addresses, on AArch64 (--sign-return-addresses).
  bool signsReturnAddresses = false;
  Emit emit = Emit::SharedObject;
  StopAfter stopAfter = StopAfter::Link;
  /// x86_64, aarch64, riscv64 or a triple; empty is the host.
  std::string target;
  /// Empty is the target's baseline, "native" the host's; several, separated by commas, become
  /// levels of one artifact, of which the loader takes the last that it can.
  std::string cpu;
  std::string attributes; ///< "+avx2,-bmi"
  /// Proposals that the module may use, as wasm::parseFeatures reads them; empty is all.
  std::string features;
  /// 0 is one for each core.
  unsigned threads = 0;
  /// Limits beyond which a compilation is given up (CompileBudget.h): elapsed time, memory
  /// beyond what the process has when it begins, and the size of what it makes. 0 is no limit.
  uint64_t maxTimeMs = 0, maxMemoryBytes = 0, maxArtifactBytes = 0;
  /// Makes code that counts how often it runs (--profile-generate).
  bool generatesProfile = false;
  /// The counts of a run, as text or indexed; empty is nothing (--profile-use). `profileName` is
  /// what messages call it.
  std::vector<uint8_t> profile;
  std::string profileName;
  /// The reports that `report` is called with, each once, at the end: where the time goes
  /// (--time-report), and why code may be slower than it could be (--report).
  bool reportsTime = false, reportsCode = false;
  std::function<void(const std::string &text)> report;
  /// Called from any thread, one call at a time: functions done, functions in all.
  std::function<void(uint32_t done, uint32_t total)> progress;
  /// Called from any thread, one call at a time: a line about what is being done.
  std::function<void(const std::string &text)> remark;
  /// Called in the same way: what is not as whoever asked may think, though there is an output.
  std::function<void(const std::string &text)> warning;

  /// Whether everything before an access has happened when it faults: what is left of the fuel must
  /// be known then.
  bool ordersTraps() const {
    return strictTrapState || (meter == Meter::Fuel && boundsChecks == BoundsChecks::Guard);
  }
};

} // namespace w2n::compiler
