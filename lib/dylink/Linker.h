// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The modules that are linked, what is known of them, and the steps from one to the next.
#pragma once

#include "lib/dylink/DylinkSection.h"
#include "lib/dylink/LinkModules.h"
#include "lib/wasm/RewriteCode.h"

#include <map>
#include <unordered_map>

namespace w2n::dylink {

/// The module from which parts import what they share.
inline constexpr std::string_view environment = "env";

/// A module that is linked.
struct Part {
  std::string name;
  wasm::Module module;
  /// None if it has no such section, as only the main module may.
  std::optional<DylinkInfo> info;
  uint32_t memoryBase = 0, tableBase = 0;
  /// Its table of functions, among its own; none if it has none.
  std::optional<uint32_t> functionTable;
  wasm::IndexMap map;
  /// The values of its globals that are constants of type i32 and known.
  std::vector<std::optional<uint32_t>> globalValues;

  /// Whether its data get their addresses here.
  bool isPlaced = false;

  bool isWeak(std::string_view symbol) const { return info && info->weakSymbols.contains(symbol); }
};

class Linker {
public:
  Linker(std::span<const LinkInput> inputs, const LinkOptions &options)
      : inputs(inputs), options(options) {}

  // Parts.cpp: what can be linked at all.

  /// Decodes and validates the inputs, and reads what they say of their linking.
  Status readParts();
  /// Puts the parts that others need before them.
  Status orderParts();

  // Layout.cpp: where things are.

  Status placeMemory();
  Status placeTable();

  // Symbols.cpp: what the imports are. Everything has its new number then.

  void collectSymbols();
  Status resolveFunctions();
  Status resolveGlobals();
  Status resolveTags();
  /// Gives entries of the global offset table their values.
  void resolveAddresses();
  /// Errors: Link, naming what is missing.
  Status requireSymbols() const;

  // Emit.cpp: the linked module.

  Result<std::vector<uint8_t>> emit();

  /// The file that the error is about.
  const std::string &file() const { return culprit; }

private:
  struct Symbol {
    uint32_t part, index;
  };
  /// A function that is left to the host; its type is a part's.
  struct HostFunction {
    std::string_view module, name;
    uint32_t part, type;
  };
  /// A global of the linker's own, of type i32.
  struct OwnGlobal {
    bool isMutable = false;
    std::optional<uint32_t> value;
  };
  /// An entry of the global offset table: a global with the address of something.
  struct Address {
    bool isFunction;
    std::string_view name;
    uint32_t global;
    uint32_t user; ///< a part, one that needs it if there is one
    bool isWeak;   ///< all users do without
  };
  /// The fate of an imported function, before there are numbers.
  struct Target {
    enum class Kind : uint8_t { Defined, Host, Stub } kind;
    Symbol symbol; ///< if it is defined; else the index is that in `hosts` or `stubs`
  };
  using Symbols = std::unordered_map<std::string_view, Symbol>;

  std::unexpected<Error> failIn(const Part &part, ErrorKind kind, std::string text,
                                uint64_t offset = Error::noOffset) const;
  std::unexpected<Error> cannotLink(const Part &part, const std::string &what) const;
  Status readPart(const LinkInput &input);
  Status checkShape(Part &part) const;
  Status visit(uint32_t part, std::vector<bool> &isVisited);
  bool isMainFixed() const { return !parts.front().isPlaced; }

  Result<Target> targetOf(uint32_t part, const wasm::Import &import);
  Result<uint32_t> hostNumber(uint32_t part, const wasm::Import &import);
  uint32_t numberOf(const Target &target) const;
  Status checkSymbolType(const Symbol &symbol, uint32_t user, const wasm::Import &import) const;
  uint32_t addOwnGlobal(bool isMutable, std::optional<uint32_t> value);
  Result<Symbol> globalOf(uint32_t part, const wasm::Import &import);
  Symbol addressGlobal(uint32_t part, const wasm::Import &import);
  std::optional<Symbol> stackPointer();
  Result<Symbol> tagOf(uint32_t part, const wasm::Import &import);
  std::optional<uint32_t> addressOfData(std::string_view name) const;
  std::optional<uint32_t> addressOfFunction(std::string_view name);
  std::optional<uint32_t> linkerSymbol(std::string_view name) const;
  void findTableEntries();
  void evaluateGlobals(Part &part);
  std::optional<uint32_t> evaluate(const Part &part, const wasm::ConstExpr &expression) const;
  void addMissing(const char *kind, std::string_view name, uint32_t user);

  /// The part of symbols that are the linker's own.
  static constexpr uint32_t own = UINT32_MAX;

  const std::span<const LinkInput> inputs;
  const LinkOptions options;
  mutable std::string culprit;
  std::vector<Part> parts;
  std::unordered_map<std::string_view, uint32_t> files; ///< parts by their names without folders
  std::vector<uint32_t> order;                          ///< of initialization

  uint32_t mainPages = 0, pages = 0; ///< the main module's own, if it is fixed; all
  uint32_t dataBegin = 0, dataEnd = 0;
  std::optional<uint64_t> maxPages;
  uint32_t tableSize = 0; ///< grows until addresses are resolved
  std::optional<uint64_t> maxTable;

  Symbols functionSymbols, globalSymbols, tagSymbols;
  std::vector<HostFunction> hosts;
  std::map<std::string, uint32_t> hostNumbers;
  std::unordered_map<std::string_view, uint32_t> environmentHosts; ///< by name
  std::vector<Symbol> stubs; ///< functions that trap in place of weak ones: their types, in a part
  std::vector<uint32_t> firstFunctions;
  uint32_t firstStub = 0, functionCount = 0;
  std::vector<OwnGlobal> ownGlobals;
  std::map<std::string, uint32_t> addressNumbers;
  std::vector<Address> addresses;
  std::optional<Symbol> stack;
  std::vector<Symbol> ownTags; ///< their types, in a part
  std::map<std::string_view, uint32_t> ownTagNumbers;
  std::map<uint32_t, uint32_t> tableEntries; ///< of functions: their first index in the table
  std::vector<uint32_t> addedEntries;        ///< functions at the table's end
  std::set<std::string> missing;

  friend class Emitter;
};

} // namespace w2n::dylink
