// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/ImportHints.h"

namespace w2n::tool {

namespace {

struct ImportHint {
  std::string_view module, name, text;
};

constexpr ImportHint hints[] = {
#define W2N_IMPORT_HINT(module, name, text) {module, name, text},
#include "tools/wasm2native/ImportHints.def"
};

/// Whether `text` is `pattern`, where one '*' stands for anything.
constexpr bool matches(std::string_view text, std::string_view pattern) {
  const size_t star = pattern.find('*');
  if (star == pattern.npos)
    return text == pattern;
  return text.size() + 1 >= pattern.size() && text.starts_with(pattern.substr(0, star)) &&
         text.ends_with(pattern.substr(star + 1));
}
static_assert(matches("./x_bg.js", "./*_bg.js") && !matches("./_bg", "./*_bg.js") &&
              matches("GOT.mem", "GOT.*") && matches("a", "*") && !matches("ab", "a"));

const ImportHint *findHint(const artifact::Metadata &metadata) {
  for (const ImportHint &hint : hints)
    for (const artifact::ImportRecord &record : metadata.imports())
      if (matches(metadata.string(record.module), hint.module) &&
          matches(metadata.string(record.name), hint.name))
        return &hint;
  return nullptr;
}

} // namespace

void explainUnknownImports(const runtime::Module &module, Error &error) {
  if (error.kind != ErrorKind::Link || !error.text.starts_with("unknown import"))
    return;
  if (const ImportHint *hint = findHint(module.metadata()))
    error.notes += "note: the module is " + std::string(hint->text) + "\n";
  error.notes += "note: --preload NAME=FILE gives it the exports of another module as imports of "
                 "NAME; with --unknown-imports=trap it starts without functions that are missing\n";
}

} // namespace w2n::tool
