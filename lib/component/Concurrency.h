// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The asynchronous functions, streams and futures of a component, as its artifact describes them: a
// part of the World. Indices of functions are among the module's exports, or none.
#pragma once

#include "lib/component/Types.h"

#include <string_view>

namespace w2n::component {

enum class Service : uint8_t {
#define COMPONENT_SERVICE(name, text, signature) name,
#include "lib/component/Services.def"
};

/// A row of Services.def.
struct ServiceInfo {
  std::string_view name, signature;
};
inline constexpr ServiceInfo serviceInfos[] = {
#define COMPONENT_SERVICE(name, text, signature) {text, signature},
#include "lib/component/Services.def"
};
/// The service of a canonical built-in.
std::optional<Service> serviceOf(Builtin builtin);

/// The signature of a service that has it in its row.
wasm::FunctionType signatureOf(Service service);

inline constexpr uint32_t noIndex = ~uint32_t(0);

/// A function that the module imports for a service.
struct WorldService {
  Service service = Service::Call;
  bool isAsync = false, isCancellable = false;
  uint32_t instance = 0; ///< the component instance that calls it
  /// An index in Concurrency::calls for Call, in `elements` for streams and futures; for
  /// task.return its function's resultNumber; for thread.new-indirect what starts a thread.
  uint32_t subject = noIndex;
  uint32_t memory = noIndex; ///< index of a memory, where events are written
  uint32_t buffer = noIndex; ///< of reads and writes: index in `buffers`
};

/// A place where an asynchronous function is called by a guest.
struct WorldCall {
  uint32_t caller = 0, callee = 0; ///< component instances
  bool isAsyncLower = false;       ///< the caller does not wait
  bool isAsyncLift = false;        ///< the callee gives its result with task.return
  bool isHost = false;             ///< the callee is the host, through `core`
  bool hasResultPointer = false;   ///< the last parameter is where the caller wants the result
  uint32_t resultNumber = 0;       ///< what task.return must have, too
  uint32_t memory = noIndex;       ///< of the callee; task.return has no other
  /// (task, lowered parameters) -> (lifted parameters)
  uint32_t start = noIndex;
  uint32_t core = noIndex, callback = noIndex, postReturn = noIndex;
  /// (lifted results, or those of task.return; the result pointer, if there is one) -> (lowered
  /// results)
  uint32_t finish = noIndex;
};

/// The type of elements of streams, or of what is in a future.
struct WorldElement {
  uint32_t bytes = 0, alignment = 1; ///< no bytes: there is nothing in it
  bool isNumber = false;             ///< it is copied as bytes
};

/// The options of a read or write.
struct WorldBuffer {
  uint32_t instance = 0, memory = noIndex, realloc = noIndex;
  CanonOption encoding = CanonOption::Utf8;
};

/// (source, target, count): copies elements that are no numbers.
struct WorldCopy {
  uint32_t writer = 0, reader = 0; ///< indices in Concurrency::buffers
  uint32_t function = noIndex;
};

/// The stream or future type of a function of the component's own.
struct WorldStream {
  TypeId type = {};
  uint32_t element = 0;
};

/// A component instance with tasks: its table of handles and its context.
struct WorldTasks {
  uint32_t instance = 0;
  uint32_t memory = noIndex;                ///< of handles
  uint32_t add = noIndex, remove = noIndex; ///< (representation, type, owns) -> handle; (handle)
  /// Globals: the slots of context.get.
  uint32_t context[2] = {noIndex, noIndex};
};

struct Concurrency {
  std::vector<WorldService> services; ///< in the order of the imports
  std::vector<WorldCall> calls;
  std::vector<WorldElement> elements;
  std::vector<WorldBuffer> buffers;
  std::vector<WorldCopy> copies;
  std::vector<WorldStream> streams;
  std::vector<WorldTasks> instances;
};

} // namespace w2n::component
