// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/record/Event.h"

#include "lib/support/ByteReader.h"

#include <iterator>

namespace w2n::record {

namespace {

enum Field : uint32_t {
  HasNothing = 0,
  HasFunction = 1,
  HasArguments = 2,
  HasFuel = 4,
  HasOutcome = 8,
  HasSlots = 16,
  HasWrites = 32,
  HasState = 64,
  HasText = 128
};

constexpr uint32_t fieldsOf[] = {HasNothing,
#define EVENT(name, fields) fields,
                                 W2N_RECORD_EVENTS(EVENT)
#undef EVENT
};

constexpr uint32_t greatestKind = uint32_t(ErrorKind::Interrupted);
/// The most bytes of an error's text.
constexpr size_t maxTextBytes = 4096;

class Encoder {
public:
  explicit Encoder(std::vector<uint8_t> &out) : out(out) {}

  void number(uint64_t value) {
    for (; value >= 128; value >>= 7)
      out.push_back(uint8_t(value) | 128);
    out.push_back(uint8_t(value));
  }
  void bytes(std::span<const uint8_t> more) {
    number(more.size());
    out.insert(out.end(), more.begin(), more.end());
  }
  void optional(const std::optional<uint64_t> &value) {
    number(value.has_value());
    if (value)
      number(*value);
  }
  void outcome(const Outcome &outcome) {
    if (!outcome.error)
      return number(0);
    number((uint32_t(*outcome.error) + 1) << 1 | outcome.isInner);
    number(outcome.code);
    const std::string_view text = std::string_view(outcome.text).substr(0, maxTextBytes);
    bytes({reinterpret_cast<const uint8_t *>(text.data()), text.size()});
  }
  void write(const MemoryWrite &write) {
    number(uint64_t(write.memory) << 1 | write.isGrowth);
    number(write.address);
    if (!write.isGrowth)
      bytes(write.bytes);
  }

private:
  std::vector<uint8_t> &out;
};

class Decoder {
public:
  Decoder(std::span<const uint8_t> payload, uint64_t offset) : in(payload, offset) {}

  Result<uint64_t> number() { return in.readU64(); }
  Result<std::span<const uint8_t>> bytes() {
    W2N_TRY(size, number());
    return in.readBytes(size);
  }
  Result<std::optional<uint64_t>> optional() {
    W2N_TRY(has, number());
    if (!has)
      return std::nullopt;
    return number();
  }
  Result<Outcome> outcome() {
    W2N_TRY(kind, number());
    Outcome outcome;
    if (kind == 0)
      return outcome;
    if ((kind >> 1) == 0 || (kind >> 1) - 1 > greatestKind)
      return in.malformed("unknown error in the record of a run");
    outcome.error = ErrorKind((kind >> 1) - 1);
    outcome.isInner = kind & 1;
    W2N_TRY(code, number());
    outcome.code = uint32_t(code);
    W2N_TRY(text, bytes());
    outcome.text.assign(text.begin(), text.end());
    return outcome;
  }
  Result<MemoryWrite> write() {
    W2N_TRY(memory, number());
    W2N_TRY(address, number());
    MemoryWrite write{uint32_t(memory >> 1), (memory & 1) != 0, address};
    if (memory >> 33 != 0)
      return in.malformed("unknown memory in the record of a run");
    if (!write.isGrowth) {
      W2N_TRY(contents, bytes());
      write.bytes = contents;
    }
    return write;
  }
  /// A number of elements, each of which takes at least one byte.
  Result<size_t> count() {
    W2N_TRY(count, number());
    if (count > in.remaining())
      return in.malformed("the record of a run has more elements than bytes");
    return size_t(count);
  }
  ByteReader in;
};

Status decodeFields(Decoder &in, uint32_t fields, Event &event) {
  if (fields & HasFunction) {
    W2N_TRY(function, in.in.readU32());
    event.function = function;
  }
  if (fields & HasArguments) {
    W2N_TRY(arguments, in.in.readU32());
    event.arguments = arguments;
  }
  if (fields & HasFuel) {
    W2N_TRY(fuel, in.optional());
    event.fuel = fuel;
  }
  if (fields & HasOutcome) {
    W2N_TRY(outcome, in.outcome());
    event.outcome = std::move(outcome);
  }
  if (fields & HasSlots) {
    W2N_TRY(count, in.count());
    for (size_t i = 0; i < count; ++i) {
      W2N_TRY(slot, in.number());
      event.slots.push_back(slot);
    }
  }
  if (fields & HasWrites) {
    W2N_TRY(count, in.count());
    for (size_t i = 0; i < count; ++i) {
      W2N_TRY(write, in.write());
      event.writes.push_back(write);
    }
  }
  if (fields & HasState) {
    W2N_TRY(state, in.optional());
    event.state = state;
  }
  if (fields & HasText) {
    W2N_TRY(text, in.bytes());
    event.text = text;
  }
  return {};
}

} // namespace

Outcome outcomeOf(const Status &status) {
  Outcome outcome;
  if (status)
    return outcome;
  const Error &error = status.error();
  outcome.error = error.kind;
  outcome.code = error.code;
  outcome.text = error.text.substr(0, maxTextBytes);
  return outcome;
}

std::string describe(const Outcome &outcome) {
  if (!outcome.error)
    return "returned";
  if (*outcome.error == ErrorKind::Exit)
    return "exit with status " + std::to_string(outcome.code);
  return "\"" + outcome.text + "\"";
}

void encode(const Event &event, std::vector<uint8_t> &payload) {
  payload.clear();
  Encoder out(payload);
  const uint32_t fields = fieldsOf[size_t(event.kind)];
  payload.push_back(uint8_t(event.kind));
  if (fields & HasFunction)
    out.number(event.function);
  if (fields & HasArguments)
    out.number(event.arguments);
  if (fields & HasFuel)
    out.optional(event.fuel);
  if (fields & HasOutcome)
    out.outcome(event.outcome);
  if (fields & HasSlots) {
    out.number(event.slots.size());
    for (uint64_t slot : event.slots)
      out.number(slot);
  }
  if (fields & HasWrites) {
    out.number(event.writes.size());
    for (const MemoryWrite &write : event.writes)
      out.write(write);
  }
  if (fields & HasState)
    out.optional(event.state);
  if (fields & HasText)
    out.bytes(event.text);
}

Result<Event> decode(std::span<const uint8_t> payload, uint64_t offset) {
  Decoder in(payload, offset);
  W2N_TRY(kind, in.in.readByte());
  if (kind == 0 || kind >= std::size(fieldsOf))
    return in.in.malformed("unknown event in the record of a run");
  Event event;
  event.kind = EventKind(kind);
  W2N_CHECK(decodeFields(in, fieldsOf[kind], event));
  if (!in.in.atEnd())
    return in.in.malformed("an event of the record of a run is too long");
  return event;
}

} // namespace w2n::record
