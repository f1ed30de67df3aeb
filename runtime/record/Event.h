// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The records of a run. The guest and the host take turns; an event is written each time
// that the host gives way to the guest, with what it did since the guest gave way to it.
//
//   Call        the guest calls the host, which returns
//   CallBegins  the same, where the host calls back: entries follow, and CallEnds
//   Enters      the host calls a function of the guest
//   Leaves      that function returns or is left
#pragma once

#include "lib/support/Error.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace w2n::record {

/// kind, and the fields that it has.
#define W2N_RECORD_EVENTS(EVENT)                                                                   \
  EVENT(Header, HasText)                                                                           \
  EVENT(Instantiated, HasOutcome | HasState)                                                       \
  EVENT(Enters, HasFunction | HasFuel | HasWrites | HasSlots)                                      \
  EVENT(Leaves, HasOutcome | HasSlots | HasState)                                                  \
  EVENT(Call, HasFunction | HasArguments | HasOutcome | HasSlots | HasWrites)                      \
  EVENT(CallBegins, HasFunction | HasArguments)                                                    \
  EVENT(CallEnds, HasOutcome | HasSlots | HasWrites)                                               \
  EVENT(Memory, HasState)                                                                          \
  EVENT(Ends, HasNothing)

enum class EventKind : uint8_t {
  Nothing,
#define EVENT(name, fields) name,
  W2N_RECORD_EVENTS(EVENT)
#undef EVENT
};

/// How a call ended.
struct Outcome {
  std::optional<ErrorKind> error; ///< none: it returned
  uint32_t code = 0;
  std::string text = {};
  /// The error is the one that the host got from its last call of the guest, handed on.
  bool isInner = false;

  bool operator==(const Outcome &) const = default;
};

Outcome outcomeOf(const Status &status);
/// For messages: "returned", or the error.
std::string describe(const Outcome &outcome);

/// Bytes that the host wrote to a memory, or the number of its pages after the host made it grow.
struct MemoryWrite {
  uint32_t memory = 0;
  bool isGrowth = false;
  uint64_t address = 0; ///< or the number of pages
  std::span<const uint8_t> bytes = {};
};

struct Event {
  EventKind kind = EventKind::Nothing;
  uint32_t function = 0;
  /// A hash of what the function was given.
  uint32_t arguments = 0;
  std::optional<uint64_t> fuel = {};
  Outcome outcome = {};
  std::vector<uint64_t> slots = {};
  std::vector<MemoryWrite> writes = {};
  /// stateHash, where it was worth the time.
  std::optional<uint64_t> state = {};
  std::span<const uint8_t> text = {};
};

/// Replaces `payload` by the event.
void encode(const Event &event, std::vector<uint8_t> &payload);
/// Reads an event from untrusted bytes, which it refers to and which are at `offset` in the file.
/// Errors: Malformed.
Result<Event> decode(std::span<const uint8_t> payload, uint64_t offset);

} // namespace w2n::record
