// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Types that cannot be passed to guests, each with the message about it.
#pragma once

#include <cstdint>
#include <wasm2native/host.hpp>

struct Padded {
  uint8_t kind;
  uint32_t value;
};
struct PaddedAtItsEnd {
  uint64_t value;
  uint8_t kind;
};
struct WithPointer {
  uint64_t *values;
};
struct WithBool {
  bool flag;
};
struct Nested {
  uint32_t count;
  WithBool inner[2];
};

// clang-format off: the comment above each line is what is said of it.

// error: parameter 'text' of type 'const char *' cannot come from a guest: its extent is not known; use std::span, std::string_view or a reference
W2N_IMPORT("m", "pointer") void pointer(const char *text);
// error: parameter 'value' of type 'const Padded &' cannot come from a guest: there is padding before field 'value' (name it, so that it is not the host's bytes)
W2N_IMPORT("m", "padded") void padded(const Padded &value);
// error: parameter 'value' of type 'PaddedAtItsEnd &' cannot come from a guest: there is padding at its end (name it, so that it is not the host's bytes)
W2N_IMPORT("m", "paddedAtItsEnd") void paddedAtItsEnd(PaddedAtItsEnd &value);
// error: parameter 'values' of type 'std::span<WithPointer>' cannot come from a guest: field 'values' has type 'uint64_t *': not a number, nor a structure of numbers
W2N_IMPORT("m", "withPointer") void withPointer(std::span<WithPointer> values);
// error: parameter 'value' of type 'Nested &' cannot come from a guest: field 'inner' has type 'WithBool[2]': field 'flag' has type 'bool': a guest may store what is no bool
W2N_IMPORT("m", "nested") void nested(Nested &value);
// error: parameter 'order' of type 'Padded' cannot come from a guest: a structure is passed by reference
W2N_IMPORT("m", "byValue") void byValue(Padded order);
// error: parameter 'four' of type 'std::span<int, 4>' cannot come from a guest: a structure is passed by reference
W2N_IMPORT("m", "fixed") void fixed(std::span<int, 4> four);
// error: parameter 'x' of type 'long double' cannot come from a guest: WebAssembly has no such number
W2N_IMPORT("m", "longDouble") void longDouble(long double x);
// error: a result of type 'std::string' cannot go to a guest
W2N_IMPORT("m", "text") std::string text();
// error: the error of a result must be a std::string
W2N_IMPORT("m", "code") std::expected<int, int> code();
// error: "m"."text" is already defined
W2N_IMPORT("m", "text") void again();
// error: 'variadic' has a variable number of parameters
W2N_IMPORT("m", "variadic") void variadic(int first, ...);
// error: 'generic' is a template
template <typename T> W2N_IMPORT("m", "generic") void generic(T value);
class Closed {
  // error: 'secret' is not public
  W2N_IMPORT("m", "secret") void secret();
};
constexpr char computed[] = "name";
// error: W2N_IMPORT wants two string literals
W2N_IMPORT("m", computed) void name();
