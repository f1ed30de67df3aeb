// What a header gives to guests, read out of it and checked.
#pragma once

#include <string>
#include <vector>

namespace w2n::bindgen {

/// How an argument comes over; include/wasm2native/host.hpp has the rules.
enum class Passing {
  Caller,    ///< takes no argument of the guest's
  Number,    ///< one
  Text,      ///< two: address, bytes
  Span,      ///< two: address, elements
  Copy,      ///< one: address
  CopyInOut, ///< one: address, written afterwards
};

struct Parameter {
  std::string name = {};
  Passing passing = Passing::Number;
  /// In C++, qualified: of the number, of the span's elements, or what the reference is to.
  std::string type = {};
  /// "W2N_I32" and so on; only for Number.
  std::string valueKind = {};
};

enum class Returning { Nothing, Number, Error, Expected };

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
