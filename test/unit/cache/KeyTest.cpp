// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Everything that changes code changes the key.
#include "runtime/cache/Key.h"

#include <gtest/gtest.h>
#include <set>

namespace w2n::test {
namespace {

using cache::familyOf;
using cache::processorOf;

const w2n_compile_options byDefault = [] {
  w2n_compile_options options;
  w2n_compile_options_init(&options);
  return options;
}();
const Digest source = hashOf("wasm"), compiler = hashOf("compiler");

TEST(CacheKey, DependsOnModuleCompilerAndEveryOptionThatChangesCode) {
  std::vector<w2n_compile_options> all(15, byDefault);
  all[1].level = W2N_LEVEL_O3;
  all[2].bounds_checks = W2N_BOUNDS_CHECKS_EXPLICIT;
  all[3].strict_trap_state = true;
  all[4].deterministic = true;
  all[5].target = "riscv64";
  all[6].attributes = "+avx2";
  all[7].features = "wasm2";
  all[8].meter = W2N_METER_FUEL;
  all[9].generate_profile = true;
  const uint8_t profiles[] = {1, 2};
  all[10].profile = all[11].profile = profiles;
  all[10].profile_bytes = 1;
  all[11].profile_bytes = 2;
  all[12].speculation_masks = W2N_SPECULATION_MASKS_ALL;
  all[13].debug_info = true;
  all[14].sign_return_addresses = true;
  std::set<Digest> families;
  for (const w2n_compile_options &options : all)
    families.insert(familyOf(source, compiler, options));
  families.insert(familyOf(hashOf("other wasm"), compiler, byDefault));
  families.insert(familyOf(source, hashOf("other compiler"), byDefault));
  EXPECT_EQ(families.size(), all.size() + 2);
  EXPECT_NE(cache::keyOf(*families.begin(), ""), cache::keyOf(*families.begin(), "x86-64-v3"));
}

TEST(CacheKey, DoesNotDependOnHowItIsCompiled) {
  w2n_compile_options options = byDefault;
  options.threads = 3;
  options.max_time_ms = options.max_memory_bytes = options.max_artifact_bytes = 1 << 30;
  options.progress = [](void *, uint32_t, uint32_t) {};
  options.profile_name = "other.proftext";
  EXPECT_EQ(familyOf(source, compiler, options), familyOf(source, compiler, byDefault));
}

TEST(CacheKey, TakesATripleForItsArchitecture) {
  w2n_compile_options name = byDefault, triple = byDefault, alias = byDefault;
  name.target = "aarch64";
  triple.target = "aarch64-unknown-linux-gnu";
  alias.target = "arm64";
  EXPECT_EQ(familyOf(source, compiler, name), familyOf(source, compiler, triple));
  EXPECT_EQ(familyOf(source, compiler, name), familyOf(source, compiler, alias));
}

TEST(CacheKey, SaysWhichProcessorNativeIs) {
  w2n_compile_options options = byDefault;
  EXPECT_EQ(processorOf(options), "");
  options.cpu = "x86-64-v3";
  EXPECT_EQ(processorOf(options), "x86-64-v3");
  options.cpu = "x86-64,native";
  const std::string list = processorOf(options);
  EXPECT_EQ(list.find("x86-64,native:"), 0u);
  EXPECT_EQ(list.size(), sizeof("x86-64,native:") - 1 + 64);
  EXPECT_EQ(processorOf(options), list);
}

} // namespace
} // namespace w2n::test
