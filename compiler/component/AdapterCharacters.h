// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Emits code that reads and writes the characters of strings, one at a time (CanonicalABI.md,
// "Loading" and "Storing" of strings).
#pragma once

#include "compiler/component/Adapters.h"

namespace w2n::compiler {

/// The code units of a string: latin1+utf16 is one of the last two.
enum class Units : uint8_t { Utf8, Utf16, Latin1 };

/// Pushes the comparison of a local with a constant, and adds a constant to a local.
void compareWith(CodeEmitter &e, uint32_t local, uint32_t value, Op comparison);
void addTo(CodeEmitter &e, uint32_t local, uint32_t value);

/// Reads characters of one memory, and traps where there is none.
class CharacterReader {
public:
  CharacterReader(Adapters &adapters, CodeEmitter &e, Units units, uint32_t memory)
      : adapters(adapters), e(e), units(units), memory(memory) {}

  /// Reads the character at `at`, which is moved behind it, into `character`. The string ends at
  /// `end`.
  void read(uint32_t at, uint32_t end, uint32_t character);

private:
  void readUtf16(uint32_t at, uint32_t end, uint32_t character);
  void readUtf8(uint32_t at, uint32_t end, uint32_t character);
  void readContinuations(uint32_t at, uint32_t end, uint32_t character, uint32_t more);

  Adapters &adapters;
  CodeEmitter &e;
  const Units units;
  const uint32_t memory;
};

/// Writes characters to one memory.
class CharacterWriter {
public:
  CharacterWriter(CodeEmitter &e, Units units, uint32_t memory)
      : e(e), units(units), memory(memory) {}

  /// Pushes how many bytes `character` takes.
  void pushBytes(uint32_t character);
  /// Writes `character` at `at`, which is moved behind it.
  void write(uint32_t at, uint32_t character);

private:
  template <typename Push> void writeUnit(uint32_t at, Push push);
  void writeUtf16(uint32_t at, uint32_t character);
  void writeByte(uint32_t at, uint32_t character, uint32_t shift, uint32_t mask, uint32_t marker);
  void writeUtf8(uint32_t at, uint32_t character);

  CodeEmitter &e;
  const Units units;
  const uint32_t memory;
};

} // namespace w2n::compiler
