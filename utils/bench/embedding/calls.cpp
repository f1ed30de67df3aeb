// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls by our own API, in nanoseconds, the least of several rounds, beside a call through a
// pointer.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <wasm2native/wasm2native.hpp>

namespace {

// Short rounds, of which some meet no other work.
constexpr int rounds = 1000, calls = 5'000;

template <typename F> void measure(const char *name, F once) {
  double least = 1e30;
  for (int round = 0; round < rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    once();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    least = std::min(least, took.count() / calls);
  }
  std::printf("%s\t%.2f\n", name, least);
}

[[gnu::noinline]] int32_t addInC(int32_t left, int32_t right) { return left + right; }

} // namespace

int main(int, char **argv) {
  auto module = wasm2native::Module::load(argv[1]);
  wasm2native::Linker linker;
  if (!module ||
      !linker.define("host", "add", [](int32_t left, int32_t right) { return left + right; }))
    return 1;
  auto instance = linker.instantiate(*module);
  auto add = instance->get<int32_t(int32_t, int32_t)>("add");
  auto host = instance->get<int32_t(int32_t)>("host");
  if (!add || !host)
    return 1;
  int32_t sum = 0;
  int32_t (*volatile pointer)(int32_t, int32_t) = addInC;
  measure("call through a pointer", [&] {
    for (int i = 0; i < calls; ++i)
      sum = pointer(sum, i);
  });
  measure("typed call (C++)", [&] {
    for (int i = 0; i < calls; ++i)
      sum = *(*add)(sum, i);
  });
  const w2n_value_kind kinds[] = {W2N_I32, W2N_I32};
  const w2n_function_type type = {kinds, 2, kinds, 1};
  w2n_direct direct;
  if (w2n_function_direct(w2n_instance_function(instance->get(), "add"), &type, &direct))
    return 1;
  measure("w2n_direct_call", [&] {
    for (int i = 0; i < calls; ++i) {
      uint64_t slots[2] = {uint32_t(sum), uint32_t(i)};
      if (w2n_direct_call(&direct, slots))
        std::abort();
      sum = int32_t(slots[0]);
    }
  });
  w2n_function *untyped = w2n_instance_function(instance->get(), "add");
  measure("w2n_function_call", [&] {
    for (int i = 0; i < calls; ++i) {
      w2n_value args[2] = {}, result;
      args[0].of.i32 = sum;
      args[1].of.i32 = i;
      if (w2n_function_call(untyped, args, 2, &result, 1))
        std::abort();
      sum = result.of.i32;
    }
  });
  measure("host function (C++)", [&] { sum = *(*host)(calls); });
  return sum == 0 ? 0 : 0;
}
