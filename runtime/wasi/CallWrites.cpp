// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/CallWrites.h"

#include "runtime/wasi/IoVectors.h"
#include "runtime/wasi/TraceFormat.h"
#include "runtime/wasi/WasiContext.h"

#include <algorithm>
#include <numeric>

namespace w2n::wasi {

namespace {

using runtime::MemoryRange;
using runtime::Slot;

/// How a parameter says where the call writes.
enum class Shape : uint8_t {
  Nothing,  ///< it is read, or a number
  Value,    ///< its address; the size is the type's
  Bytes,    ///< an address and a number of bytes, of which `Moved` says how many, if there is one
  Name,     ///< the same without `Moved`
  Vectors,  ///< a list of buffers, of which `Moved` bytes are filled
  Elements, ///< its address, of `Moved` elements
  Pointers, ///< one for each argument or variable
  Text,     ///< of them
};

struct ShapeRow {
  std::string_view type;
  Shape shape;
  uint32_t bytes = 0;
};

constexpr ShapeRow shapes[] = {
    {"Fd", Shape::Nothing},
    {"Count", Shape::Nothing},
    {"uint32_t", Shape::Nothing},
    {"uint64_t", Shape::Nothing},
    {"int64_t", Shape::Nothing},
    {"ClockId", Shape::Nothing},
    {"Signal", Shape::Nothing},
    {"Advice", Shape::Nothing},
    {"Whence", Shape::Nothing},
    {"WhenceUnstable", Shape::Nothing},
    {"LookupFlags", Shape::Nothing},
    {"OpenFlags", Shape::Nothing},
    {"FdFlags", Shape::Nothing},
    {"TimeFlags", Shape::Nothing},
    {"ReceiveFlags", Shape::Nothing},
    {"SendFlags", Shape::Nothing},
    {"ShutdownHow", Shape::Nothing},
    {"Rights", Shape::Nothing},
    {"GuestPath", Shape::Nothing},
    {"Gather", Shape::Nothing},
    {"GuestArray<Subscription>", Shape::Nothing},
    {"GuestArray<SubscriptionUnstable>", Shape::Nothing},
    {"Buffer", Shape::Bytes},
    {"OutText", Shape::Bytes},
    {"OutName", Shape::Name},
    {"Scatter", Shape::Vectors},
    {"GuestArray<Event>", Shape::Elements, sizeof(Event)},
    {"GuestPointer<uint32_t>", Shape::Pointers, sizeof(uint32_t)},
    {"GuestPointer<char>", Shape::Text},
    {"Moved", Shape::Value, sizeof(uint32_t)},
    {"Out<uint16_t>", Shape::Value, sizeof(uint16_t)},
    {"Out<uint32_t>", Shape::Value, sizeof(uint32_t)},
    {"Out<uint64_t>", Shape::Value, sizeof(uint64_t)},
    {"Out<FdStat>", Shape::Value, sizeof(FdStat)},
    {"Out<FileStat>", Shape::Value, sizeof(FileStat)},
    {"Out<FileStatUnstable>", Shape::Value, sizeof(FileStatUnstable)},
    {"Out<Prestat>", Shape::Value, sizeof(Prestat)},
};

// A parameter whose type has no row would not be recorded.
static_assert(std::ranges::all_of(trace::formats, [](const trace::Format &format) {
  return std::ranges::find(shapes, format.type, &ShapeRow::type) != std::end(shapes);
}));

constexpr size_t none = SIZE_MAX;

class CallWrites final : public MemoryWrites {
public:
  CallWrites(const Call &call, std::shared_ptr<const WasiContext> context)
      : context(std::move(context)), isArguments(call.name == "args_get") {
    for (const CallParameter &parameter : call.parameters) {
      const auto *row = std::ranges::find(shapes, parameter.format->type, &ShapeRow::type);
      if (row->shape != Shape::Nothing)
        writes.push_back({parameter.slot, row->shape, row->bytes});
      if (row->type == "Moved")
        movedSlot = parameter.slot;
    }
  }

  void addIn(std::span<uint8_t> memory, std::span<const Slot> arguments,
             std::vector<MemoryRange> &ranges) const override {
    for (const Write &write : writes) {
      const auto address = uint32_t(arguments[write.slot]);
      if (write.shape == Shape::Vectors)
        addVectors(memory, address, uint32_t(arguments[write.slot + 1]), ranges);
      else
        ranges.push_back({0, address, reachedBytes(write, arguments)});
    }
  }

  // The ranges are those of `add`, in its order.
  void trimIn(std::span<uint8_t> memory, std::span<const Slot> arguments,
              std::span<const Slot> slots, std::vector<MemoryRange> &ranges) const override {
    const bool hasFailed = uint16_t(slots[0]) != uint16_t(Errno::Success);
    uint64_t moved = movedSlot == none || hasFailed ? 0 : loadMoved(memory, arguments);
    auto range = ranges.begin();
    for (const Write &write : writes) {
      const size_t count = write.shape == Shape::Vectors ? vectorCount(ranges) : 1;
      for (size_t i = 0; i < count; ++i, ++range)
        range->bytes = writtenBytes(write, *range, hasFailed, moved);
    }
  }

private:
  struct Write {
    size_t slot;
    Shape shape;
    uint32_t bytes;
  };

  std::span<const std::string> texts() const {
    return isArguments ? context->arguments() : context->environment();
  }

  uint64_t reachedBytes(const Write &write, std::span<const Slot> arguments) const {
    switch (write.shape) {
    case Shape::Value:
      return write.bytes;
    case Shape::Bytes:
    case Shape::Name:
      return uint32_t(arguments[write.slot + 1]);
    case Shape::Elements:
      // Count follows.
      return uint64_t(uint32_t(arguments[write.slot + 1])) * write.bytes;
    case Shape::Pointers:
      return texts().size() * write.bytes;
    case Shape::Text:
      return std::accumulate(
          texts().begin(), texts().end(), uint64_t(0),
          [](uint64_t bytes, const std::string &text) { return bytes + text.size() + 1; });
    case Shape::Nothing:
    case Shape::Vectors:
      break;
    }
    return 0;
  }

  /// The bytes of `range` that the call has written; buffers of a list take theirs from `moved`.
  uint64_t writtenBytes(const Write &write, const MemoryRange &range, bool hasFailed,
                        uint64_t &moved) const {
    switch (write.shape) {
    // A call that fails may have filled a part.
    case Shape::Bytes:
      return movedSlot == none || hasFailed ? range.bytes : std::min(range.bytes, moved);
    case Shape::Vectors: {
      const uint64_t bytes = std::min(range.bytes, moved);
      moved -= bytes;
      return bytes;
    }
    case Shape::Elements:
      return hasFailed ? range.bytes : std::min(range.bytes, moved * write.bytes);
    case Shape::Nothing:
    case Shape::Value:
    case Shape::Name:
    case Shape::Pointers:
    case Shape::Text:
      break;
    }
    return range.bytes;
  }

  /// As the call reads them (IoVectors).
  static void addVectors(std::span<uint8_t> bytes, uint32_t list, uint32_t count,
                         std::vector<MemoryRange> &ranges) {
    const GuestMemory memory(bytes);
    auto vectors = memory.array(GuestPointer<IoVector>{list}, count);
    uint32_t used = 0;
    for (uint32_t index = 0; vectors && index < count && used < IOV_MAX; ++index) {
      const IoVector vector = vectors->load(index);
      if (vector.bytes == 0)
        continue;
      ++used;
      ranges.push_back({0, vector.buffer, vector.bytes});
    }
  }

  /// The number of buffers in a call's only list: all ranges but those of the other parameters.
  size_t vectorCount(const std::vector<MemoryRange> &ranges) const {
    return ranges.size() - (writes.size() - 1);
  }

  uint64_t loadMoved(std::span<uint8_t> memory, std::span<const Slot> arguments) const {
    auto moved = GuestMemory(memory).view(GuestPointer<uint32_t>{uint32_t(arguments[movedSlot])});
    return moved ? moved->load() : 0;
  }

  const std::shared_ptr<const WasiContext> context;
  const bool isArguments;
  std::vector<Write> writes;
  size_t movedSlot = none;
};

} // namespace

std::shared_ptr<const MemoryWrites> writesOf(const Call &call,
                                             std::shared_ptr<const WasiContext> context) {
  return std::make_shared<CallWrites>(call, std::move(context));
}

} // namespace w2n::wasi
