// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// One module made of all core instances of a component, with room for functions that adapt calls
// between them.
#pragma once

#include "compiler/component/CodeEmitter.h"
#include "compiler/component/Evaluate.h"
#include "compiler/component/ServicePlan.h"
#include "lib/wasm/ModuleSections.h"
#include "lib/wasm/RewriteCode.h"

#include <map>

namespace w2n::compiler {

class MergedModule : wasm::ModuleSections {
public:
  /// `maxCodeBytes` bounds what is copied for instances and written for adapters: a small component
  /// can instantiate a large module many times.
  MergedModule(const FlatProgram &program, const ServicePlan &services, uint64_t maxCodeBytes)
      : program(program), services(services), maxCodeBytes(maxCodeBytes) {}
  /// Numbers everything, and copies what the instances have. Errors: Unsupported.
  Status addInstances();

  uint32_t indexOf(const CoreItem &item) const;
  uint32_t addType(const wasm::FunctionType &type);
  /// Functions that are added get numbers one after the other, canonical ones first.
  uint32_t addFunction(const wasm::FunctionType &type, EmittedBody body);
  /// Replaces the function that was kept free for a canonical definition.
  void setCanonFunc(uint32_t canonFunc, const wasm::FunctionType &type, EmittedBody body);
  uint32_t addMemory(const wasm::MemoryType &type);
  /// A mutable i32.
  uint32_t addGlobal(uint32_t value);
  /// The index of the export. `name` must not have been used.
  uint32_t addExport(const std::string &name, wasm::ExternKind kind, uint32_t index);
  /// The function that a canonical function calls which lowers a function of the host: an import.
  uint32_t addHostCall(uint32_t canonFunc, const HostName &name, const wasm::FunctionType &type);
  std::vector<uint8_t> encode();
  /// Errors: Limit.
  Status checkSize() const;

  /// The imported function that traps with a reason and a number.
  static constexpr uint32_t trapFunction = 0;
  /// The imported function that destroys a resource of the host: (type, representation). Only if
  /// there are such.
  static constexpr uint32_t dropFunction = 1;
  /// The index among the imports of `canonFunc`, after addHostCall.
  uint32_t hostCallOf(uint32_t canonFunc) const { return hostCalls.at(canonFunc); }

private:
  struct Function {
    uint32_t type = 0;
    EmittedBody body;
  };
  void addTypes(const wasm::Module &module);
  void number(const CoreInstance &instance);
  Status add(const CoreInstance &instance, const wasm::IndexMap &map);
  Status addBody(const wasm::Function &function, const wasm::IndexMap &map);
  Status addElements(const wasm::Module &module, const wasm::IndexMap &map);
  Status addData(const wasm::Module &module, const wasm::IndexMap &map);
  Status addConstExpr(const wasm::ConstExpr &expression, const wasm::IndexMap &map,
                      ByteWriter &out);
  uint32_t addStart();
  void writeBranchHints(ByteWriter &out) const;
  void addImport(const HostName &name, const wasm::FunctionType &type);

  void addCode(Function function) {
    codeBytes += function.body.bytes.size();
    functions.push_back(std::move(function));
  }

  const FlatProgram &program;
  const ServicePlan &services;
  const uint64_t maxCodeBytes;
  uint64_t codeBytes = 0;
  std::vector<wasm::IndexMap> maps;
  std::map<std::string, uint32_t> addedTypes;
  std::map<uint32_t, uint32_t> hostCalls;
  std::vector<Function> functions;
  uint32_t firstCanonFunc = 0;
  /// Sections count types by their groups, `typeCount` by themselves.
  uint32_t functionCount = 0, typeCount = 0;
  /// The code that runs when the module is instantiated: segments that must wait for start
  /// functions before them, and start functions.
  ByteWriter start;
  bool anyStart = false;
};

} // namespace w2n::compiler
