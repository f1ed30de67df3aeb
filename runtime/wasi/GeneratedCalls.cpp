// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Made by wasm2native-bindgen --runtime from Calls.h; changes would be lost.
// clang-format off
#include "runtime/wasi/Arguments.h"
#include "runtime/wasi/CallTable.h"
#include "runtime/wasi/Calls.h"
#include "runtime/wasi/TraceFormat.h"

namespace w2n::wasi {

namespace {

using runtime::Slot;

Status argsGetInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto pointers = arguments.pointer<GuestPointer<uint32_t>>(0);
  const auto text = arguments.pointer<GuestPointer<char>>(1);
  return arguments.finish(argsGet(context, memory, pointers, text));
}
constexpr CallParameter argsGetParameters[] = {
    {"pointers", 0, trace::formatOf("GuestPointer<uint32_t>")},
    {"text", 1, trace::formatOf("GuestPointer<char>")},
};

Status argsSizesGetInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto count = arguments.out<Out<uint32_t>>(0);
  const auto bytes = arguments.out<Out<uint32_t>>(1);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(argsSizesGet(context, count, bytes));
}
constexpr CallParameter argsSizesGetParameters[] = {
    {"count", 0, trace::formatOf("Out<uint32_t>")},
    {"bytes", 1, trace::formatOf("Out<uint32_t>")},
};

Status environGetInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto pointers = arguments.pointer<GuestPointer<uint32_t>>(0);
  const auto text = arguments.pointer<GuestPointer<char>>(1);
  return arguments.finish(environGet(context, memory, pointers, text));
}
constexpr CallParameter environGetParameters[] = {
    {"pointers", 0, trace::formatOf("GuestPointer<uint32_t>")},
    {"text", 1, trace::formatOf("GuestPointer<char>")},
};

Status environSizesGetInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto count = arguments.out<Out<uint32_t>>(0);
  const auto bytes = arguments.out<Out<uint32_t>>(1);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(environSizesGet(context, count, bytes));
}
constexpr CallParameter environSizesGetParameters[] = {
    {"count", 0, trace::formatOf("Out<uint32_t>")},
    {"bytes", 1, trace::formatOf("Out<uint32_t>")},
};

Status clockResGetInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto clock = arguments.number<ClockId>(0);
  const auto resolutionNs = arguments.out<Out<uint64_t>>(1);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(clockResGet(context, clock, resolutionNs));
}
constexpr CallParameter clockResGetParameters[] = {
    {"clock", 0, trace::formatOf("ClockId")},
    {"resolutionNs", 1, trace::formatOf("Out<uint64_t>")},
};

Status clockTimeGetInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto clock = arguments.number<ClockId>(0);
  const auto precisionNs = arguments.number<uint64_t>(1);
  const auto timeNs = arguments.out<Out<uint64_t>>(2);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(clockTimeGet(context, clock, precisionNs, timeNs));
}
constexpr CallParameter clockTimeGetParameters[] = {
    {"clock", 0, trace::formatOf("ClockId")},
    {"precisionNs", 1, trace::formatOf("uint64_t")},
    {"timeNs", 2, trace::formatOf("Out<uint64_t>")},
};

Status randomGetInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto buffer = arguments.buffer(0);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(randomGet(context, buffer));
}
constexpr CallParameter randomGetParameters[] = {
    {"buffer", 0, trace::formatOf("Buffer")},
};

Status procExitInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto code = arguments.number<uint32_t>(0);
  return arguments.finish(procExit(context, code));
}
constexpr CallParameter procExitParameters[] = {
    {"code", 0, trace::formatOf("uint32_t")},
};

Status procRaiseInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto signal = arguments.number<Signal>(0);
  return arguments.finish(procRaise(context, signal));
}
constexpr CallParameter procRaiseParameters[] = {
    {"signal", 0, trace::formatOf("Signal")},
};

Status schedYieldInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  return arguments.finish(schedYield(context));
}
constexpr std::span<const CallParameter> schedYieldParameters;

Status pollOneoffInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto subscriptions = arguments.array<GuestArray<Subscription>>(0, 2);
  const auto events = arguments.array<GuestArray<Event>>(1, 2);
  const auto count = arguments.number<Count>(2);
  const auto eventCount = arguments.out<Moved>(3);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(pollOneoff(context, subscriptions, events, count, eventCount));
}
constexpr CallParameter pollOneoffParameters[] = {
    {"subscriptions", 0, trace::formatOf("GuestArray<Subscription>")},
    {"events", 1, trace::formatOf("GuestArray<Event>")},
    {"count", 2, trace::formatOf("Count")},
    {"eventCount", 3, trace::formatOf("Moved")},
};

Status pollOneoffUnstableInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto subscriptions = arguments.array<GuestArray<SubscriptionUnstable>>(0, 2);
  const auto events = arguments.array<GuestArray<Event>>(1, 2);
  const auto count = arguments.number<Count>(2);
  const auto eventCount = arguments.out<Moved>(3);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(pollOneoffUnstable(context, subscriptions, events, count, eventCount));
}
constexpr CallParameter pollOneoffUnstableParameters[] = {
    {"subscriptions", 0, trace::formatOf("GuestArray<SubscriptionUnstable>")},
    {"events", 1, trace::formatOf("GuestArray<Event>")},
    {"count", 2, trace::formatOf("Count")},
    {"eventCount", 3, trace::formatOf("Moved")},
};

Status fdAdviseInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto offset = arguments.number<uint64_t>(1);
  const auto bytes = arguments.number<uint64_t>(2);
  const auto advice = arguments.number<Advice>(3);
  return arguments.finish(fdAdvise(context, fd, offset, bytes, advice));
}
constexpr CallParameter fdAdviseParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"offset", 1, trace::formatOf("uint64_t")},
    {"bytes", 2, trace::formatOf("uint64_t")},
    {"advice", 3, trace::formatOf("Advice")},
};

Status fdAllocateInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto offset = arguments.number<uint64_t>(1);
  const auto bytes = arguments.number<uint64_t>(2);
  return arguments.finish(fdAllocate(context, fd, offset, bytes));
}
constexpr CallParameter fdAllocateParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"offset", 1, trace::formatOf("uint64_t")},
    {"bytes", 2, trace::formatOf("uint64_t")},
};

Status fdCloseInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  return arguments.finish(fdClose(context, fd));
}
constexpr CallParameter fdCloseParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
};

Status fdDatasyncInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  return arguments.finish(fdDatasync(context, fd));
}
constexpr CallParameter fdDatasyncParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
};

Status fdFdstatGetInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto status = arguments.out<Out<FdStat>>(1);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(fdFdstatGet(context, fd, status));
}
constexpr CallParameter fdFdstatGetParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"status", 1, trace::formatOf("Out<FdStat>")},
};

Status fdFdstatSetFlagsInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto flags = arguments.number<FdFlags>(1);
  return arguments.finish(fdFdstatSetFlags(context, fd, flags));
}
constexpr CallParameter fdFdstatSetFlagsParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"flags", 1, trace::formatOf("FdFlags")},
};

Status fdFdstatSetRightsInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto base = arguments.number<Rights>(1);
  const auto inheriting = arguments.number<Rights>(2);
  return arguments.finish(fdFdstatSetRights(context, fd, base, inheriting));
}
constexpr CallParameter fdFdstatSetRightsParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"base", 1, trace::formatOf("Rights")},
    {"inheriting", 2, trace::formatOf("Rights")},
};

Status fdPrestatGetInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto status = arguments.out<Out<Prestat>>(1);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(fdPrestatGet(context, fd, status));
}
constexpr CallParameter fdPrestatGetParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"status", 1, trace::formatOf("Out<Prestat>")},
};

Status fdPrestatDirNameInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto name = arguments.buffer(1);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(fdPrestatDirName(context, fd, name));
}
constexpr CallParameter fdPrestatDirNameParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"name", 1, trace::formatOf("OutName")},
};

Status fdRenumberInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto from = arguments.number<Fd>(0);
  const auto to = arguments.number<Fd>(1);
  return arguments.finish(fdRenumber(context, from, to));
}
constexpr CallParameter fdRenumberParameters[] = {
    {"from", 0, trace::formatOf("Fd")},
    {"to", 1, trace::formatOf("Fd")},
};

Status fdSeekInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto offset = arguments.number<int64_t>(1);
  const auto whence = arguments.number<Whence>(2);
  const auto position = arguments.out<Out<uint64_t>>(3);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(fdSeek(context, fd, offset, whence, position));
}
constexpr CallParameter fdSeekParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"offset", 1, trace::formatOf("int64_t")},
    {"whence", 2, trace::formatOf("Whence")},
    {"position", 3, trace::formatOf("Out<uint64_t>")},
};

Status fdSeekUnstableInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto offset = arguments.number<int64_t>(1);
  const auto whence = arguments.number<WhenceUnstable>(2);
  const auto position = arguments.out<Out<uint64_t>>(3);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(fdSeekUnstable(context, fd, offset, whence, position));
}
constexpr CallParameter fdSeekUnstableParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"offset", 1, trace::formatOf("int64_t")},
    {"whence", 2, trace::formatOf("WhenceUnstable")},
    {"position", 3, trace::formatOf("Out<uint64_t>")},
};

Status fdSyncInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  return arguments.finish(fdSync(context, fd));
}
constexpr CallParameter fdSyncParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
};

Status fdTellInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto position = arguments.out<Out<uint64_t>>(1);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(fdTell(context, fd, position));
}
constexpr CallParameter fdTellParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"position", 1, trace::formatOf("Out<uint64_t>")},
};

Status fdFilestatGetInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto status = arguments.out<Out<FileStat>>(1);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(fdFilestatGet(context, fd, status));
}
constexpr CallParameter fdFilestatGetParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"status", 1, trace::formatOf("Out<FileStat>")},
};

Status fdFilestatGetUnstableInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto status = arguments.out<Out<FileStatUnstable>>(1);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(fdFilestatGetUnstable(context, fd, status));
}
constexpr CallParameter fdFilestatGetUnstableParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"status", 1, trace::formatOf("Out<FileStatUnstable>")},
};

Status fdFilestatSetSizeInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto bytes = arguments.number<uint64_t>(1);
  return arguments.finish(fdFilestatSetSize(context, fd, bytes));
}
constexpr CallParameter fdFilestatSetSizeParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"bytes", 1, trace::formatOf("uint64_t")},
};

Status fdFilestatSetTimesInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto accessedNs = arguments.number<uint64_t>(1);
  const auto modifiedNs = arguments.number<uint64_t>(2);
  const auto flags = arguments.number<TimeFlags>(3);
  return arguments.finish(fdFilestatSetTimes(context, fd, accessedNs, modifiedNs, flags));
}
constexpr CallParameter fdFilestatSetTimesParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"accessedNs", 1, trace::formatOf("uint64_t")},
    {"modifiedNs", 2, trace::formatOf("uint64_t")},
    {"flags", 3, trace::formatOf("TimeFlags")},
};

Status pathFilestatGetInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto lookup = arguments.number<LookupFlags>(1);
  const auto path = arguments.path(2);
  const auto status = arguments.out<Out<FileStat>>(4);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(pathFilestatGet(context, fd, lookup, path, status));
}
constexpr CallParameter pathFilestatGetParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"lookup", 1, trace::formatOf("LookupFlags")},
    {"path", 2, trace::formatOf("GuestPath")},
    {"status", 4, trace::formatOf("Out<FileStat>")},
};

Status pathFilestatGetUnstableInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto lookup = arguments.number<LookupFlags>(1);
  const auto path = arguments.path(2);
  const auto status = arguments.out<Out<FileStatUnstable>>(4);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(pathFilestatGetUnstable(context, fd, lookup, path, status));
}
constexpr CallParameter pathFilestatGetUnstableParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"lookup", 1, trace::formatOf("LookupFlags")},
    {"path", 2, trace::formatOf("GuestPath")},
    {"status", 4, trace::formatOf("Out<FileStatUnstable>")},
};

Status pathFilestatSetTimesInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto lookup = arguments.number<LookupFlags>(1);
  const auto path = arguments.path(2);
  const auto accessedNs = arguments.number<uint64_t>(4);
  const auto modifiedNs = arguments.number<uint64_t>(5);
  const auto flags = arguments.number<TimeFlags>(6);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(pathFilestatSetTimes(context, fd, lookup, path, accessedNs, modifiedNs, flags));
}
constexpr CallParameter pathFilestatSetTimesParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"lookup", 1, trace::formatOf("LookupFlags")},
    {"path", 2, trace::formatOf("GuestPath")},
    {"accessedNs", 4, trace::formatOf("uint64_t")},
    {"modifiedNs", 5, trace::formatOf("uint64_t")},
    {"flags", 6, trace::formatOf("TimeFlags")},
};

Status fdPreadInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto vectors = arguments.vectors(1);
  const auto offset = arguments.number<uint64_t>(3);
  const auto bytesRead = arguments.out<Moved>(4);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(fdPread(context, fd, vectors, offset, bytesRead));
}
constexpr CallParameter fdPreadParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"vectors", 1, trace::formatOf("Scatter")},
    {"offset", 3, trace::formatOf("uint64_t")},
    {"bytesRead", 4, trace::formatOf("Moved")},
};

Status fdPwriteInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto vectors = arguments.vectors(1);
  const auto offset = arguments.number<uint64_t>(3);
  const auto bytesWritten = arguments.out<Moved>(4);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(fdPwrite(context, fd, vectors, offset, bytesWritten));
}
constexpr CallParameter fdPwriteParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"vectors", 1, trace::formatOf("Gather")},
    {"offset", 3, trace::formatOf("uint64_t")},
    {"bytesWritten", 4, trace::formatOf("Moved")},
};

Status fdReadInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto vectors = arguments.vectors(1);
  const auto bytesRead = arguments.out<Moved>(3);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(fdRead(context, fd, vectors, bytesRead));
}
constexpr CallParameter fdReadParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"vectors", 1, trace::formatOf("Scatter")},
    {"bytesRead", 3, trace::formatOf("Moved")},
};

Status fdWriteInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto vectors = arguments.vectors(1);
  const auto bytesWritten = arguments.out<Moved>(3);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(fdWrite(context, fd, vectors, bytesWritten));
}
constexpr CallParameter fdWriteParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"vectors", 1, trace::formatOf("Gather")},
    {"bytesWritten", 3, trace::formatOf("Moved")},
};

Status fdReaddirInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto buffer = arguments.buffer(1);
  const auto cookie = arguments.number<uint64_t>(3);
  const auto bytesUsed = arguments.out<Moved>(4);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(fdReaddir(context, fd, buffer, cookie, bytesUsed));
}
constexpr CallParameter fdReaddirParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"buffer", 1, trace::formatOf("Buffer")},
    {"cookie", 3, trace::formatOf("uint64_t")},
    {"bytesUsed", 4, trace::formatOf("Moved")},
};

Status pathCreateDirectoryInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto path = arguments.path(1);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(pathCreateDirectory(context, fd, path));
}
constexpr CallParameter pathCreateDirectoryParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"path", 1, trace::formatOf("GuestPath")},
};

Status pathLinkInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto oldFd = arguments.number<Fd>(0);
  const auto oldLookup = arguments.number<LookupFlags>(1);
  const auto oldPath = arguments.path(2);
  const auto newFd = arguments.number<Fd>(4);
  const auto newPath = arguments.path(5);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(pathLink(context, oldFd, oldLookup, oldPath, newFd, newPath));
}
constexpr CallParameter pathLinkParameters[] = {
    {"oldFd", 0, trace::formatOf("Fd")},
    {"oldLookup", 1, trace::formatOf("LookupFlags")},
    {"oldPath", 2, trace::formatOf("GuestPath")},
    {"newFd", 4, trace::formatOf("Fd")},
    {"newPath", 5, trace::formatOf("GuestPath")},
};

Status pathOpenInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto lookup = arguments.number<LookupFlags>(1);
  const auto path = arguments.path(2);
  const auto openFlags = arguments.number<OpenFlags>(4);
  const auto base = arguments.number<Rights>(5);
  const auto inheriting = arguments.number<Rights>(6);
  const auto flags = arguments.number<FdFlags>(7);
  const auto opened = arguments.out<Out<uint32_t>>(8);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(pathOpen(context, fd, lookup, path, openFlags, base, inheriting, flags, opened));
}
constexpr CallParameter pathOpenParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"lookup", 1, trace::formatOf("LookupFlags")},
    {"path", 2, trace::formatOf("GuestPath")},
    {"openFlags", 4, trace::formatOf("OpenFlags")},
    {"base", 5, trace::formatOf("Rights")},
    {"inheriting", 6, trace::formatOf("Rights")},
    {"flags", 7, trace::formatOf("FdFlags")},
    {"opened", 8, trace::formatOf("Out<uint32_t>")},
};

Status pathReadlinkInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto path = arguments.path(1);
  const auto buffer = arguments.buffer(3);
  const auto bytesUsed = arguments.out<Moved>(5);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(pathReadlink(context, fd, path, buffer, bytesUsed));
}
constexpr CallParameter pathReadlinkParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"path", 1, trace::formatOf("GuestPath")},
    {"buffer", 3, trace::formatOf("OutText")},
    {"bytesUsed", 5, trace::formatOf("Moved")},
};

Status pathRemoveDirectoryInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto path = arguments.path(1);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(pathRemoveDirectory(context, fd, path));
}
constexpr CallParameter pathRemoveDirectoryParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"path", 1, trace::formatOf("GuestPath")},
};

Status pathRenameInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto oldFd = arguments.number<Fd>(0);
  const auto oldPath = arguments.path(1);
  const auto newFd = arguments.number<Fd>(3);
  const auto newPath = arguments.path(4);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(pathRename(context, oldFd, oldPath, newFd, newPath));
}
constexpr CallParameter pathRenameParameters[] = {
    {"oldFd", 0, trace::formatOf("Fd")},
    {"oldPath", 1, trace::formatOf("GuestPath")},
    {"newFd", 3, trace::formatOf("Fd")},
    {"newPath", 4, trace::formatOf("GuestPath")},
};

Status pathSymlinkInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto target = arguments.path(0);
  const auto fd = arguments.number<Fd>(2);
  const auto path = arguments.path(3);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(pathSymlink(context, target, fd, path));
}
constexpr CallParameter pathSymlinkParameters[] = {
    {"target", 0, trace::formatOf("GuestPath")},
    {"fd", 2, trace::formatOf("Fd")},
    {"path", 3, trace::formatOf("GuestPath")},
};

Status pathUnlinkFileInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto path = arguments.path(1);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(pathUnlinkFile(context, fd, path));
}
constexpr CallParameter pathUnlinkFileParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"path", 1, trace::formatOf("GuestPath")},
};

Status sockAcceptInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto flags = arguments.number<FdFlags>(1);
  const auto accepted = arguments.out<Out<uint32_t>>(2);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(sockAccept(context, fd, flags, accepted));
}
constexpr CallParameter sockAcceptParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"flags", 1, trace::formatOf("FdFlags")},
    {"accepted", 2, trace::formatOf("Out<uint32_t>")},
};

Status sockRecvInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto vectors = arguments.vectors(1);
  const auto flags = arguments.number<ReceiveFlags>(3);
  const auto bytesRead = arguments.out<Moved>(4);
  const auto flagsOut = arguments.out<Out<uint16_t>>(5);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(sockRecv(context, fd, vectors, flags, bytesRead, flagsOut));
}
constexpr CallParameter sockRecvParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"vectors", 1, trace::formatOf("Scatter")},
    {"flags", 3, trace::formatOf("ReceiveFlags")},
    {"bytesRead", 4, trace::formatOf("Moved")},
    {"flagsOut", 5, trace::formatOf("Out<uint16_t>")},
};

Status sockSendInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto vectors = arguments.vectors(1);
  const auto flags = arguments.number<SendFlags>(3);
  const auto bytesWritten = arguments.out<Moved>(4);
  if (arguments.failed()) [[unlikely]]
    return arguments.refuse();
  return arguments.finish(sockSend(context, fd, vectors, flags, bytesWritten));
}
constexpr CallParameter sockSendParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"vectors", 1, trace::formatOf("Gather")},
    {"flags", 3, trace::formatOf("SendFlags")},
    {"bytesWritten", 4, trace::formatOf("Moved")},
};

Status sockShutdownInvoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
  Arguments arguments(memory, slots);
  const auto fd = arguments.number<Fd>(0);
  const auto how = arguments.number<ShutdownHow>(1);
  return arguments.finish(sockShutdown(context, fd, how));
}
constexpr CallParameter sockShutdownParameters[] = {
    {"fd", 0, trace::formatOf("Fd")},
    {"how", 1, trace::formatOf("ShutdownHow")},
};

constexpr Call wasi_snapshot_preview1[] = {
    {"args_get", "ii:i", argsGetParameters, argsGetInvoke},
    {"args_sizes_get", "ii:i", argsSizesGetParameters, argsSizesGetInvoke},
    {"environ_get", "ii:i", environGetParameters, environGetInvoke},
    {"environ_sizes_get", "ii:i", environSizesGetParameters, environSizesGetInvoke},
    {"clock_res_get", "ii:i", clockResGetParameters, clockResGetInvoke},
    {"clock_time_get", "iIi:i", clockTimeGetParameters, clockTimeGetInvoke},
    {"random_get", "ii:i", randomGetParameters, randomGetInvoke},
    {"proc_exit", "i:", procExitParameters, procExitInvoke},
    {"proc_raise", "i:i", procRaiseParameters, procRaiseInvoke},
    {"sched_yield", ":i", schedYieldParameters, schedYieldInvoke},
    {"poll_oneoff", "iiii:i", pollOneoffParameters, pollOneoffInvoke},
    {"fd_advise", "iIIi:i", fdAdviseParameters, fdAdviseInvoke},
    {"fd_allocate", "iII:i", fdAllocateParameters, fdAllocateInvoke},
    {"fd_close", "i:i", fdCloseParameters, fdCloseInvoke},
    {"fd_datasync", "i:i", fdDatasyncParameters, fdDatasyncInvoke},
    {"fd_fdstat_get", "ii:i", fdFdstatGetParameters, fdFdstatGetInvoke},
    {"fd_fdstat_set_flags", "ii:i", fdFdstatSetFlagsParameters, fdFdstatSetFlagsInvoke},
    {"fd_fdstat_set_rights", "iII:i", fdFdstatSetRightsParameters, fdFdstatSetRightsInvoke},
    {"fd_prestat_get", "ii:i", fdPrestatGetParameters, fdPrestatGetInvoke},
    {"fd_prestat_dir_name", "iii:i", fdPrestatDirNameParameters, fdPrestatDirNameInvoke},
    {"fd_renumber", "ii:i", fdRenumberParameters, fdRenumberInvoke},
    {"fd_seek", "iIii:i", fdSeekParameters, fdSeekInvoke},
    {"fd_sync", "i:i", fdSyncParameters, fdSyncInvoke},
    {"fd_tell", "ii:i", fdTellParameters, fdTellInvoke},
    {"fd_filestat_get", "ii:i", fdFilestatGetParameters, fdFilestatGetInvoke},
    {"fd_filestat_set_size", "iI:i", fdFilestatSetSizeParameters, fdFilestatSetSizeInvoke},
    {"fd_filestat_set_times", "iIIi:i", fdFilestatSetTimesParameters, fdFilestatSetTimesInvoke},
    {"path_filestat_get", "iiiii:i", pathFilestatGetParameters, pathFilestatGetInvoke},
    {"path_filestat_set_times", "iiiiIIi:i", pathFilestatSetTimesParameters, pathFilestatSetTimesInvoke},
    {"fd_pread", "iiiIi:i", fdPreadParameters, fdPreadInvoke},
    {"fd_pwrite", "iiiIi:i", fdPwriteParameters, fdPwriteInvoke},
    {"fd_read", "iiii:i", fdReadParameters, fdReadInvoke},
    {"fd_write", "iiii:i", fdWriteParameters, fdWriteInvoke},
    {"fd_readdir", "iiiIi:i", fdReaddirParameters, fdReaddirInvoke},
    {"path_create_directory", "iii:i", pathCreateDirectoryParameters, pathCreateDirectoryInvoke},
    {"path_link", "iiiiiii:i", pathLinkParameters, pathLinkInvoke},
    {"path_open", "iiiiiIIii:i", pathOpenParameters, pathOpenInvoke},
    {"path_readlink", "iiiiii:i", pathReadlinkParameters, pathReadlinkInvoke},
    {"path_remove_directory", "iii:i", pathRemoveDirectoryParameters, pathRemoveDirectoryInvoke},
    {"path_rename", "iiiiii:i", pathRenameParameters, pathRenameInvoke},
    {"path_symlink", "iiiii:i", pathSymlinkParameters, pathSymlinkInvoke},
    {"path_unlink_file", "iii:i", pathUnlinkFileParameters, pathUnlinkFileInvoke},
    {"sock_accept", "iii:i", sockAcceptParameters, sockAcceptInvoke},
    {"sock_recv", "iiiiii:i", sockRecvParameters, sockRecvInvoke},
    {"sock_send", "iiiii:i", sockSendParameters, sockSendInvoke},
    {"sock_shutdown", "ii:i", sockShutdownParameters, sockShutdownInvoke},
};

constexpr Call wasi_unstable[] = {
    {"poll_oneoff", "iiii:i", pollOneoffUnstableParameters, pollOneoffUnstableInvoke},
    {"fd_seek", "iIii:i", fdSeekUnstableParameters, fdSeekUnstableInvoke},
    {"fd_filestat_get", "ii:i", fdFilestatGetUnstableParameters, fdFilestatGetUnstableInvoke},
    {"path_filestat_get", "iiiii:i", pathFilestatGetUnstableParameters, pathFilestatGetUnstableInvoke},
};

constexpr CallModule modules[] = {
    {"wasi_snapshot_preview1", wasi_snapshot_preview1},
    {"wasi_unstable", wasi_unstable},
};

} // namespace

std::span<const CallModule> generatedModules() { return modules; }

} // namespace w2n::wasi
