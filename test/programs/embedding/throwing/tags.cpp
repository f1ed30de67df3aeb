// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Exceptions by the C++ header.
#include <cstdio>
#include <wasm2native/wasm2native.hpp>

using namespace wasm2native;

#define CHECK(claim)                                                                               \
  ((claim) ? (void)0 : (void)std::printf("line %d: not so: %s\n", __LINE__, #claim))

int main(int, char **argv) {
  auto module = Module::load(argv[1]);
  auto tag = Tag<int32_t, double>::create();
  if (!module || !tag)
    return 1;
  Linker linker;
  CHECK(linker.define("host", "tag", *tag));
  CHECK(linker.define("host", "throw", [&](Caller caller, int32_t number) -> Result<void> {
    return tag->thrown(caller, number, 0.5);
  }));
  auto guest = linker.instantiate(*module);
  if (!guest)
    return 2;
  CHECK((*guest->get<int32_t(int32_t)>("catch"))(7).valueOr(0) == 70);
  const Result<void> passed = (*guest->get<void(int32_t)>("pass"))(7);
  CHECK(!passed && tag->caught(passed.error()) == std::tuple(7, 0.5));
  const auto own = guest->tag<int64_t>("own");
  CHECK(own && !guest->tag<int32_t>("own") && !guest->tag<int64_t>("catch"));
  const Result<void> thrown = (*guest->get<void(int64_t)>("throw-own"))(-5);
  CHECK(!thrown && own->caught(thrown.error()) == std::tuple(int64_t(-5)));
  CHECK(!tag->caught(thrown.error()) && !tag->caught(Error()));
  return 0;
}
