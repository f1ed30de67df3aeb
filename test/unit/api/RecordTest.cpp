// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Records through the C API.
#include "include/wasm2native/record.h"

#include "test/unit/api/Sample.h"

#include <cstring>
#include <unistd.h>

namespace w2n::test {
namespace {

using RecordPtr = std::unique_ptr<w2n_record, Freer<w2n_record_free>>;

class ApiRecordTest : public ApiTest {
protected:
  ApiRecordTest() { unlink(path.c_str()); }
  ~ApiRecordTest() override { unlink(path.c_str()); }

  /// An instance that is recorded.
  void start() {
    ASSERT_TRUE(succeeds(define(
        [](w2n_caller *caller, void *, const w2n_value *args, w2n_value *results) -> w2n_error * {
          // Without a word to anybody.
          std::memset(w2n_memory_at(w2n_caller_memory(caller), uint64_t(args[0].of.i32), 8), 1, 8);
          results[0] = i32(args[1].of.i32 + 1);
          return nullptr;
        })));
    ASSERT_TRUE(succeeds(loadModule(buildSample(), module)));
    w2n_record *started = nullptr;
    ASSERT_TRUE(
        succeeds(w2n_linker_record(linker.get(), module.get(), path.c_str(), 1 << 20, &started)));
    record.reset(started);
    w2n_instance *made = nullptr;
    ASSERT_TRUE(succeeds(w2n_linker_instantiate(linker.get(), module.get(), &made)));
    instance.reset(made);
  }
  w2n_replay_result replay() {
    w2n_replay_result result = {};
    EXPECT_TRUE(succeeds(w2n_replay(path.c_str(), module.get(), &result)));
    return result;
  }

  const std::string path = testing::TempDir() + "/w2n-api-" + std::to_string(getpid()) + ".rec";
  ModulePtr module;
  RecordPtr record;
  InstancePtr instance;
};

TEST_F(ApiRecordTest, ReplaysAnEmbeddersFunctions) {
  start();
  int32_t result = 0;
  ASSERT_TRUE(succeeds(invoke(instance.get(), "call-host", 64, 5, result)));
  EXPECT_EQ(result, 6);
  // The host may write between calls, too.
  *static_cast<uint8_t *>(w2n_memory_at(w2n_instance_memory(instance.get(), "memory"), 66, 1)) = 3;
  ASSERT_TRUE(succeeds(invoke(instance.get(), "load", 64, 0, result)));
  EXPECT_EQ(result, 0x01030101);
  EXPECT_EQ(replay().end, W2N_REPLAY_RECORD_ENDS);
  ASSERT_TRUE(succeeds(w2n_record_finish(record.get())));
  const w2n_replay_result replayed = replay();
  EXPECT_EQ(replayed.end, W2N_REPLAY_COMPLETE) << replayed.text;
  EXPECT_EQ(replayed.calls, 1u);
  EXPECT_STREQ(replayed.text, "");
}

TEST_F(ApiRecordTest, IsOfOneInstance) {
  start();
  w2n_instance *second = nullptr;
  ASSERT_TRUE(succeeds(w2n_linker_instantiate(linker.get(), module.get(), &second)));
  const InstancePtr owner(second);
  int32_t result = 0;
  ASSERT_TRUE(succeeds(invoke(second, "call-host", 64, 5, result)));
  ASSERT_TRUE(succeeds(w2n_record_finish(record.get())));
  EXPECT_EQ(replay().calls, 0u);
}

TEST_F(ApiRecordTest, RefusesWhatItWouldNotSee) {
  start();
  w2n_direct direct;
  EXPECT_TRUE(failsWith(
      w2n_function_direct(w2n_instance_function(instance.get(), "add"), &sampleType, &direct),
      W2N_ERROR_UNSUPPORTED, "a direct call is for functions of guests"));
  ASSERT_TRUE(succeeds(w2n_record_finish(record.get())));
  int32_t result = 0;
  EXPECT_TRUE(failsWith(invoke(instance.get(), "add", 1, 2, result), W2N_ERROR_INVALID,
                        "the record has ended"));
}

/// Counts what it sees, and answers calls whose second argument is 13.
struct Watcher {
  uint64_t before = 0, after = 0, ended = 0, lastResult = 0;
  std::string lastName;

  static Watcher &of(void *user) { return *static_cast<Watcher *>(user); }
  w2n_plugin plugin() {
    w2n_plugin functions = {};
    functions.user = this;
    functions.before = [](void *user, const w2n_plugin_call *call, w2n_plugin_decision *decision) {
      ++of(user).before;
      of(user).lastName = std::string(call->module) + "." + call->name;
      decision->result = 77;
      return call->arguments[1] == 13 ? W2N_PLUGIN_ANSWER : W2N_PLUGIN_CONTINUE;
    };
    functions.after = [](void *user, const w2n_plugin_call *call) {
      ++of(user).after;
      of(user).lastResult = call->results[0];
      EXPECT_EQ(call->result_count, 1u);
      EXPECT_EQ(call->memory[call->arguments[0]], 1);
    };
    functions.end = [](void *user) { ++of(user).ended; };
    return functions;
  }
};

TEST_F(ApiRecordTest, InterposesPlugins) {
  Watcher first, second;
  const w2n_plugin functions[] = {first.plugin(), second.plugin()};
  ASSERT_TRUE(succeeds(w2n_linker_interpose(linker.get(), &functions[1])));
  ASSERT_TRUE(succeeds(w2n_linker_interpose(linker.get(), &functions[0])));
  ASSERT_TRUE(succeeds(define(
      [](w2n_caller *caller, void *, const w2n_value *args, w2n_value *results) -> w2n_error * {
        std::memset(w2n_memory_at(w2n_caller_memory(caller), uint64_t(args[0].of.i32), 8), 1, 8);
        results[0] = i32(args[1].of.i32 + 1);
        return nullptr;
      })));
  ASSERT_TRUE(succeeds(loadModule(buildSample(), module)));
  int32_t result = 0;
  for (int times = 0; times < 2; ++times) {
    w2n_instance *made = nullptr;
    ASSERT_TRUE(succeeds(w2n_linker_instantiate(linker.get(), module.get(), &made)));
    const InstancePtr owner(made);
    ASSERT_TRUE(succeeds(invoke(made, "call-host", 64, 5, result)));
    EXPECT_EQ(result, 6);
    ASSERT_TRUE(succeeds(invoke(made, "call-host", 64, 13, result)));
    EXPECT_EQ(result, 77);
  }
  EXPECT_EQ(first.before, 4u);
  EXPECT_EQ(first.after, 2u);
  EXPECT_EQ(second.before, 2u);
  EXPECT_EQ(second.after, 2u);
  EXPECT_EQ(second.lastResult, 6u);
  EXPECT_NE(first.lastName.find('.'), std::string::npos);
  w2n_record *none = nullptr;
  w2n_error *refused = w2n_linker_record(linker.get(), module.get(), path.c_str(), 1 << 20, &none);
  ASSERT_NE(refused, nullptr);
  w2n_error_free(refused);
  EXPECT_EQ(first.ended, 0u);
  linker.reset();
  EXPECT_EQ(first.ended, 1u);
  EXPECT_EQ(second.ended, 1u);
}

TEST_F(ApiRecordTest, RefusesAPluginInARecord) {
  ASSERT_TRUE(succeeds(loadModule(buildSample(), module)));
  w2n_record *started = nullptr;
  ASSERT_TRUE(
      succeeds(w2n_linker_record(linker.get(), module.get(), path.c_str(), 1 << 20, &started)));
  record.reset(started);
  Watcher watcher;
  const w2n_plugin functions = watcher.plugin();
  w2n_error *refused = w2n_linker_interpose(linker.get(), &functions);
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(w2n_error_kind_of(refused), W2N_ERROR_INVALID);
  w2n_error_free(refused);
}

} // namespace
} // namespace w2n::test
