// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The formats in which --trace prints arguments: a row for each type that Calls.h names.
#pragma once

#include "runtime/core/Extern.h"
#include "runtime/wasi/GuestMemory.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace w2n::wasi::trace {

/// An argument in its surroundings.
struct Argument {
  GuestMemory memory;
  /// The argument's slot, and those of the arguments that follow it.
  std::span<const runtime::Slot> slots;
  /// The call returned an error, and filled nothing.
  bool failed;
  /// The number that the call stored in its `Moved`: after the call, if it has one.
  uint32_t moved;
};

enum class When : uint8_t {
  Before, ///< what the guest gives
  After,  ///< what the call has filled
};

struct Format {
  std::string_view type;
  When when;
  std::string (*text)(const Argument &argument);
};

std::string number(const Argument &argument);
std::string number64(const Argument &argument);
std::string signedNumber(const Argument &argument);
std::string address(const Argument &argument);
std::string buffer(const Argument &argument);
std::string clockId(const Argument &argument);
std::string signal(const Argument &argument);
std::string advice(const Argument &argument);
std::string whence(const Argument &argument);
std::string whenceUnstable(const Argument &argument);
std::string lookupFlags(const Argument &argument);
std::string openFlags(const Argument &argument);
std::string fdFlags(const Argument &argument);
std::string timeFlags(const Argument &argument);
std::string receiveFlags(const Argument &argument);
std::string shutdownHow(const Argument &argument);
std::string rightsSet(const Argument &argument);
std::string path(const Argument &argument);
std::string name(const Argument &argument);
std::string text(const Argument &argument);
std::string gathered(const Argument &argument);
std::string scattered(const Argument &argument);
std::string subscriptions(const Argument &argument);
std::string subscriptionsUnstable(const Argument &argument);
std::string events(const Argument &argument);
std::string number16At(const Argument &argument);
std::string number32At(const Argument &argument);
std::string number64At(const Argument &argument);
std::string fdStatAt(const Argument &argument);
std::string fileStatAt(const Argument &argument);
std::string fileStatUnstableAt(const Argument &argument);
std::string prestatAt(const Argument &argument);

// Not inline: with UndefinedBehaviorSanitizer GCC 12 takes the address of a weak object for
// possibly null in constant expressions.
constexpr Format formats[] = {
    {"Fd", When::Before, number},
    {"Count", When::Before, number},
    {"uint32_t", When::Before, number},
    {"uint64_t", When::Before, number64},
    {"int64_t", When::Before, signedNumber},
    {"ClockId", When::Before, clockId},
    {"Signal", When::Before, signal},
    {"Advice", When::Before, advice},
    {"Whence", When::Before, whence},
    {"WhenceUnstable", When::Before, whenceUnstable},
    {"LookupFlags", When::Before, lookupFlags},
    {"OpenFlags", When::Before, openFlags},
    {"FdFlags", When::Before, fdFlags},
    {"TimeFlags", When::Before, timeFlags},
    {"ReceiveFlags", When::Before, receiveFlags},
    {"SendFlags", When::Before, number},
    {"ShutdownHow", When::Before, shutdownHow},
    {"Rights", When::Before, rightsSet},
    {"GuestPath", When::Before, path},
    {"Gather", When::Before, gathered},
    {"GuestArray<Subscription>", When::Before, subscriptions},
    {"GuestArray<SubscriptionUnstable>", When::Before, subscriptionsUnstable},
    {"Buffer", When::Before, buffer},
    {"GuestPointer<uint32_t>", When::Before, address},
    {"GuestPointer<char>", When::Before, address},
    {"OutName", When::After, name},
    {"OutText", When::After, text},
    {"Scatter", When::After, scattered},
    {"GuestArray<Event>", When::After, events},
    {"Moved", When::After, number32At},
    {"Out<uint16_t>", When::After, number16At},
    {"Out<uint32_t>", When::After, number32At},
    {"Out<uint64_t>", When::After, number64At},
    {"Out<FdStat>", When::After, fdStatAt},
    {"Out<FileStat>", When::After, fileStatAt},
    {"Out<FileStatUnstable>", When::After, fileStatUnstableAt},
    {"Out<Prestat>", When::After, prestatAt},
};

void aTypeHasNoRowInFormats();

/// Does not compile if there is none.
consteval const Format *formatOf(std::string_view type) {
  for (const Format &format : formats)
    if (format.type == type)
      return &format;
  aTypeHasNoRowInFormats();
  return nullptr;
}

} // namespace w2n::wasi::trace
