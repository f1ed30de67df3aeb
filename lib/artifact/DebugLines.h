// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Lines of the source, from the line tables of an artifact that was compiled with -g.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace w2n::artifact {

/// A place in the source.
struct SourceLine {
  std::string file;
  uint32_t line;
};

class DebugLines {
public:
  /// The lines of the artifact `file`; none if it has none. Damaged tables end early.
  static DebugLines of(std::span<const uint8_t> file);
  /// The line of the code at `offset` of the artifact. Nothing if it is not known.
  std::optional<SourceLine> at(uint64_t offset) const;
  bool isEmpty() const { return rows.empty(); }

private:
  struct Row {
    uint64_t address;
    uint32_t file, line; ///< line 0: not known from here on
  };
  std::vector<std::string> files;
  std::vector<Row> rows; // by address
};

/// Calls `visit` with the offset in `section`, ".debug_line", of each address in it.
void visitLineAddresses(std::span<const uint8_t> section,
                        const std::function<void(uint64_t offset)> &visit);

} // namespace w2n::artifact
