// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Types of WIT as types of C++ (docs/bindgen.md has the table).
#pragma once

#include "tools/wasm2native-bindgen/wit/Names.h"

namespace w2n::bindgen {

/// Writes types as they are seen from one namespace, for imports or for exports.
class TypeWriter {
public:
  TypeWriter(const wit::Sources &sources, const Namespaces &namespaces, std::string space,
             bool isExport)
      : sources(sources), namespaces(namespaces), space(std::move(space)), isExport(isExport) {}

  /// The type of fields and results, which owns its parts. Errors: Unsupported, with the place.
  Result<std::string> value(const wit::Type &type) const { return write(type, false); }
  /// The type of a parameter: strings and lists of numbers are views.
  Result<std::string> param(const wit::Type &type) const;
  /// The type of a parameter of a function that the host calls.
  Result<std::string> argument(const wit::Type &type) const;
  /// "void" if there is none.
  Result<std::string> result(const wit::Function &function) const;
  std::string nameOf(const wit::TypeDefinition &definition) const {
    return namespaces.typeName(definition, isExport, space);
  }

private:
  Result<std::string> write(const wit::Type &type, bool isParam) const;
  Result<std::string> writeNamed(const wit::Type &type) const;
  Result<std::string> writeList(const wit::Type &type, bool isParam) const;
  Result<std::string> writeResult(const wit::Type &type, bool isParam) const;
  /// "name<A, B>" of the type's arguments.
  Result<std::string> apply(const char *name, const wit::Type &type, bool isParam) const;

  const wit::Sources &sources;
  const Namespaces &namespaces;
  const std::string space;
  const bool isExport;
};

/// The type behind aliases.
const wit::Type &withoutAliases(const wit::Type &type);
/// Whether values of the type are moved, as they own something.
bool isMoved(const wit::Type &type);
bool isBorrow(const wit::Type &type);
/// Whether there is an own handle somewhere in the type.
bool hasOwn(const wit::Type &type);

} // namespace w2n::bindgen
