// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The debug information of a wasm module, as the lowering needs it: lines, functions, calls that
// its producer has inlined, variables and types. Plain data, made once and read by all threads;
// indices are into the vectors of SourceInfo, and noSource is none. Addresses are offsets in the
// contents of the code section, as everywhere in DWARF for wasm.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace w2n {
class CompileBudget;
}

namespace w2n::wasm {
struct Module;
}

namespace w2n::compiler {

inline constexpr uint32_t noSource = ~0u;

struct SourceFile {
  std::string directory, name;
};

struct SourceUnit {
  uint32_t language = 0; ///< DW_LANG_*
  uint32_t file = noSource;
  bool isOptimized = false;
  std::string producer;
};

/// A member of a structure, an enumerator, a parameter of a function type, a dimension of an array.
struct SourceMember {
  std::string name;
  uint32_t type = noSource;
  uint64_t offsetBits = 0;
  uint64_t bits = 0;   ///< of a bit field; 0 is none
  int64_t value = 0;   ///< of an enumerator; the elements of a dimension, -1 unknown
  bool isBase = false; ///< a base class
};

struct SourceType {
  uint32_t tag = 0; ///< DW_TAG_*
  std::string name;
  uint64_t bytes = 0;
  uint32_t encoding = 0; ///< DW_ATE_* of a base type
  uint32_t base =
      noSource; ///< of pointers, qualifiers, arrays and enumerations; a function's result
  uint32_t file = noSource, line = 0;
  bool isDeclaration = false;
  std::vector<SourceMember> members;
};

/// A function of the source, of which there may be code in many places, or none.
struct SourceFunction {
  std::string name, linkageName;
  /// Names of the namespaces and classes around it, outermost first.
  std::vector<std::string> scopes;
  uint32_t unit = 0, file = noSource, line = 0;
  uint32_t type = noSource; ///< of the tag DW_TAG_subroutine_type
  bool isExternal = false;
};

struct AddressRange {
  uint64_t begin, end;
};

/// A function in the code, a call that was inlined in it, or a block.
struct SourceScope {
  enum class Kind : uint8_t { Function, Inlined, Block };
  Kind kind = Kind::Function;
  uint32_t parent = 0; ///< index in the same SourceCode; comes before this one
  /// The function that this is code of, but for blocks.
  uint32_t function = noSource;
  /// The same for all code that was made of one block or function of the source.
  uint64_t identity = 0;
  uint32_t file = noSource, line = 0, column = 0; ///< of an inlined call, or of a block
  std::vector<AddressRange> ranges;
};

/// The value of a variable between two addresses.
struct SourcePlace {
  uint64_t begin = 0, end = ~0ull; ///< everywhere, if so
  bool isMemory = false;           ///< at the sum, in memory 0; otherwise it is the sum
  uint32_t local = noSource;       ///< a term of the sum
  int64_t offset = 0;              ///< the other
};

struct SourceVariable {
  std::string name;
  uint64_t identity = 0; ///< see SourceScope
  uint32_t scope = 0;    ///< index in the same SourceCode
  uint32_t type = noSource, file = noSource, line = 0;
  uint32_t argument = 0; ///< from 1; 0 is no parameter
  bool isArtificial = false;
  std::vector<SourcePlace> places;
};

struct SourceRow {
  uint64_t address;
  uint32_t file, line;
  uint16_t column;
  bool isPrologueEnd, isEnd; ///< isEnd: nothing is known from here on
};

/// A function of the wasm module.
struct SourceCode {
  std::vector<SourceScope> scopes; ///< the first is the function's; empty: nothing is known of it
  std::vector<SourceVariable> variables;
  /// The rows from the one that holds at its first instruction.
  uint32_t firstRow = 0, rowCount = 0;
};

struct SourceInfo {
  std::vector<SourceFile> files;
  std::vector<SourceUnit> units;
  std::vector<SourceType> types;
  std::vector<SourceFunction> functions;
  std::vector<SourceRow> rows; ///< by address
  /// By function index.
  std::vector<SourceCode> codes;
  /// Offset in the module of the contents of the code section.
  uint64_t codeSection = 0;
  /// Warnings for people: what was left out.
  std::vector<std::string> notes;

  const SourceCode *codeOf(uint32_t functionIndex) const {
    return functionIndex < codes.size() && !codes[functionIndex].scopes.empty()
               ? &codes[functionIndex]
               : nullptr;
  }
  std::span<const SourceRow> rowsOf(const SourceCode &code) const {
    return std::span(rows).subspan(code.firstRow, code.rowCount);
  }
};

/// Reads the DWARF of `module`, which may be hostile: what makes no sense is left out. Null if it
/// has none. Stops, with a note, where there is too much, or when `budget` is exceeded. Threads:
/// any.
std::unique_ptr<const SourceInfo> readSourceInfo(const wasm::Module &module, CompileBudget &budget);

} // namespace w2n::compiler
