// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native-bindgen/ReadType.h"

namespace w2n::bindgen {

using clang::QualType;

namespace {

struct Row {
  llvm::StringRef record;
  Passing passing;
};
constexpr Row rows[] = {
    {"w2n::wasi::WasiContext", Passing::Context},  {"w2n::wasi::GuestMemory", Passing::Memory},
    {"w2n::wasi::GuestPointer", Passing::Pointer}, {"w2n::wasi::GuestView", Passing::Place},
    {"w2n::wasi::GuestArray", Passing::Array},     {"std::span", Passing::Buffer},
    {"w2n::wasi::GuestPath", Passing::Path},       {"w2n::wasi::IoVectors", Passing::Vectors},
};

std::string recordName(QualType type) {
  const auto *record = type.getCanonicalType()->getAsCXXRecordDecl();
  return record ? record->getQualifiedNameAsString() : "";
}

} // namespace

std::expected<Parameter, std::string>
RuntimeTypeReader::parameter(const clang::ParmVarDecl &declaration) const {
  const QualType type = declaration.getType().getNonReferenceType().getUnqualifiedType();
  Parameter parameter{.name = declaration.getNameAsString(), .type = spell(type)};
  parameter.valueKind = valueKind(type);
  if (!parameter.valueKind.empty() && !type->isRealFloatingType())
    return parameter;
  for (const Row &row : rows)
    if (row.record == recordName(type)) {
      parameter.passing = row.passing;
      return parameter;
    }
  return std::unexpected("parameter '" + parameter.name +
                         "' has a type that Calls.h has no rule for");
}

std::string RuntimeTypeReader::result(QualType type, Import &import) const {
  struct Row {
    llvm::StringRef value, error;
    Returning returning;
  };
  constexpr Row outcomes[] = {
      {"void", "w2n::wasi::Errno", Returning::Errno},
      {"w2n::wasi::Errno", "w2n::Error", Returning::Errno},
      {"void", "w2n::Error", Returning::Error},
  };
  if (auto expected = argumentsOf(type, "expected"); !expected.empty())
    for (const Row &row : outcomes)
      if (row.value == spell(expected[0].getAsType().getCanonicalType()) &&
          row.error == spell(expected[1].getAsType().getCanonicalType())) {
        import.returning = row.returning;
        return "";
      }
  return "the result must be an Outcome, a Status or a Result<Errno>";
}

} // namespace w2n::bindgen
