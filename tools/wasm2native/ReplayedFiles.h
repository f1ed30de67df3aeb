// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The descriptors that a program of WASI preview 1 has open in a replay, found from its calls: the
// host that knew them is not there.
#pragma once

#include "runtime/record/Replayer.h"

#include <map>

namespace w2n::tool {

class ReplayedFiles {
public:
  /// To be called for each call that has returned.
  void note(const record::ReplayStop &call, std::span<const runtime::Slot> results);
  /// A line for each descriptor.
  std::string text() const;

private:
  struct Call;
  void open(const Call &call);
  void accept(const Call &call);
  void close(const Call &call);
  void renumber(const Call &call);
  void name(const Call &call);

  /// By number: what it was opened as.
  std::map<uint32_t, std::string> files = {
      {0, "standard input"}, {1, "standard output"}, {2, "standard error"}};
};

} // namespace w2n::tool
