// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/passes/PassCounts.h"

#include "compiler/passes/Passes.h"

namespace w2n::compiler {

namespace {

enum class WayKind : uint8_t { Accepts, Rejects };

struct WayRow {
  OwnPass pass;
  const char *name;
  WayKind kind;
  const char *text;
};

constexpr WayRow wayRows[] = {
#define W2N_PASS_WAY(pass, name, kind, text) {OwnPass::pass, #name, WayKind::kind, text},
#include "compiler/passes/PassCounts.def"
};

} // namespace

std::string passCountsText() {
  std::string text;
  for (size_t index = 0; index < passWayCount; ++index) {
    const WayRow &row = wayRows[index];
    text += passName(row.pass).str() + ' ' + row.name + ' ' +
            (row.kind == WayKind::Accepts ? "accepts" : "rejects") + ' ' +
            std::to_string(passCounts[index].load(std::memory_order_relaxed)) + ' ' + row.text +
            '\n';
  }
  return text;
}

} // namespace w2n::compiler
