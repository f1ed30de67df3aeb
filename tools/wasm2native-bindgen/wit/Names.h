// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Names of WIT as names of C++.
#pragma once

#include "lib/wit/Package.h"

namespace w2n::bindgen {

/// "blocking-read" as "blockingRead", "BlockingRead" and "blocking_read"; a word that C++ or
/// generated code has gets an underscore, and so does a part that begins with a digit.
std::string lowerCamel(std::string_view name);
std::string upperCamel(std::string_view name);
std::string snakeCase(std::string_view name);

/// A literal with quotes.
std::string quoted(std::string_view text);

/// The places in C++ of the imports and exports of a world.
class Namespaces {
public:
  explicit Namespaces(const wit::World &world);

  /// "wasi::io::streams", or "exports::wasi::io::streams".
  std::string of(const wit::Interface &interface, bool isExport) const;
  std::string of(const wit::World &world) const;
  /// The header of a namespace: its names joined by underscores.
  static std::string headerOf(const std::string &space);
  /// Whether an interface that an interface of that direction uses is the exported one.
  bool isExported(const wit::Interface &interface, bool isExport) const;
  /// The qualified name of a type, as it is seen from `space`.
  std::string typeName(const wit::TypeDefinition &definition, bool isExport,
                       const std::string &space) const;

private:
  std::string ofPackage(const wit::Package &package) const;

  const wit::World &world;
  /// Packages of which several versions take part.
  std::vector<std::string> severalVersions;
};

} // namespace w2n::bindgen
