// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native-bindgen/ReadHeader.h"

#include <clang/AST/Attr.h>
#include <clang/AST/RecursiveASTVisitor.h>
#include <clang/Basic/SourceManager.h>
#include <set>

namespace w2n::bindgen {

namespace {

using clang::FunctionDecl;

/// The text of an annotation's argument; nullopt if it is no string literal.
std::optional<std::string> literal(const clang::Expr *expression) {
  const auto *string = llvm::dyn_cast<clang::StringLiteral>(expression->IgnoreParenImpCasts());
  return string ? std::optional(string->getString().str()) : std::nullopt;
}

class Reader : public clang::RecursiveASTVisitor<Reader> {
public:
  Reader(clang::ASTContext &context, const TypeReader &types) : context(context), types(types) {}

  bool VisitFunctionDecl(FunctionDecl *function) {
    for (const auto *attribute : function->specific_attrs<clang::AnnotateAttr>())
      if (attribute->getAnnotation() == "wasm2native.import" &&
          context.getSourceManager().isInMainFile(function->getLocation()))
        read(*function, *attribute);
    return true;
  }

  Interface interface;

private:
  void read(const FunctionDecl &function, const clang::AnnotateAttr &attribute);
  std::optional<Import> readImport(const FunctionDecl &function,
                                   const clang::AnnotateAttr &attribute);
  bool checkForm(const FunctionDecl &function);
  Receiver &receiverOf(const FunctionDecl &function);

  void report(clang::SourceLocation location, const std::string &text) {
    auto &diagnostics = context.getDiagnostics();
    diagnostics.Report(location, diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error, "%0"))
        << text;
  }

  clang::ASTContext &context;
  const TypeReader &types;
  std::set<std::pair<std::string, std::string>> names;
};

/// Whether calling `function` takes an object.
bool hasReceiver(const FunctionDecl &function) {
  const auto *method = llvm::dyn_cast<clang::CXXMethodDecl>(&function);
  return method && method->isInstance();
}

Receiver &Reader::receiverOf(const FunctionDecl &function) {
  std::string type;
  if (hasReceiver(function))
    type = llvm::cast<clang::CXXMethodDecl>(function).getParent()->getQualifiedNameAsString();
  for (Receiver &receiver : interface.receivers)
    if (receiver.type == type)
      return receiver;
  return interface.receivers.emplace_back(Receiver{type, {}});
}

bool Reader::checkForm(const FunctionDecl &function) {
  const char *problem = nullptr;
  if (function.isTemplated())
    problem = "is a template";
  else if (function.isVariadic())
    problem = "has a variable number of parameters";
  else if (function.getAccess() == clang::AS_private || function.getAccess() == clang::AS_protected)
    problem = "is not public";
  if (problem)
    report(function.getLocation(), "'" + function.getNameAsString() + "' " + problem);
  return !problem;
}

std::optional<Import> Reader::readImport(const FunctionDecl &function,
                                         const clang::AnnotateAttr &attribute) {
  const auto arguments = llvm::ArrayRef(attribute.args_begin(), attribute.args_end());
  auto module = arguments.size() == 2 ? literal(arguments[0]) : std::nullopt;
  auto name = arguments.size() == 2 ? literal(arguments[1]) : std::nullopt;
  if (!module || !name) {
    report(function.getLocation(), "W2N_IMPORT wants two string literals");
    return std::nullopt;
  }
  if (!names.emplace(*module, *name).second) {
    report(function.getLocation(), "\"" + *module + "\".\"" + *name + "\" is already defined");
    return std::nullopt;
  }
  Import import{.module = *module, .name = *name};
  import.function = hasReceiver(function) ? function.getNameAsString()
                                          : "::" + function.getQualifiedNameAsString();
  if (!checkForm(function))
    return std::nullopt;
  bool good = true;
  for (const clang::ParmVarDecl *parameter : function.parameters()) {
    auto read = types.parameter(*parameter);
    if (read) {
      import.parameters.push_back(std::move(*read));
    } else {
      report(parameter->getLocation(), read.error());
      good = false;
    }
  }
  if (auto problem = types.result(function.getReturnType(), import); !problem.empty()) {
    report(function.getLocation(), problem);
    good = false;
  }
  return good ? std::optional(std::move(import)) : std::nullopt;
}

void Reader::read(const FunctionDecl &function, const clang::AnnotateAttr &attribute) {
  if (auto import = readImport(function, attribute))
    receiverOf(function).imports.push_back(std::move(*import));
}

} // namespace

Interface readInterface(clang::ASTContext &context, const TypeReader &types) {
  Reader reader(context, types);
  reader.TraverseDecl(context.getTranslationUnitDecl());
  return std::move(reader.interface);
}

} // namespace w2n::bindgen
