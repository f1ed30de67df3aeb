// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// How a recorded run began: the program and what it may have.
#pragma once

#include "runtime/core/Instance.h"

namespace w2n::record {

struct Header {
  /// The checksum that the artifact has, and its size.
  uint64_t artifactHash = 0, artifactBytes = 0;
  runtime::InstanceLimits limits;
  std::optional<uint64_t> fuel;
  /// The file that was run, for people and to find it again; the options and arguments of its
  /// command line.
  std::string program;
  std::vector<std::string> options, arguments;
};

/// The identity of `module` in `header`.
void setArtifact(Header &header, const runtime::Module &module);
/// Errors: Invalid (another artifact).
Status checkArtifact(const Header &header, const runtime::Module &module);

std::vector<uint8_t> encodeHeader(const Header &header);
/// Reads a header from untrusted bytes. Errors: Malformed.
Result<Header> decodeHeader(std::span<const uint8_t> bytes, uint64_t offset);

} // namespace w2n::record
