// Which C++ types can be passed between host and guest, and how. The rules are those of
// include/wasm2native/host.hpp.
#pragma once

#include "tools/wasm2native-bindgen/Interface.h"

#include <clang/AST/ASTContext.h>
#include <expected>

namespace w2n::bindgen {

class TypeReader {
public:
  explicit TypeReader(clang::ASTContext &context) : context(context) {}

  /// The error says why it cannot be passed.
  std::expected<Parameter, std::string> parameter(const clang::ParmVarDecl &declaration) const;

  /// Fills the result of `import`; why it cannot be passed, or "".
  std::string result(clang::QualType type, Import &import) const;

private:
  std::string nameOf(clang::QualType type) const;
  /// "W2N_I32" and so on; empty if `type` is no number.
  std::string valueKind(clang::QualType type) const;
  /// Why values of `type` cannot lie in guest memory, or "".
  std::string checkInMemory(clang::QualType type) const;
  std::string checkFields(const clang::RecordDecl &record) const;

  clang::ASTContext &context;
};

} // namespace w2n::bindgen
