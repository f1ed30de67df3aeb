// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A guest that calls WASI 0.2 from a test.
#pragma once

#include "runtime/wasi/p2/Interfaces.h"
#include "runtime/wasi/p2/State.h"
#include "test/unit/component/FakeGuest.h"
#include "test/unit/wasi/TemporaryDirectory.h"

#include <fcntl.h>

namespace w2n::wasi::p2 {

class P2Test : public testing::Test {
protected:
  using Slot = runtime::Slot;

  void start(WasiOptions options) {
    auto created = WasiContext::create(std::move(options));
    ASSERT_TRUE(created) << created.error().text;
    state = std::make_shared<State>(*created);
    guest = std::make_unique<runtime::FakeGuest>(state);
  }
  /// Without anything of the test's own process.
  static WasiOptions nothing() {
    WasiOptions options;
    options.standardInput = options.standardOutput = options.standardError = -1;
    return options;
  }

  /// Calls "interface#name"; traps are failures. Returns the core result.
  Slot call(std::string_view path, std::vector<Slot> slots = {}) {
    const Status status = tryCall(path, std::move(slots));
    EXPECT_TRUE(status) << path << ": " << (status ? "" : status.error().text);
    return guest->result;
  }
  /// The error that ends the guest.
  Error errorOf(std::string_view path, std::vector<Slot> slots = {}) {
    const Status status = tryCall(path, std::move(slots));
    return status ? Error{ErrorKind::Internal, 0, "no error"} : status.error();
  }
  Status tryCall(std::string_view path, std::vector<Slot> slots) {
    const size_t hash = path.find('#');
    const auto *row = findFunction(path.substr(0, hash), path.substr(hash + 1));
    if (!row)
      return fail(ErrorKind::Internal, "no row");
    const runtime::CallTrace traced = {path.substr(0, hash), trace};
    return guest->call(*row, std::move(slots), trace ? &traced : nullptr);
  }

  /// A method of a stream with a result in memory, at `place`: the error's case, or "ok".
  std::string streamCall(std::string_view name, std::vector<Slot> slots) {
    slots.push_back(place);
    call("wasi:io/streams#[method]" + std::string(name), std::move(slots));
    if (guest->load<uint8_t>(place) == 0)
      return "ok";
    // The payload of result<_, stream-error> is at 4, of one with a u64 at 8.
    return guest->load<uint8_t>(place + errorOffset(name)) == 0 ? "last-operation-failed"
                                                                : "closed";
  }
  static uint32_t errorOffset(std::string_view name) {
    for (std::string_view part : {"check-write", "skip", "splice"})
      if (name.find(part) != name.npos)
        return 8;
    return 4;
  }
  /// The bytes that a read gives, or the error.
  std::string read(Slot stream, uint64_t len, std::string_view name = "input-stream.read") {
    const std::string outcome = streamCall(name, {stream, len});
    return outcome == "ok" ? "ok:" + guest->textAt(place + 4) : outcome;
  }
  std::string write(Slot stream, std::string_view text,
                    std::string_view name = "output-stream.blocking-write-and-flush") {
    return streamCall(name, {stream, guest->put(text), text.size()});
  }
  uint64_t checkWrite(Slot stream) {
    EXPECT_EQ(streamCall("output-stream.check-write", {stream}), "ok");
    return guest->load<uint64_t>(place + 8);
  }
  bool ready(Slot pollable) { return call("wasi:io/poll#[method]pollable.ready", {pollable}) != 0; }

  static constexpr uint32_t place = 64;
  std::shared_ptr<State> state;
  std::unique_ptr<runtime::FakeGuest> guest;
  runtime::CallTraceSink trace;
  TemporaryDirectory host;
};

} // namespace w2n::wasi::p2
