// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/unit/record/RecordedRun.h"

#include "lib/support/File.h"
#include "runtime/core/Memory.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <unistd.h>

namespace w2n::test {

using runtime::Caller;
using runtime::Function;
using runtime::Instance;
using runtime::Slot;

TemporaryRecord::TemporaryRecord() {
  std::string name = testing::TempDir() + "/w2n-record-XXXXXX";
  directory = mkdtemp(name.data());
  file = directory + "/run.rec";
}

TemporaryRecord::~TemporaryRecord() {
  unlink(file.c_str());
  rmdir(directory.c_str());
}

std::vector<uint8_t> TemporaryRecord::read() const {
  return readFile(file).value_or(std::vector<uint8_t>());
}

namespace {

Result<uint32_t> callExport(Instance &instance, std::string_view name, uint32_t first,
                            uint32_t second) {
  auto found = instance.findExport(name);
  if (!found)
    return fail(ErrorKind::Link, "no such export");
  Slot slots[2] = {first, second};
  W2N_CHECK(runtime::call(*std::get<std::shared_ptr<Function>>(*found), slots));
  return uint32_t(slots[0]);
}

} // namespace

RecordedRun::RecordedRun(runtime::HostCallback body, std::vector<uint8_t> artifact,
                         uint64_t maxBytes) {
  module = *loadBytes(artifact);
  recorder = *record::Recorder::create(
      *module, {}, {.path = file.path(), .maxBytes = maxBytes, .hostWritesUnseen = true});
  const wasm::FunctionType type = {{wasm::ValueType::i32(), wasm::ValueType::i32()},
                                   {wasm::ValueType::i32()}};
  auto resolve = [&](std::string_view, std::string_view, wasm::ExternKind) {
    return runtime::Extern(runtime::makeHostFunction(type, body));
  };
  runtime::InstanceOptions options;
  options.boundary = recorder;
  instance = *Instance::instantiate(module, resolve, options);
}

Result<uint32_t> RecordedRun::call(std::string_view name, uint32_t first, uint32_t second) {
  return callExport(*instance, name, first, second);
}

std::vector<uint8_t> RecordedRun::finish() {
  EXPECT_TRUE(recorder->finish());
  return file.read();
}

std::vector<uint8_t> recordAll() {
  RecordedRun run([](Caller caller, std::span<Slot> slots) -> Status {
    const auto operand = uint32_t(slots[0]);
    caller.memory()[operand] = 7;
    caller.memory()[60000] ^= 1;
    if (operand == 100) { // calls back
      W2N_TRY(sum, callExport(*caller.instance, "add", 30, 12));
      W2N_TRY(loaded, callExport(*caller.instance, "load", operand, 0));
      slots[0] = sum + loaded;
      return {};
    }
    if (operand == 200) { // hands a trap of the guest on
      W2N_TRY(quotient, callExport(*caller.instance, "divide", 1, 0));
      slots[0] = quotient;
      return {};
    }
    slots[0] = operand * 3;
    return {};
  });
  EXPECT_EQ(run.call("call-host", 50), 150u);
  run.instance->memory0()->bytes()[3000] = 9;
  EXPECT_EQ(run.call("load", 3000), 9u);
  EXPECT_EQ(run.call("call-host", 100), 49u);
  EXPECT_FALSE(run.call("call-host", 200));
  EXPECT_EQ(run.call("grow", 2), 1u);
  EXPECT_EQ(run.instance->memory0()->grow(1), 3);
  run.instance->memory0()->bytes()[200000] = 5;
  EXPECT_EQ(run.call("load", 200000), 5u);
  return run.finish();
}

record::ReplayResult replay(std::vector<uint8_t> log, const record::ReplayOptions &options,
                            const std::vector<uint8_t> &artifact) {
  auto replayer = record::Replayer::open(std::move(log));
  if (!replayer)
    return {record::ReplayEnd::Damaged, replayer.error().text, 0, 0, {}};
  auto result = (*replayer)->run(*loadBytes(artifact), options);
  return result ? *result
                : record::ReplayResult{record::ReplayEnd::Damaged, result.error().text, 0, 0, {}};
}

std::vector<record::Event> eventsOf(const std::vector<uint8_t> &log) {
  std::vector<record::Event> events;
  auto reader = *record::LogReader::open(log);
  for (auto payload = reader.next(); payload && *payload; payload = reader.next())
    events.push_back(*record::decode(**payload, 0));
  return events;
}

std::vector<uint8_t> logOf(const std::vector<record::Event> &events) {
  const TemporaryRecord file;
  auto writer = *record::LogWriter::create(file.path(), 1 << 20);
  std::vector<uint8_t> payload;
  for (const record::Event &event : events) {
    encode(event, payload);
    EXPECT_TRUE(writer->append(payload));
  }
  EXPECT_TRUE(writer->finish());
  return file.read();
}

} // namespace w2n::test
