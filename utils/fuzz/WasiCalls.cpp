// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Fuzzes the calls of WASI: any call, with any arguments, on any memory. The input is a list of
// operations: calls, and bytes to put into the guest's memory, so that structures and paths that
// make sense come up. Nothing outside of the guest's directory may change, and what the calls leave
// in the table of descriptors stays usable; and a call writes only where it says (CallWrites.h).
// Both ways of resolving paths, on alternate inputs.
#include "runtime/wasi/CallTable.h"
#include "runtime/wasi/WasiContext.h"
#include "test/unit/wasi/WriteCheck.h"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/socket.h>

namespace {

using namespace w2n;
using namespace w2n::wasi;
namespace fs = std::filesystem;

constexpr uint32_t memoryBytes = 2048;

/// Takes numbers from the input; zeros when it is used up.
class Input {
public:
  Input(const uint8_t *data, size_t size) : rest(data, size) {}
  bool empty() const { return rest.empty(); }
  uint64_t number(size_t bytes) {
    uint64_t value = 0;
    for (size_t index = 0; index < bytes; ++index)
      value |= uint64_t(byte()) << (8 * index);
    return value;
  }
  uint8_t byte() {
    if (rest.empty())
      return 0;
    const uint8_t value = rest.front();
    rest = rest.subspan(1);
    return value;
  }

private:
  std::span<const uint8_t> rest;
};

/// A directory for the guest, with links that lead out, beside one that it must not reach.
class World {
public:
  World() {
    std::string name = (fs::temp_directory_path() / "w2n-fuzz-XXXXXX").string();
    base = mkdtemp(name.data());
    fs::create_directories(base / "outside");
    std::ofstream(base / "outside" / "file") << "secret";
    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets);
    close(sockets[1]);
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
  }
  ~World() { fs::remove_all(base); }

  std::shared_ptr<WasiContext> makeContext(PathMethod method) {
    fs::remove_all(base / "root");
    fs::create_directories(base / "root" / "d");
    std::ofstream(base / "root" / "f") << "0123456789";
    fs::create_symlink("../outside", base / "root" / "o");
    fs::create_symlink("d", base / "root" / "l");
    WasiOptions options;
    options.arguments = {"a"};
    options.preopens = {{base / "root", "/"}, {base / "root", "/r", /*readOnly=*/true}};
    options.listeners = {sockets[0]};
    options.standardInput = options.standardOutput = options.standardError = null;
    // Sleeping takes no time.
    options.clocks = {ClockMode::Frozen, 1};
    options.seed = 1;
    options.quotaBytes = 1 << 20;
    options.maxOpenFiles = 64;
    options.pathMethod = method;
    return *WasiContext::create(std::move(options));
  }

  /// Ends the process if the guest got out.
  void check() const {
    size_t entries = 0;
    for (const auto &entry : fs::directory_iterator(base))
      entries += !entry.path().empty();
    std::ifstream file(base / "outside" / "file");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const bool alone =
        std::distance(fs::directory_iterator(base / "outside"), fs::directory_iterator()) == 1;
    if (entries != 2 || text != "secret" || !alone ||
        fs::hard_link_count(base / "outside" / "file") != 1)
      abort();
  }

private:
  fs::path base;
  int sockets[2], null;
};

/// A number as a guest may give it: often small, as descriptors, flags and addresses are.
uint64_t argument(Input &input) {
  const uint8_t kind = input.byte();
  if (kind < 128)
    return kind & 31;
  return input.number(kind < 192 ? 2 : kind < 224 ? 4 : 8);
}

void call(WasiContext &context, std::span<uint8_t> memory, Input &input) {
  const auto calls = allCalls();
  const bool unstable = input.byte() & 1;
  const Call *row = &calls[input.byte() % calls.size()];
  if (unstable)
    row = findCall("wasi_unstable", row->name);
  std::vector<runtime::Slot> slots(std::max<size_t>(row->type().params.size(), 1));
  for (runtime::Slot &slot : slots)
    slot = argument(input);
  const WriteCheck check(*row, context, memory, slots);
  (void)invokeTraced(*row, [](std::string_view) {}, context, GuestMemory(memory), slots);
  if (!check.holds(slots))
    abort();
}

void store(std::span<uint8_t> memory, Input &input) {
  size_t address = input.number(2) % memory.size();
  for (uint8_t count = input.byte() % 64; count != 0 && address < memory.size(); --count)
    memory[address++] = input.byte();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static World world;
  Input input(data, size);
  const auto context =
      world.makeContext(input.byte() & 1 ? PathMethod::Walk : PathMethod::Automatic);
  // Names that are there, and an allocation of its own, so that one byte too far is noticed.
  std::vector<uint8_t> memory(memoryBytes);
  constexpr char names[] = "f\0d/x\0l/../f\0../outside/file\0o/file";
  std::memcpy(memory.data(), names, sizeof(names));
  constexpr unsigned maxOperations = 64;
  for (unsigned count = 0; count < maxOperations && !input.empty(); ++count) {
    if (input.byte() & 1)
      store(memory, input);
    else
      call(*context, memory, input);
  }
  world.check();
  return 0;
}
