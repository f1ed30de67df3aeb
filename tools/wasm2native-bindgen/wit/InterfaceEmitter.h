// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// One header: the types of an interface, and what the host gives or calls.
#pragma once

#include "tools/wasm2native-bindgen/wit/TypeWriter.h"

#include <set>

namespace w2n::bindgen {

struct EmitContext {
  const wit::Sources &sources;
  const Namespaces &namespaces;
  const std::set<std::string> &features;

  bool isEnabled(const wit::Attributes &attributes) const {
    return !attributes.unstable || features.contains(std::string(attributes.unstable->text));
  }
};

struct InterfaceItems {
  struct Function {
    const wit::Function *function;
    std::string name; ///< which a world may have given
    std::string docs;
  };
  std::string space, externName, docs;
  std::vector<std::string> includes;
  std::vector<const wit::TypeDefinition *> definitions;
  std::vector<Function> functions;
};

class InterfaceEmitter {
public:
  InterfaceEmitter(const EmitContext &context, const InterfaceItems &items, bool isExport)
      : context(context), items(items), isExport(isExport),
        types(context.sources, context.namespaces, items.space, isExport) {}

  /// The whole header. Errors: Unsupported, Invalid, with the place.
  Result<std::string> run();
  /// Its namespace alone.
  Result<std::string> runBody();

private:
  /// A function as a member of a class.
  struct Callable {
    const wit::Function *function;
    std::string externName, member, docs;
  };

  // Types.
  Status emitTypes();
  Status emitDefinition(const wit::TypeDefinition &definition);
  Status emitPartsOf(const wit::Type &type);
  Status checkPart(const wit::Type &type) const;
  Status emitRecord(const wit::TypeDefinition &record);
  Status emitVariant(const wit::TypeDefinition &variant);
  void emitEnum(const wit::TypeDefinition &definition);
  void emitFlags(const wit::TypeDefinition &flags);
  std::string labelsOf(const wit::TypeDefinition &definition) const;

  // Functions.
  std::vector<Callable> callables() const;
  Status emitHost();
  Status emitHostResource(const wit::TypeDefinition &resource);
  Status emitVirtual(const Callable &callable);
  Status emitDefine();
  Result<std::string> emitBinding(const Callable &callable);
  Status emitGuest();
  Status emitGuestResource(const wit::TypeDefinition &resource);
  Status emitCaller(const Callable &callable, const std::string &owner, size_t index);
  Result<std::string> paramsOf(const wit::Function &function, bool isCalled) const;
  Status check(const wit::Function &function) const;

  void line(const std::string &text) { out += text.empty() ? "\n" : indent + text + "\n"; }
  void emitDocs(std::string_view docs);
  void emitDocs(const Callable &callable);

  const EmitContext &context;
  const InterfaceItems &items;
  const bool isExport;
  const TypeWriter types;
  std::set<const wit::TypeDefinition *> emitted;
  std::string out, indent;
};

} // namespace w2n::bindgen
