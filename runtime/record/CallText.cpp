// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/record/CallText.h"

namespace w2n::record {

namespace {
thread_local CallText *innermost = nullptr;
}

void noteCallText(std::string_view line) {
  if (innermost)
    innermost->text = line.substr(0, line.size() - line.ends_with('\n'));
}

CallText::CallText() : outer(innermost) { innermost = this; }
CallText::~CallText() { innermost = outer; }

} // namespace w2n::record
