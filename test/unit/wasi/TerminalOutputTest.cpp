// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The output of a guest that a terminal gets: the filter by itself, and standard streams on a
// pseudo-terminal, a pipe and a file.
#include "runtime/wasi/TerminalOutput.h"

#include "runtime/wasi/CallTable.h"
#include "runtime/wasi/WasiContext.h"
#include "test/unit/wasi/TemporaryDirectory.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <random>
#include <termios.h>
#include <unistd.h>

using namespace w2n::wasi;
using namespace std::string_literals;

namespace {

std::string filtered(TerminalFilter &filter, std::string_view text) {
  TerminalFilter::Output room;
  const auto shown =
      filter.filter({reinterpret_cast<const uint8_t *>(text.data()), text.size()}, room);
  return {reinterpret_cast<const char *>(shown.data()), shown.size()};
}
std::string filtered(std::string_view text) {
  TerminalFilter filter;
  return filtered(filter, text);
}

TEST(TerminalFilter, ShowsControlsAndKeepsTextAndLayout) {
  constexpr const char *replaced = "\xef\xbf\xbd"; // U+FFFD
  EXPECT_EQ(filtered("plain text\r\n\ttab\b"), "plain text\r\n\ttab\b");
  EXPECT_EQ(filtered("gr\u00fc\u00df, \u041b, \u20ac, \U0001f600"),
            "gr\u00fc\u00df, \u041b, \u20ac, \U0001f600");
  EXPECT_EQ(filtered("\x1b[31mred"), "\u241b[31mred");
  EXPECT_EQ(filtered("\a\v\f\x7f"), "\u2407\u240b\u240c\u2421");
  EXPECT_EQ(filtered("\0"s), "\u2400");
  // CSI and OSC as one character of the second half, and as a byte.
  EXPECT_EQ(filtered("\u009b31m\u009d"), replaced + "31m"s + replaced);
  EXPECT_EQ(filtered("\x9b"
                     "31m"),
            replaced + "31m"s);
  EXPECT_EQ(filtered("\u00a0"), "\u00a0"); // the first that is none
  // ESC in two and three bytes, a surrogate, and what begins a character and does not go on.
  EXPECT_EQ(filtered("\xc0\x9b"), replaced + std::string(replaced));
  EXPECT_EQ(filtered("\xe0\x80\x9b").find('\x9b'), std::string::npos);
  EXPECT_EQ(filtered("\xe2\x82z"), replaced + "z"s);
  EXPECT_EQ(filtered("\xc3\x1b["), replaced + "\u241b["s);
}

TEST(TerminalFilter, IsTheSameHoweverTheTextIsCut) {
  const std::string text =
      "a\u009b1m\x1b]0;x\a \u20ac\xe2\x82\x9b\xf0\x9f\x98\x80\xc2\xc2\x9b\x7f~";
  const std::string whole = filtered(text);
  for (size_t first = 0; first <= text.size(); ++first)
    for (size_t second = first; second <= text.size(); ++second) {
      TerminalFilter filter;
      std::string parts = filtered(filter, text.substr(0, first));
      parts += filtered(filter, text.substr(first, second - first));
      parts += filtered(filter, text.substr(second));
      ASSERT_EQ(parts, whole) << first << ", " << second;
    }
}

/// Whether a terminal could take a part of `shown` for a command, whatever it takes bytes for that
/// are no UTF-8.
bool isHarmless(std::string_view shown) {
  for (size_t index = 0; index < shown.size(); ++index) {
    const auto byte = uint8_t(shown[index]);
    if ((byte < 0x20 && !strchr("\b\t\n\r", byte)) || byte == 0x7f)
      return false;
    if (byte == 0xc2 && (index + 1 == shown.size() || uint8_t(shown[index + 1]) < 0xa0))
      return false;
  }
  return true;
}

TEST(TerminalFilter, LetsNoControlThroughInWhateverPieces) {
  // Bytes that matter are drawn more often than others.
  constexpr uint8_t likely[] = {0x1b, 0x9b, 0xc2, 0xe0, 0xe2, 0xf0, 0x80, 0x9f, 0xa0, 'A', 0x7f};
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    TerminalFilter filter;
    std::string shown;
    for (int piece = 0; piece < 8; ++piece) {
      std::string bytes(random() % 6, 0);
      for (char &byte : bytes)
        byte = char(random() % 2 ? likely[random() % std::size(likely)] : random() % 256);
      shown += filtered(filter, bytes);
    }
    ASSERT_TRUE(isHarmless(shown));
  }
}

/// A pseudo-terminal that changes nothing in what is written.
struct Terminal {
  Terminal() : master(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    EXPECT_EQ(grantpt(master.get()), 0);
    EXPECT_EQ(unlockpt(master.get()), 0);
    slave = Descriptor(open(ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
    termios modes;
    tcgetattr(slave.get(), &modes);
    cfmakeraw(&modes);
    tcsetattr(slave.get(), TCSANOW, &modes);
  }
  std::string read(size_t bytes) {
    std::string text;
    pollfd ready = {master.get(), POLLIN, 0};
    while (text.size() < bytes && poll(&ready, 1, 5000) > 0) {
      char part[4096];
      const ssize_t count = ::read(master.get(), part, sizeof(part));
      if (count <= 0)
        break;
      text.append(part, size_t(count));
    }
    return text;
  }
  Descriptor master, slave;
};

class StreamTest : public testing::Test {
protected:
  void give(WasiOptions options) { context = *WasiContext::create(std::move(options)); }
  void giveOutput(int host, bool rawTerminal = false) {
    WasiOptions options;
    options.standardInput = -1;
    options.standardOutput = options.standardError = host;
    options.rawTerminal = rawTerminal;
    give(std::move(options));
  }
  Errno call(std::string_view name, auto... arguments) {
    std::array slots = {w2n::runtime::Slot(arguments)..., w2n::runtime::Slot(0)};
    EXPECT_TRUE(
        findCall("wasi_snapshot_preview1", name)->invoke(*context, GuestMemory(bytes), slots));
    return Errno(slots[0]);
  }
  template <typename T> T load(uint32_t address) {
    T value;
    std::memcpy(&value, bytes.data() + address, sizeof(T));
    return value;
  }
  void put(std::string_view text) {
    std::memcpy(bytes.data() + 64, text.data(), text.size());
    const IoVector vector = {64, uint32_t(text.size())};
    std::memcpy(bytes.data() + 16, &vector, sizeof(vector));
  }
  /// The number of bytes that the guest is told were written.
  uint32_t write(uint32_t fd, std::string_view text) {
    put(text);
    EXPECT_EQ(call("fd_write", fd, 16, 1, 0), Errno::Success);
    return load<uint32_t>(0);
  }
  /// As wasi-libc's isatty() finds out.
  bool isTerminal(uint32_t fd) {
    EXPECT_EQ(call("fd_fdstat_get", fd, 0), Errno::Success);
    const auto status = load<FdStat>(0);
    return status.type == FileType::CharacterDevice &&
           !(status.base & (rights::fdSeek | rights::fdTell));
  }

  std::vector<uint8_t> bytes = std::vector<uint8_t>(65536);
  TemporaryDirectory host;
  std::shared_ptr<WasiContext> context;
};

TEST_F(StreamTest, ATerminalGetsNoCommandsAndTheGuestItsOwnCount) {
  Terminal terminal;
  giveOutput(terminal.slave.get());
  EXPECT_EQ(write(1, "\x1b[2J"), 4u);
  EXPECT_EQ(write(2, "\u009b"), 2u);
  // In two calls, and the other stream in between.
  EXPECT_EQ(write(1, "\xc2"), 1u);
  EXPECT_EQ(write(2, "x"), 1u);
  EXPECT_EQ(write(1, "\x9b."), 2u);
  const std::string shown = "\u241b[2J\ufffdx\ufffd.";
  EXPECT_EQ(terminal.read(shown.size()), shown);
  // Rights that are taken away take no filter along.
  ASSERT_EQ(call("fd_fdstat_set_rights", 1, rights::fdWrite, 0), Errno::Success);
  EXPECT_EQ(write(1, "\x1b"), 1u);
  EXPECT_EQ(terminal.read(3), "\u241b");
}

TEST_F(StreamTest, MuchTextReachesATerminalWhole) {
  Terminal terminal;
  giveOutput(terminal.slave.get());
  std::string text;
  while (text.size() < 3000)
    text += "line \u20ac\n";
  EXPECT_EQ(write(1, text), text.size());
  EXPECT_EQ(terminal.read(text.size()), text);
}

TEST_F(StreamTest, ATerminalGetsEverythingIfAskedFor) {
  Terminal terminal;
  giveOutput(terminal.slave.get(), /*rawTerminal=*/true);
  EXPECT_EQ(write(1, "\x1b[2J\x9b"), 5u);
  EXPECT_EQ(terminal.read(5), "\x1b[2J\x9b");
}

TEST_F(StreamTest, OnlyTerminalsAreTerminals) {
  Terminal terminal;
  giveOutput(terminal.slave.get());
  EXPECT_TRUE(isTerminal(1));
  Descriptor null(open("/dev/null", O_RDWR | O_CLOEXEC));
  WasiOptions options;
  options.standardInput = options.standardOutput = null.get();
  options.standardError = -1;
  options.preopens = {{"/dev", "/dev"}};
  give(std::move(options));
  EXPECT_FALSE(isTerminal(0));
  EXPECT_FALSE(isTerminal(1));
  // Nor is one that a program opens, with whatever rights.
  put("null");
  for (Rights base : {rights::fdRead | rights::fdSeek | rights::fdTell, rights::fdRead}) {
    ASSERT_EQ(call("path_open", 3, 0, 64, 4, 0, base, 0, 0, 0), Errno::Success);
    const auto fd = load<uint32_t>(0);
    EXPECT_FALSE(isTerminal(fd));
    ASSERT_EQ(call("fd_fdstat_set_rights", fd, rights::fdRead, 0), Errno::Success);
    EXPECT_FALSE(isTerminal(fd));
  }
}

TEST_F(StreamTest, AFileThatIsAStreamIsWrittenInOrder) {
  host.write("out", "what was there before");
  Descriptor file(open((host / "out").c_str(), O_RDWR | O_CLOEXEC));
  lseek(file.get(), 5, SEEK_SET);
  giveOutput(file.get());
  put("XX");
  for (uint32_t fd : {1u, 2u}) {
    EXPECT_EQ(call("fd_pwrite", fd, 16, 1, 0, 0), Errno::Spipe);
    EXPECT_EQ(call("fd_seek", fd, 0, 0, 0), Errno::Spipe);
    EXPECT_EQ(call("fd_seek", fd, 0, 1, 0), Errno::Spipe);
    EXPECT_EQ(call("fd_tell", fd, 0), Errno::Spipe);
    EXPECT_EQ(call("fd_filestat_set_size", fd, 0), Errno::NotCapable);
    EXPECT_EQ(call("fd_allocate", fd, 0, 100), Errno::NotCapable);
    EXPECT_EQ(call("fd_fdstat_set_flags", fd, 0), Errno::NotCapable);
    EXPECT_EQ(call("fd_pread", fd, 16, 1, 0, 0), Errno::NotCapable);
  }
  EXPECT_EQ(write(1, "A"), 1u);
  EXPECT_EQ(write(2, "B"), 1u);
  EXPECT_EQ(host.read("out"), "what ABs there before");
}

TEST_F(StreamTest, InputIsReadAnywhereIfItIsForReadingOnly) {
  host.write("in", "0123456789");
  for (int mode : {O_RDONLY, O_RDWR}) {
    Descriptor file(open((host / "in").c_str(), mode | O_CLOEXEC));
    WasiOptions options;
    options.standardInput = file.get();
    options.standardOutput = options.standardError = -1;
    give(std::move(options));
    put(".");
    const Errno expected = mode == O_RDONLY ? Errno::Success : Errno::Spipe;
    EXPECT_EQ(call("fd_seek", 0, 4, 0, 0), expected);
    EXPECT_EQ(call("fd_pread", 0, 16, 1, 7, 0), expected);
    EXPECT_EQ(call("fd_read", 0, 16, 1, 0), Errno::Success);
    EXPECT_EQ(bytes[64], mode == O_RDONLY ? '4' : '0');
  }
}

TEST_F(StreamTest, AsManyBuffersAsTheSystemTakesAreOneWrite) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  Descriptor readEnd(ends[0]), writeEnd(ends[1]);
  giveOutput(writeEnd.get());
  constexpr uint32_t buffer = 64, list = 128, maxList = 1024;
  std::memcpy(bytes.data() + buffer, "abcdefghij", 10);
  for (auto [count, written] :
       {std::pair(200u, 200u), std::pair(maxList, maxList), std::pair(1500u, maxList)}) {
    for (uint32_t index = 0; index < count; ++index) {
      const IoVector vector = {buffer, 10};
      std::memcpy(bytes.data() + list + index * sizeof(vector), &vector, sizeof(vector));
    }
    ASSERT_EQ(call("fd_write", 1, list, count, 0), Errno::Success);
    EXPECT_EQ(load<uint32_t>(0), 10 * written);
    char text[16384];
    EXPECT_EQ(::read(readEnd.get(), text, sizeof(text)), ssize_t(10 * written));
  }
}

} // namespace
