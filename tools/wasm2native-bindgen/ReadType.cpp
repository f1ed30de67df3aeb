// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native-bindgen/ReadType.h"

#include <clang/AST/DeclTemplate.h>
#include <clang/AST/QualTypeNames.h>
#include <clang/AST/RecordLayout.h>

namespace w2n::bindgen {

using clang::QualType;

llvm::ArrayRef<clang::TemplateArgument> TypeReader::argumentsOf(QualType type,
                                                                llvm::StringRef name) {
  const auto *record = llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(
      type.getCanonicalType()->getAsCXXRecordDecl());
  if (!record || !record->isInStdNamespace() || record->getName() != name)
    return {};
  return record->getTemplateArgs().asArray();
}

namespace {

bool isPointerTo(QualType type, llvm::StringRef record) {
  const auto *pointee = type->isPointerType() ? type->getPointeeType()->getAsRecordDecl() : nullptr;
  return pointee && pointee->getName() == record;
}

bool hasDynamicExtent(llvm::ArrayRef<clang::TemplateArgument> spanArguments) {
  return spanArguments[1].getAsIntegral().isAllOnes();
}

} // namespace

std::string HostTypeReader::nameOf(QualType type) const {
  return clang::TypeName::getFullyQualifiedName(type, context, context.getPrintingPolicy(),
                                                /*WithGlobalNsPrefix=*/true);
}

std::string TypeReader::valueKind(QualType type) const {
  if (const auto *enumeration = type->getAsEnumDecl())
    return enumeration->isComplete() ? valueKind(enumeration->getIntegerType()) : "";
  const uint64_t bits = type->isArithmeticType() ? context.getTypeSize(type) : 0;
  if (type->isIntegralType(context))
    return bits > 64 ? "" : bits == 64 ? "W2N_I64" : "W2N_I32";
  if (type->isRealFloatingType())
    return bits == 32 ? "W2N_F32" : bits == 64 ? "W2N_F64" : "";
  return "";
}

std::string HostTypeReader::checkFields(const clang::RecordDecl &record) const {
  const clang::ASTRecordLayout &layout = context.getASTRecordLayout(&record);
  uint64_t end = 0;
  for (const clang::FieldDecl *field : record.fields()) {
    const std::string name = "field '" + field->getNameAsString() + "' ";
    if (field->isBitField())
      return name + "is a bit-field";
    if (layout.getFieldOffset(field->getFieldIndex()) != end)
      return "there is padding before " + name + "(name it, so that it is not the host's bytes)";
    if (std::string problem = checkInMemory(field->getType()); !problem.empty())
      return name + "has type '" + spell(field->getType()) + "': " + problem;
    end += context.getTypeSize(field->getType());
  }
  if (end != uint64_t(context.toBits(layout.getSize())))
    return "there is padding at its end (name it, so that it is not the host's bytes)";
  return "";
}

std::string HostTypeReader::checkInMemory(QualType type) const {
  if (const auto *array = context.getAsConstantArrayType(type))
    return checkInMemory(array->getElementType());
  if (type->isBooleanType())
    return "a guest may store what is no bool";
  if (!valueKind(type).empty())
    return "";
  const auto *record = type->getAsCXXRecordDecl();
  if (!record || !record->hasDefinition() || record->isUnion())
    return "not a number, nor a structure of numbers";
  if (!type.isTriviallyCopyableType(context) || !record->isStandardLayout() ||
      record->getNumBases() != 0)
    return "not a plain structure";
  return checkFields(*record->getDefinition());
}

std::expected<Parameter, std::string>
HostTypeReader::parameter(const clang::ParmVarDecl &declaration) const {
  const QualType type = declaration.getType();
  auto refuse = [&](const std::string &why) {
    return std::unexpected("parameter '" + declaration.getNameAsString() + "' of type '" +
                           spell(type) + "' cannot come from a guest: " + why);
  };
  Parameter parameter{.name = declaration.getNameAsString()};
  QualType inMemory;
  if (isPointerTo(type, "w2n_caller")) {
    parameter.passing = Passing::Caller;
  } else if (parameter.valueKind = valueKind(type); !parameter.valueKind.empty()) {
    parameter.passing = Passing::Number;
    parameter.type = nameOf(type.getUnqualifiedType());
  } else if (auto text = argumentsOf(type, "basic_string_view");
             !text.empty() && text[0].getAsType()->isCharType()) {
    parameter.passing = Passing::Text;
  } else if (auto span = argumentsOf(type, "span"); !span.empty() && hasDynamicExtent(span)) {
    parameter.passing = Passing::Span;
    inMemory = span[0].getAsType();
  } else if (type->isLValueReferenceType()) {
    inMemory = type->getPointeeType();
    parameter.passing = inMemory.isConstQualified() ? Passing::Copy : Passing::CopyInOut;
  } else {
    return refuse(type->isPointerType()
                      ? "its extent is not known; use std::span, std::string_view or a reference"
                  : type->isRecordType() ? "a structure is passed by reference"
                                         : "WebAssembly has no such number");
  }
  if (!inMemory.isNull()) {
    if (std::string problem = checkInMemory(inMemory); !problem.empty())
      return refuse(problem);
    parameter.type =
        nameOf(parameter.passing == Passing::Span ? inMemory : inMemory.getUnqualifiedType());
  }
  return parameter;
}

std::string HostTypeReader::result(QualType type, Import &import) const {
  QualType value = type;
  import.returning = Returning::Number;
  if (isPointerTo(type, "w2n_error")) {
    import.returning = Returning::Error;
    return "";
  }
  if (auto expected = argumentsOf(type, "expected"); !expected.empty()) {
    import.returning = Returning::Expected;
    value = expected[0].getAsType();
    if (argumentsOf(expected[1].getAsType(), "basic_string").empty())
      return "the error of a result must be a std::string";
  }
  if (value->isVoidType()) {
    if (import.returning == Returning::Number)
      import.returning = Returning::Nothing;
    return "";
  }
  import.resultKind = valueKind(value);
  return import.resultKind.empty() ? "a result of type '" + spell(type) + "' cannot go to a guest"
                                   : "";
}

} // namespace w2n::bindgen
