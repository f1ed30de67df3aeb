// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Streams and futures (CanonicalABI.md, "Stream State", "Future State"). What both ends share is
// one object, in which at most one of them waits with a buffer until the other comes with its own;
// then elements are copied once, from buffer to buffer. A buffer is memory of a guest, which is
// looked at again at each copy, or the host's.
#pragma once

#include "runtime/component/Waitables.h"

namespace w2n::runtime {

enum class CopyResult : uint32_t { Completed, Dropped, Canceled };

struct SharedStream;
struct TypeNode;
class HostCall;

/// The elements of a buffer of the host's that are not numbers.
class HostElements {
public:
  explicit HostElements(const TypeNode &type) : type(type) {}
  /// Writes the element at `index` into a guest's buffer. Errors: Trap.
  virtual Status store(HostCall &guest, uint32_t index, uint32_t address) = 0;
  /// Reads it there. Errors: Trap.
  virtual Status load(HostCall &guest, uint32_t index, uint32_t address) = 0;
  /// Moves it to `to`, which is of the same type.
  virtual void move(uint32_t index, HostElements &to, uint32_t toIndex) = 0;
  /// An element's, told from others by its address.
  const TypeNode &type;

protected:
  ~HostElements() = default;
};

/// One side of a copy that waits or comes.
struct CopyBuffer {
  static constexpr uint32_t maxElements = (1u << 28) - 1;
  /// Index in component::Concurrency::buffers; none: the host's.
  uint32_t options = ~uint32_t(0);
  /// A component instance; none: the host.
  uint32_t instance = ~uint32_t(0);
  uint32_t address = 0;
  uint8_t *bytes = nullptr; ///< of the host's, if it is of numbers
  uint32_t length = 0, progress = 0;
  HostElements *elements = nullptr; ///< of the host's, if it is not of numbers
  bool isHost() const { return options == ~uint32_t(0); }
  uint32_t remaining() const { return length - progress; }
};

/// A party to a copy: it waits with a buffer, or comes with one.
struct CopyParty {
  CopyBuffer buffer;
  /// Some elements were copied. The buffer may be used again until the party says that it is over.
  virtual void onCopy() = 0;
  virtual void onDone(CopyResult result) = 0;

protected:
  ~CopyParty() = default;
};

/// Copies elements that both buffers have room for.
using CopyElements = std::function<Status(const SharedStream &stream, CopyBuffer &from,
                                          CopyBuffer &to, uint32_t count)>;

struct SharedStream {
  SharedStream(bool isFuture, uint32_t element) : isFuture(isFuture), element(element) {}
  /// The host has made it, and no guest has seen it yet.
  static constexpr uint32_t noElement = ~uint32_t(0);
  const bool isFuture;
  uint32_t element; ///< index in component::Concurrency::elements
  bool isDropped = false;
  CopyParty *pending = nullptr;
  bool isPendingWriter = false;
  HostCharge charge;
  /// A value of the host's that waits to be read.
  std::shared_ptr<void> keptValue;

  /// A party comes with its buffer. It waits unless one of its functions is called at once. Errors:
  /// Trap.
  Status transfer(CopyParty &party, bool isWriter, const CopyElements &copy,
                  bool mayStayInInstance);
  /// For the party that waits.
  void cancel();
  /// One end is gone.
  void drop();

private:
  Status copyNow(CopyParty &party, bool isWriter, const CopyElements &copy);
  void finishPending(CopyResult result);
};

/// An end in a guest's table.
struct CopyEnd final : Waitable, CopyParty {
  enum class State : uint8_t { Idle, Copying, Canceling, Done };
  CopyEnd(ObjectKind kind, std::shared_ptr<SharedStream> shared)
      : Waitable(kind), shared(std::move(shared)) {}
  ~CopyEnd() override;

  bool isCopying() const { return state == State::Copying || state == State::Canceling; }
  bool isWritable() const {
    return kind == ObjectKind::WritableStream || kind == ObjectKind::WritableFuture;
  }
  void onCopy() override;
  void onDone(CopyResult result) override;
  /// An event that no further copy changes.
  bool hasFinalEvent() const { return hasEvent && !isPartial; }
  /// Takes the stream out of the end, which goes to another table.
  std::shared_ptr<SharedStream> release() { return std::move(shared); }

  State state = State::Idle;
  std::shared_ptr<SharedStream> shared;

private:
  Event deliver() override;
  CopyResult result = CopyResult::Completed;
  /// The event is of elements that were copied while it waits on.
  bool isPartial = false;
};

} // namespace w2n::runtime
