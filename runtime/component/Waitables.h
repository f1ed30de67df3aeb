// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The objects other than resources in a component instance's table of handles (CanonicalABI.md,
// "Waitable State" to "Future State"): subtasks, ends of streams and futures, and sets of these. A
// guest may drop, move and reuse all of it at any time; whatever is still referred to lives as long
// as that.
#pragma once

#include "lib/support/Error.h"
#include "runtime/component/Queue.h"
#include "runtime/core/Extern.h"
#include "runtime/core/HostCharge.h"

#include <functional>
#include <memory>
#include <vector>

namespace w2n::runtime {

class Task;
struct WaitableSet;

enum class ObjectKind : uint8_t {
  Subtask,
  ReadableStream,
  WritableStream,
  ReadableFuture,
  WritableFuture,
  WaitableSet
};

/// An object that a handle stands for, other than a resource.
struct TableObject {
  explicit TableObject(ObjectKind kind) : kind(kind) {}
  virtual ~TableObject() = default;
  const ObjectKind kind;
  /// In the table of its component instance; 0 while it is in none.
  uint32_t handle = 0;
  HostCharge charge;
};

/// Makes an object that a guest asks for; it is charged as long as it lives. Null: not charged.
/// Errors: Trap (resource limit).
template <typename T, typename... Arguments>
Result<std::shared_ptr<T>> makeCharged(const std::shared_ptr<HostBudget> &budget,
                                       Arguments &&...arguments) {
  HostCharge charge(budget);
  W2N_CHECK(charge.take(sizeof(T) + HostCharge::allocationBytes));
  auto made = std::make_shared<T>(std::forward<Arguments>(arguments)...);
  made->charge = std::move(charge);
  return made;
}

enum class EventCode : uint32_t {
  None,
  Subtask,
  StreamRead,
  StreamWrite,
  FutureRead,
  FutureWrite,
  TaskCanceled
};

struct Event {
  EventCode code = EventCode::None;
  uint32_t index = 0, payload = 0;
};

struct Waitable : TableObject {
  using TableObject::TableObject;
  ~Waitable() override;
  /// Null removes it from its set.
  void join(WaitableSet *to);
  void notify();
  /// The event that is pending, which is over then.
  Event takeEvent();

  WaitableSet *set = nullptr;
  /// Its places in the set.
  QueueLink<Waitable> asMember, asReady;
  bool hasEvent = false;
  /// A thread waits for it alone.
  bool hasSyncWaiter = false;

protected:
  virtual Event deliver() = 0;
};

struct WaitableSet final : TableObject {
  WaitableSet() : TableObject(ObjectKind::WaitableSet) {}
  ~WaitableSet() override;
  bool hasEvent() const { return !ready.isEmpty(); }
  Queue<Waitable, &Waitable::asMember> members;
  /// Members with an event, in the order in which they got it.
  Queue<Waitable, &Waitable::asReady> ready;
  uint32_t waiterCount = 0;
};

/// A call of an asynchronous function, for its caller.
struct Subtask final : Waitable {
  enum class State : uint8_t {
    Starting,
    Started,
    Returned,
    CanceledBeforeStarted,
    CanceledBeforeReturned
  };
  Subtask() : Waitable(ObjectKind::Subtask) {}
  bool isResolved() const { return state >= State::Returned; }
  /// Errors: Trap (resource limit).
  Status addLoan(uint32_t address);
  /// Ends the loans of the call.
  void deliverResolve();

  State state = State::Starting;
  bool isDelivered = false, isCancelRequested = false;
  /// Null once it is over.
  Task *task = nullptr;
  /// The addresses, in the caller's memory, of the entries of its table that it lends.
  std::vector<uint32_t> loans;
  HostCharge loansCharge;
  std::function<void(uint32_t address)> endLoan;
  /// The core values that the caller has given, and then those that it gets.
  std::vector<Slot> slots;

private:
  Event deliver() override;
};

} // namespace w2n::runtime
