// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Starting, through the C API, each case beside its floor. Names are case/floor and case/ours, so
// that utils/bench/start.py can pair them.
#include "utils/bench/start/Start.h"

#include "include/wasm2native/runtime.h"
#include "utils/bench/start/Floors.h"

#include <benchmark/benchmark.h>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace w2n::bench {

namespace {

void check(w2n_error *error) {
  if (!error)
    return;
  fprintf(stderr, "%s\n", w2n_error_text(error));
  exit(1);
}

w2n_error *twice(w2n_caller *, void *, const w2n_value *args, w2n_value *results) {
  results[0].of.i32 = 2 * args[0].of.i32;
  return nullptr;
}

w2n_module *load(const std::string &path) {
  w2n_module *module;
  check(w2n_module_load_file(path.c_str(), W2N_VERIFY_STRUCTURE, &module));
  return module;
}

/// A linker for one thread: with what the module, or a WASI command, imports.
struct Linker {
  explicit Linker(w2n_pool *pool = nullptr) {
    const w2n_value_kind i32 = W2N_I32;
    const w2n_function_type type = {&i32, 1, &i32, 1};
    check(w2n_linker_define_function(linker, "env", "host", &type, twice, nullptr, nullptr));
    w2n_wasi_config *config = w2n_wasi_config_new();
    check(w2n_linker_define_wasi(linker, config));
    w2n_wasi_config_free(config);
    w2n_linker_set_pool(linker, pool, true);
  }
  ~Linker() { w2n_linker_free(linker); }
  w2n_instance *instantiate(const w2n_module *module) {
    w2n_instance *instance;
    check(w2n_linker_instantiate(linker, module, &instance));
    return instance;
  }
  w2n_linker *linker = w2n_linker_new();
};

w2n_pool *makePool(uint32_t slots) {
  w2n_pool_config config = W2N_POOL_CONFIG_DEFAULT;
  config.slots = slots;
  w2n_pool *pool;
  check(w2n_pool_new(&config, &pool));
  return pool;
}

void call(w2n_function *function, int32_t argument) {
  w2n_value value;
  value.kind = W2N_I32;
  value.of.i32 = argument;
  check(w2n_function_call(function, &value, 1, nullptr, 0));
}

/// Makes an instance, has it write to `pages` pages, ends it.
void live(Linker &linker, const w2n_module *module, int32_t pages) {
  w2n_instance *instance = linker.instantiate(module);
  call(w2n_instance_function(instance, "touch"), pages);
  w2n_instance_free(instance);
}

/// The same for a program of which nothing is called: two pages are written from outside.
void liveProgram(Linker &linker, const w2n_module *module) {
  w2n_instance *instance = linker.instantiate(module);
  w2n_memory *memory = w2n_instance_memory(instance, "memory");
  for (uint64_t address : {uint64_t(1024), w2n_memory_size_bytes(memory) - 4096})
    *static_cast<volatile char *>(w2n_memory_at(memory, address, 1)) = 1;
  w2n_instance_free(instance);
}

template <typename Body> void add(const std::string &name, Body body, int threads = 1) {
  benchmark::RegisterBenchmark(name.c_str(), [body](benchmark::State &state) { body(state); })
      ->Threads(threads)
      ->UseRealTime();
}

template <typename Body> void addLoop(const std::string &name, Body body) {
  add(name, [body](benchmark::State &state) {
    for (auto _ : state)
      body();
  });
}

void addLoading(const std::string &label, const std::string &path) {
  struct stat attributes;
  stat(path.c_str(), &attributes);
  const auto codeBytes = size_t(attributes.st_size) / 3;
  addLoop("load " + label + ", trusted/floor", [=] { mapArtifact(path, codeBytes); });
  addLoop("load " + label + ", trusted/ours", [=] { w2n_module_free(load(path)); });
  addLoop("load " + label + ", verified/floor",
          [=] { benchmark::DoNotOptimize(readArtifact(path)); });
  addLoop("load " + label + ", verified/ours", [=] {
    w2n_module *module;
    check(w2n_module_load(path.c_str(), &module));
    w2n_module_free(module);
  });
}

void addCold(const std::string &label, const std::string &path, bool isProgram) {
  addLoop("instantiate " + label + ", cold/floor", [] { FloorMemory().touch(2); });
  add("instantiate " + label + ", cold/ours", [=](benchmark::State &state) {
    w2n_module *module = load(path);
    Linker linker;
    for (auto _ : state)
      isProgram ? liveProgram(linker, module) : live(linker, module, 2);
    w2n_module_free(module);
  });
}

void addPooled(const std::string &label, const std::string &path, int32_t pages, bool isProgram) {
  add(label + "/floor", [=](benchmark::State &state) {
    FloorMemory memory;
    for (auto _ : state) {
      memory.touch(size_t(pages));
      memory.reset();
    }
  });
  add(label + "/ours", [=](benchmark::State &state) {
    w2n_module *module = load(path);
    w2n_pool *pool = makePool(1);
    Linker linker(pool);
    for (auto _ : state)
      isProgram ? liveProgram(linker, module) : live(linker, module, pages);
    w2n_module_free(module);
    w2n_pool_free(pool);
  });
}

void addCalls(const std::string &path) {
  add("call an empty export/floor", [](benchmark::State &state) {
    void (*volatile empty)() = [] {};
    for (auto _ : state)
      empty();
  });
  auto each = [path](const char *name, size_t count) {
    return [=](benchmark::State &state) {
      w2n_module *module = load(path);
      Linker linker;
      w2n_instance *instance = linker.instantiate(module);
      w2n_function *function = w2n_instance_function(instance, name);
      w2n_value value;
      value.kind = W2N_I32;
      value.of.i32 = 21;
      for (auto _ : state)
        check(w2n_function_call(function, &value, count, &value, count));
      w2n_instance_free(instance);
      w2n_module_free(module);
    };
  };
  add("call an empty export/ours", each("empty", 0));
  add("call an export [i32] -> [i32]/ours", each("twice", 1));
  add("call an export that calls the host/ours", each("call-host", 1));
}

/// The memory of this process by the kernel's account, in bytes: pages, and the tables for them.
size_t memoryInUse() {
  size_t sum = 0;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:") || line.starts_with("VmPTE:"))
      sum += std::strtoull(line.c_str() + 6, nullptr, 10) << 10;
  return sum;
}

void addAlive(const std::string &path, uint32_t count) {
  auto body = [=](benchmark::State &state) {
    w2n_module *module = load(path);
    w2n_pool *pool = makePool(count);
    Linker linker(pool);
    for (auto _ : state) {
      std::vector<w2n_instance *> instances;
      const size_t before = memoryInUse();
      for (uint32_t i = 0; i < count; ++i) {
        instances.push_back(linker.instantiate(module));
        call(w2n_instance_function(instances.back(), "touch"), 2);
      }
      state.counters["bytes"] = double(memoryInUse() - before) / count;
      for (w2n_instance *instance : instances)
        w2n_instance_free(instance);
    }
    w2n_module_free(module);
    w2n_pool_free(pool);
  };
  // Once: later rounds find the pages that the slots have kept.
  benchmark::RegisterBenchmark((std::to_string(count) + " instances alive/ours").c_str(), body)
      ->Iterations(1);
}

void addRequests(const std::string &path) {
  static w2n_module *module;
  static w2n_pool *pool;
  module = load(path);
  pool = makePool(4);
  add(
      "a request on a fresh instance, 2 threads/ours",
      [](benchmark::State &state) {
        Linker linker(pool);
        for (auto _ : state)
          live(linker, module, 2);
        state.SetItemsProcessed(state.iterations());
      },
      2);
}

} // namespace

void addBenchmarks(const Artifacts &artifacts) {
  addLoading("a small module", artifacts.module);
  addCold("a small module", artifacts.module, false);
  addPooled("instantiate a small module, pooled", artifacts.module, 2, false);
  addCold("hello, world", artifacts.hello, true);
  addPooled("instantiate hello, world, pooled", artifacts.hello, 2, true);
  if (!artifacts.python.empty()) {
    addLoading("CPython", artifacts.python);
    addCold("CPython", artifacts.python, true);
    addPooled("instantiate CPython, pooled", artifacts.python, 2, true);
  }
  for (int32_t pages : {1, 16, 256})
    addPooled("an instance that writes " + std::to_string(pages) + " pages, pooled",
              artifacts.module, pages, false);
  addCalls(artifacts.module);
  addRequests(artifacts.module);
  addAlive(artifacts.module, 1000);
  addAlive(artifacts.module, 10000);
}

} // namespace w2n::bench
