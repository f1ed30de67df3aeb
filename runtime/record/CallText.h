// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The lines of traces, for what sees the calls themselves: a line is about the innermost call of
// the thread, which is about to return.
#pragma once

#include <string>
#include <string_view>

namespace w2n::record {

/// Takes the line of the call that the thread is in, as a trace's sink does.
void noteCallText(std::string_view line);

/// Stands on the stack as long as a call.
class CallText {
public:
  CallText();
  ~CallText();
  CallText(const CallText &) = delete;
  CallText &operator=(const CallText &) = delete;

  /// Without the end of the line; empty if the call has none.
  std::string text;

private:
  CallText *const outer;
};

} // namespace w2n::record
