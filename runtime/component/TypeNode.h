// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The types of host functions as data. They are made at compile time from the C++ types
// (CanonicalTraits.h), so that linking can compare them with what a component imports.
#pragma once

#include "runtime/component/HostInterfaces.h"

#include <span>
#include <string>
#include <string_view>

namespace w2n::runtime {

/// A resource type of the host, told from others by its address: the interface that declares it,
/// without a version, and its name there.
struct ResourceType {
  std::string_view interface, name;
};

struct TypeNode;

struct TypeMember {
  std::string_view label; ///< empty in tuples, lists and options
  const TypeNode *type;   ///< null for a label alone, and for a case without a payload
};

/// The structure of a value type. Names of types are not part of it.
struct TypeNode {
  component::TypeForm form;
  component::Primitive primitive = component::Primitive::Bool; ///< of TypeForm::Primitive
  /// Fields, cases, labels, members of a tuple; the element of a list, option, stream or future; of
  /// a result, its two cases.
  std::span<const TypeMember> members = {};
  const ResourceType *resource = nullptr; ///< of a handle
};

struct FuncNode {
  std::span<const TypeNode *const> parameters;
  const TypeNode *result; ///< null if there is none
  bool isAsync = false;
};

/// As WIT writes it, with the structure of named types in place of their names:
/// "result<list<u8>, variant { last-operation-failed(own<wasi:io/error.error>), closed }>".
std::string textOf(const TypeNode &type);
/// "func(borrow<wasi:io/streams.input-stream>, u64) -> ...".
std::string textOf(const FuncNode &func);

/// Compares the type with which a component imports a function with `func`, by structure: names of
/// parameters are not compared. Errors: Link.
Status checkImport(const ImportedFunction &import, const FuncNode &func);

} // namespace w2n::runtime
