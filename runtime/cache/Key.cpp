// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/cache/Key.h"

#include "lib/artifact/Format.h"
#include "lib/artifact/TargetNames.h"
#include "runtime/arch/Processor.h"

#include <algorithm>

namespace w2n::cache {

namespace {

// If this fails, an option is new. Does it change code? Then it belongs to `familyOf`.
static_assert(sizeof(w2n_compile_options) == 176);

std::string orEmpty(const char *text) { return text ? text : ""; }

/// With its length, so that no value can look like two.
void addField(std::string &text, const char *name, const std::string &value) {
  text += std::string(name) + ":" + std::to_string(value.size()) + ":" + value + "\n";
}

/// The compiler looks at the architecture of a triple alone.
std::string architectureOf(const std::string &target) {
  return target.empty() ? runtime::architectureName : std::string(artifact::architectureOf(target));
}

} // namespace

Digest familyOf(const Digest &source, const Digest &compiler, const w2n_compile_options &options) {
  std::string text;
  addField(text, "source", hexOf(source));
  addField(text, "compiler", hexOf(compiler));
  addField(text, "format", std::to_string(artifact::formatVersion));
  addField(text, "target", architectureOf(orEmpty(options.target)));
  addField(text, "attributes", orEmpty(options.attributes));
  addField(text, "features", orEmpty(options.features));
  addField(text, "level", std::to_string(options.level));
  addField(text, "bounds-checks", std::to_string(options.bounds_checks));
  addField(text, "speculation-masks", std::to_string(options.speculation_masks));
  addField(text, "meter", std::to_string(options.meter));
  addField(text, "strict-trap-state", std::to_string(options.strict_trap_state));
  addField(text, "deterministic", std::to_string(options.deterministic));
  addField(text, "debug-info", std::to_string(options.debug_info));
  addField(text, "sign-return-addresses", std::to_string(options.sign_return_addresses));
  addField(text, "generate-profile", std::to_string(options.generate_profile));
  if (options.profile)
    addField(text, "profile",
             hexOf(hashOf(std::string_view(reinterpret_cast<const char *>(options.profile),
                                           options.profile_bytes))));
  return hashOf(text);
}

std::string processorOf(const w2n_compile_options &options) {
  const std::string given = orEmpty(options.cpu);
  std::string names;
  for (size_t begin = 0; begin <= given.size();) {
    const size_t end = std::min(given.find(',', begin), given.size());
    const std::string name = given.substr(begin, end - begin);
    names += (begin ? "," : "") +
             (name == "native" ? name + ":" + hexOf(hashOf(runtime::processorIdentity())) : name);
    begin = end + 1;
  }
  return names;
}

} // namespace w2n::cache
