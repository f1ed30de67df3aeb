// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/TraceFormat.h"

#include <cstdio>
#include <optional>

namespace w2n::wasi::trace {

namespace {

// A line stays readable: of texts and lists only the beginning is printed.
constexpr size_t maxTextBytes = 64;
constexpr uint32_t maxElements = 8;

struct NumberName {
  uint64_t number;
  const char *name;
};

std::string hex(uint64_t value) {
  char text[32];
  snprintf(text, sizeof(text), "%#llx", static_cast<unsigned long long>(value));
  return text;
}

std::string nameAmong(uint64_t value, std::span<const NumberName> names) {
  for (const NumberName &row : names)
    if (row.number == value)
      return row.name;
  return std::to_string(value);
}

/// The names of the bits, "a|b"; "0" if there are none.
std::string bitNames(uint64_t value, std::span<const NumberName> names) {
  std::string text;
  for (const NumberName &row : names)
    if (value & row.number) {
      text.append(text.empty() ? "" : "|").append(row.name);
      value &= ~row.number;
    }
  if (value != 0 || text.empty())
    text.append(text.empty() ? "" : "|").append(value == 0 ? "0" : hex(value));
  return text;
}

constexpr NumberName clockNames[] = {
    {0, "realtime"}, {1, "monotonic"}, {2, "process_cputime"}, {3, "thread_cputime"}};
constexpr NumberName fdFlagNames[] = {{fdflags::append, "append"},
                                      {fdflags::dsync, "dsync"},
                                      {fdflags::nonblock, "nonblock"},
                                      {fdflags::rsync, "rsync"},
                                      {fdflags::sync, "sync"}};
constexpr NumberName typeNames[] = {
    {0, "unknown"},      {1, "block_device"}, {2, "character_device"}, {3, "directory"},
    {4, "regular_file"}, {5, "socket_dgram"}, {6, "socket_stream"},    {7, "symbolic_link"}};
constexpr NumberName eventNames[] = {{0, "clock"}, {1, "fd_read"}, {2, "fd_write"}};
constexpr NumberName rightNames[] = {
#define W2N_WASI_RIGHT(name, bit, text) {uint64_t(1) << bit, text},
#include "runtime/wasi/Rights.def"
};

std::string rightsText(Rights value) {
  constexpr Rights all = (Rights(1) << std::size(rightNames)) - 1;
  constexpr int maxNames = 6;
  if ((value & all) == all)
    return "all";
  return __builtin_popcountll(value) > maxNames ? hex(value) : bitNames(value, rightNames);
}

void appendEscaped(std::string &out, std::span<const uint8_t> bytes) {
  for (uint8_t byte : bytes) {
    if (byte == '\n')
      out += "\\n";
    else if (byte == '"' || byte == '\\')
      (out += '\\') += char(byte);
    else if (byte >= 0x20 && byte < 0x7f)
      out += char(byte);
    else {
      char text[8];
      snprintf(text, sizeof(text), "\\x%02x", byte);
      out += text;
    }
  }
}

std::string quoted(std::span<const uint8_t> bytes) {
  std::string text = "\"";
  appendEscaped(text, bytes.first(std::min(bytes.size(), maxTextBytes)));
  return text += bytes.size() > maxTextBytes ? "\"..." : "\"";
}

/// The text of `bytes` bytes at the argument's address.
std::string textAt(const Argument &argument, uint32_t bytes) {
  auto buffer = argument.memory.buffer(uint32_t(argument.slots[0]), bytes);
  return buffer ? quoted(*buffer) : address(argument);
}

template <typename T> std::optional<T> valueAt(const Argument &argument) {
  if (argument.failed)
    return std::nullopt;
  auto view = argument.memory.view(GuestPointer<T>{uint32_t(argument.slots[0])});
  return view ? std::optional(view->load()) : std::nullopt;
}

template <typename T> std::string numberAt(const Argument &argument) {
  auto value = valueAt<T>(argument);
  return value ? std::to_string(*value) : address(argument);
}

/// "[a, b]" of `text(element)` for each `T` of a list of `count`.
template <typename T, typename Text>
std::string listAt(const Argument &argument, uint32_t count, Text text) {
  auto list = argument.memory.array(GuestPointer<T>{uint32_t(argument.slots[0])}, count);
  if (!list)
    return address(argument);
  std::string line = "[";
  for (uint32_t index = 0; index < std::min(count, maxElements); ++index)
    line.append(index == 0 ? "" : ", ").append(text(list->load(index)));
  return line += count > maxElements ? ", ...]" : "]";
}

std::string buffers(const Argument &argument, uint64_t bytes) {
  return listAt<IoVector>(argument, uint32_t(argument.slots[1]), [&](const IoVector &vector) {
    const auto used = uint32_t(std::min<uint64_t>(vector.bytes, bytes));
    bytes -= used;
    auto buffer = argument.memory.buffer(vector.buffer, used);
    return buffer ? quoted(*buffer) : hex(vector.buffer);
  });
}

template <typename S> std::string subscriptionList(const Argument &argument) {
  return listAt<S>(argument, uint32_t(argument.slots[2]), [](const S &subscription) {
    std::string text = "{" + nameAmong(uint8_t(subscription.type), eventNames);
    if (subscription.type != EventType::Clock)
      return text + " fd=" + std::to_string(subscription.fd) + "}";
    const SubscriptionClock &clock = subscription.clock;
    return text + "=" + nameAmong(clock.id, clockNames) +
           " timeoutNs=" + std::to_string(clock.timeoutNs) + (clock.flags & 1 ? " absolute}" : "}");
  });
}

template <typename Stat> std::string statusAt(const Argument &argument) {
  auto status = valueAt<Stat>(argument);
  if (!status)
    return address(argument);
  return "{" + nameAmong(uint8_t(status->type), typeNames) +
         " inode=" + std::to_string(status->inode) + " links=" + std::to_string(status->links) +
         " bytes=" + std::to_string(status->bytes) +
         " modifiedNs=" + std::to_string(status->modifiedNs) + "}";
}

} // namespace

std::string number(const Argument &argument) { return std::to_string(uint32_t(argument.slots[0])); }
std::string number64(const Argument &argument) { return std::to_string(argument.slots[0]); }
std::string signedNumber(const Argument &argument) {
  return std::to_string(int64_t(argument.slots[0]));
}
std::string address(const Argument &argument) { return hex(uint32_t(argument.slots[0])); }
std::string buffer(const Argument &argument) {
  return address(argument) + "[" + std::to_string(uint32_t(argument.slots[1])) + "]";
}
std::string clockId(const Argument &argument) {
  return nameAmong(uint32_t(argument.slots[0]), clockNames);
}

std::string signal(const Argument &argument) {
  constexpr NumberName names[] = {
      {1, "hup"},     {2, "int"},   {3, "quit"},   {4, "ill"},   {5, "trap"},  {6, "abrt"},
      {7, "bus"},     {8, "fpe"},   {9, "kill"},   {10, "usr1"}, {11, "segv"}, {12, "usr2"},
      {13, "pipe"},   {14, "alrm"}, {15, "term"},  {16, "chld"}, {17, "cont"}, {18, "stop"},
      {19, "tstp"},   {20, "ttin"}, {21, "ttou"},  {22, "urg"},  {23, "xcpu"}, {24, "xfsz"},
      {25, "vtalrm"}, {26, "prof"}, {27, "winch"}, {28, "poll"}, {29, "pwr"},  {30, "sys"}};
  return nameAmong(uint32_t(argument.slots[0]), names);
}
std::string advice(const Argument &argument) {
  constexpr NumberName names[] = {{0, "normal"},   {1, "sequential"}, {2, "random"},
                                  {3, "willneed"}, {4, "dontneed"},   {5, "noreuse"}};
  return nameAmong(uint32_t(argument.slots[0]), names);
}
std::string whence(const Argument &argument) {
  constexpr NumberName names[] = {{0, "set"}, {1, "cur"}, {2, "end"}};
  return nameAmong(uint32_t(argument.slots[0]), names);
}
std::string whenceUnstable(const Argument &argument) {
  constexpr NumberName names[] = {{0, "cur"}, {1, "end"}, {2, "set"}};
  return nameAmong(uint32_t(argument.slots[0]), names);
}
std::string lookupFlags(const Argument &argument) {
  constexpr NumberName names[] = {{lookupflags::symlinkFollow, "symlink_follow"}};
  return bitNames(uint32_t(argument.slots[0]), names);
}
std::string openFlags(const Argument &argument) {
  constexpr NumberName names[] = {{oflags::create, "creat"},
                                  {oflags::directory, "directory"},
                                  {oflags::exclusive, "excl"},
                                  {oflags::truncate, "trunc"}};
  return bitNames(uint32_t(argument.slots[0]), names);
}
std::string fdFlags(const Argument &argument) {
  return bitNames(uint32_t(argument.slots[0]), fdFlagNames);
}
std::string timeFlags(const Argument &argument) {
  constexpr NumberName names[] = {{fstflags::atim, "atim"},
                                  {fstflags::atimNow, "atim_now"},
                                  {fstflags::mtim, "mtim"},
                                  {fstflags::mtimNow, "mtim_now"}};
  return bitNames(uint32_t(argument.slots[0]), names);
}
std::string receiveFlags(const Argument &argument) {
  constexpr NumberName names[] = {{1, "recv_peek"}, {2, "recv_waitall"}};
  return bitNames(uint32_t(argument.slots[0]), names);
}
std::string shutdownHow(const Argument &argument) {
  constexpr NumberName names[] = {{1, "rd"}, {2, "wr"}};
  return bitNames(uint32_t(argument.slots[0]), names);
}
std::string rightsSet(const Argument &argument) { return rightsText(argument.slots[0]); }

std::string path(const Argument &argument) { return textAt(argument, uint32_t(argument.slots[1])); }
std::string name(const Argument &argument) {
  return argument.failed ? address(argument) : path(argument);
}
std::string text(const Argument &argument) {
  return argument.failed ? address(argument) : textAt(argument, argument.moved);
}
std::string gathered(const Argument &argument) { return buffers(argument, UINT64_MAX); }
std::string scattered(const Argument &argument) {
  return argument.failed ? address(argument) : buffers(argument, argument.moved);
}
std::string subscriptions(const Argument &argument) {
  return subscriptionList<Subscription>(argument);
}
std::string subscriptionsUnstable(const Argument &argument) {
  return subscriptionList<SubscriptionUnstable>(argument);
}
std::string events(const Argument &argument) {
  if (argument.failed)
    return address(argument);
  return listAt<Event>(argument, argument.moved, [](const Event &event) {
    return "{" + nameAmong(uint8_t(event.type), eventNames) + " userdata=" + hex(event.userdata) +
           " error=" + nameOf(Errno(event.error)) + "}";
  });
}

std::string number16At(const Argument &argument) { return numberAt<uint16_t>(argument); }
std::string number32At(const Argument &argument) { return numberAt<uint32_t>(argument); }
std::string number64At(const Argument &argument) { return numberAt<uint64_t>(argument); }

std::string fdStatAt(const Argument &argument) {
  auto status = valueAt<FdStat>(argument);
  if (!status)
    return address(argument);
  return "{" + nameAmong(uint8_t(status->type), typeNames) +
         " flags=" + bitNames(status->flags, fdFlagNames) + " base=" + rightsText(status->base) +
         " inheriting=" + rightsText(status->inheriting) + "}";
}
std::string fileStatAt(const Argument &argument) { return statusAt<FileStat>(argument); }
std::string fileStatUnstableAt(const Argument &argument) {
  return statusAt<FileStatUnstable>(argument);
}
std::string prestatAt(const Argument &argument) {
  auto status = valueAt<Prestat>(argument);
  return status ? "{directory nameBytes=" + std::to_string(status->nameBytes) + "}"
                : address(argument);
}

} // namespace w2n::wasi::trace
