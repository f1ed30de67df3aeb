// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// WASI 0.2: whatever a guest passes to any function, the call ends, with a result, a trap or an
// exit.
#include "test/unit/wasi/P2Guest.h"

#include "runtime/core/Interrupt.h"

#include <random>

namespace w2n::wasi::p2 {
namespace {

class P2AnyCallTest : public P2Test {
protected:
  void SetUp() override {
    host.makeDirectory("root/dir");
    host.write("root/file", "0123456789");
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    input = Descriptor(ends[0]);
    inputEnd = Descriptor(ends[1]);
    WasiOptions options = nothing();
    options.arguments = {"program"};
    options.standardInput = input.get();
    options.standardOutput = null.get();
    options.preopens = {{host / "root", "/root"}};
    options.quotaBytes = 1 << 20;
    options.maxOpenFiles = 20;
    options.network.connect.push_back(*parseNetworkRule("127.0.0.1"));
    options.network.listen.push_back(*parseNetworkRule("127.0.0.1"));
    start(std::move(options));
    // Paths, and something that looks like arguments in memory.
    guest->put("file");
    guest->put("dir/new");
    for (uint32_t address = 1024; address < 4096; address += 4)
      guest->store(address, uint32_t(number()));
  }

  /// A handle, a length, an address, an edge, or anything.
  Slot number() {
    constexpr Slot edges[] = {
        0,        1,          2,          4095,    4096, 4097, 4104, 1 << 20, (1 << 20) - 4,
        ~Slot(0), 0x80000000, 0xffffffff, 1 << 16, 64};
    switch (random() % 4) {
    case 0:
      return random() % 40;
    case 1:
      return edges[random() % std::size(edges)];
    case 2:
      return 1024 + 8 * (random() % 384);
    default:
      return random();
    }
  }

  std::mt19937_64 random{1};
  Descriptor input, inputEnd, null{open("/dev/null", O_WRONLY | O_CLOEXEC)};
};

TEST_F(P2AnyCallTest, EndsWithoutHarm) {
  trace = [](std::string_view) {};
  constexpr int rounds = 30;
  int ended = 0, calls = 0;
  for (int round = 0; round < rounds; ++round)
    for (const runtime::HostInterfaceRow &interface : allInterfaces())
      for (const runtime::HostFunctionRow &row : interface.functions) {
        // Threads that look names up would outlive the test.
        if (row.name == "resolve-addresses")
          continue;
        std::vector<Slot> slots(17);
        for (Slot &slot : slots)
          slot = number();
        // A call that waits, waits for ever.
        auto interrupt = runtime::Interrupt::create(runtime::Interrupt::Clock::now() +
                                                    std::chrono::milliseconds(20));
        ASSERT_TRUE(interrupt);
        runtime::InterruptScope scope(*interrupt);
        const runtime::CallTrace traced = {interface.name, trace};
        ended += guest->call(row, slots, round % 2 ? &traced : nullptr).has_value();
        ++calls;
        // Places that allocations have taken are used again.
        guest->resetAllocations();
      }
  EXPECT_GT(calls, 3000);
  EXPECT_GT(ended, calls / 10);
}

} // namespace
} // namespace w2n::wasi::p2
