// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Functions that a header gives to guests, read out of it and checked.
#pragma once

#include <string>
#include <vector>

namespace w2n::bindgen {

/// The passing of an argument. include/wasm2native/host.hpp has the rules for embedders.
enum class Passing {
  Caller,    ///< takes no argument of the guest's
  Number,    ///< one
  Text,      ///< two: address, bytes
  Span,      ///< two: address, elements
  Copy,      ///< one: address
  CopyInOut, ///< one: address, written afterwards

  // Parameters of the runtime's own functions besides numbers; runtime/wasi/Calls.h has the rules.
  Context, ///< none
  Memory,  ///< none
  Pointer, ///< one: address, not checked
  Place,   ///< one: address
  Array,   ///< one: address; the number of elements is that of the next Count
  Buffer,  ///< two: address, bytes
  Path,    ///< two: address, bytes
  Vectors, ///< two: address, elements
};

struct Parameter {
  std::string name = {};
  Passing passing = Passing::Number;
  /// In C++, qualified: of the number, of the span's elements, or what the reference is to. For the
  /// runtime's functions as it is written there, without const and &.
  std::string type = {};
  /// "W2N_I32" and so on; only for Number.
  std::string valueKind = {};
};

enum class Returning {
  Nothing,
  Number,
  Error,
  Expected,
  Errno, ///< the runtime's: a number, unless the guest is left
};

struct Import {
  std::string module = {}, name = {};
  /// In C++: qualified if it is no member.
  std::string function = {};
  std::vector<Parameter> parameters = {};
  Returning returning = Returning::Nothing;
  /// "W2N_I32" and so on; empty if the guest gets no result.
  std::string resultKind = {};
};

/// The functions of a class, or those that are no members.
struct Receiver {
  /// Qualified; empty for functions that are no members.
  std::string type;
  std::vector<Import> imports;
};

struct Interface {
  std::vector<Receiver> receivers;
};

} // namespace w2n::bindgen
