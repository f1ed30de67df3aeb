// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The C++ types that can be passed between host and guest, and how.
#pragma once

#include "tools/wasm2native-bindgen/Interface.h"

#include <clang/AST/ASTContext.h>
#include <expected>

namespace w2n::bindgen {

class TypeReader {
public:
  explicit TypeReader(clang::ASTContext &context) : context(context) {}
  virtual ~TypeReader() = default;

  /// The error says why it cannot be passed.
  virtual std::expected<Parameter, std::string>
  parameter(const clang::ParmVarDecl &declaration) const = 0;

  /// Fills the result of `import`; why it cannot be passed, or "".
  virtual std::string result(clang::QualType type, Import &import) const = 0;

protected:
  /// "W2N_I32" and so on; empty if `type` is no number.
  std::string valueKind(clang::QualType type) const;
  std::string spell(clang::QualType type) const {
    return type.getAsString(context.getPrintingPolicy());
  }
  /// The template arguments of `type` if it is a specialization of std::`name`, else empty.
  static llvm::ArrayRef<clang::TemplateArgument> argumentsOf(clang::QualType type,
                                                             llvm::StringRef name);

  clang::ASTContext &context;
};

/// The rules of include/wasm2native/host.hpp, for embedders' functions.
class HostTypeReader : public TypeReader {
public:
  using TypeReader::TypeReader;
  std::expected<Parameter, std::string>
  parameter(const clang::ParmVarDecl &declaration) const override;
  std::string result(clang::QualType type, Import &import) const override;

private:
  std::string nameOf(clang::QualType type) const;
  /// The reason why values of `type` cannot lie in guest memory, or "".
  std::string checkInMemory(clang::QualType type) const;
  std::string checkFields(const clang::RecordDecl &record) const;
};

/// The rules of runtime/wasi/Calls.h, for the runtime's own functions.
class RuntimeTypeReader : public TypeReader {
public:
  using TypeReader::TypeReader;
  std::expected<Parameter, std::string>
  parameter(const clang::ParmVarDecl &declaration) const override;
  std::string result(clang::QualType type, Import &import) const override;
};

} // namespace w2n::bindgen
