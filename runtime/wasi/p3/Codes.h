// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The error codes of WASI 0.3: variants of names, of which the last one, "other", has a text. They
// are made from those of 0.2 by their labels.
#pragma once

#include "runtime/component/CanonicalTraits.h"
#include "runtime/wasi/p2/ErrorCodes.h"

namespace w2n::wasi::p3 {

struct PlainCase {};
struct OtherCase {
  std::optional<std::string> value;
};

namespace detail {
template <size_t> using Plain = PlainCase;
template <typename Sequence> struct CodeCases;
template <size_t... index> struct CodeCases<std::index_sequence<index...>> {
  using Variant = std::variant<Plain<index>..., OtherCase>;
  static void set(Variant &variant, size_t wanted) {
    ((index == wanted ? void(variant.template emplace<index>()) : void()), ...);
  }
};
} // namespace detail

/// `labels` end in "other".
template <const auto &labels> struct Code {
  using Cases = detail::CodeCases<std::make_index_sequence<labels.size() - 1>>;
  typename Cases::Variant value = OtherCase();
  static constexpr auto cases = labels;

  /// The case with this label; "other" if there is none.
  static Code of(std::string_view label) {
    Code code;
    for (size_t index = 0; index + 1 < labels.size(); ++index)
      if (labels[index] == label)
        Cases::set(code.value, index);
    return code;
  }
  std::string_view label() const { return labels[value.index()]; }
};

namespace detail {
/// As those of 0.2, without the one that asynchronous functions do not need.
inline constexpr auto filesystemLabels = [] {
  constexpr auto before = witCases(p2::FilesystemError());
  std::array<std::string_view, before.size()> labels;
  size_t count = 0;
  for (const std::string_view label : before)
    if (label != "would-block")
      labels[count++] = label;
  labels[count] = "other";
  return labels;
}();
inline constexpr auto networkLabels = std::to_array<std::string_view>(
    {"access-denied", "not-supported", "invalid-argument", "out-of-memory", "timeout",
     "invalid-state", "address-not-bindable", "address-in-use", "remote-unreachable",
     "connection-refused", "connection-broken", "connection-reset", "connection-aborted",
     "datagram-too-large", "other"});
inline constexpr auto lookupLabels = std::to_array<std::string_view>(
    {"access-denied", "invalid-argument", "name-unresolvable", "temporary-resolver-failure",
     "permanent-resolver-failure", "other"});
} // namespace detail

using FilesystemCode = Code<detail::filesystemLabels>;
using NetworkCode = Code<detail::networkLabels>;
using LookupCode = Code<detail::lookupLabels>;

inline FilesystemCode toFilesystemCode(p2::FilesystemError error) {
  return FilesystemCode::of(witCases(error)[size_t(error)]);
}
inline NetworkCode toNetworkCode(p2::NetworkError error) {
  return NetworkCode::of(witCases(error)[size_t(error)]);
}

/// wasi:cli/types error-code.
enum class CliCode : uint8_t { Io, IllegalByteSequence, Pipe };
constexpr auto witCases(CliCode) {
  return std::to_array<std::string_view>({"io", "illegal-byte-sequence", "pipe"});
}

// The codes of the errors that all versions share.
inline FilesystemCode filesystemCodeOf(Errno error) {
  return toFilesystemCode(p2::toFilesystemError(error));
}
inline NetworkCode networkCodeOf(Errno error) { return toNetworkCode(p2::toNetworkError(error)); }
inline CliCode cliCodeOf(Errno error) {
  return error == Errno::Pipe    ? CliCode::Pipe
         : error == Errno::IlSeq ? CliCode::IllegalByteSequence
                                 : CliCode::Io;
}

} // namespace w2n::wasi::p3
