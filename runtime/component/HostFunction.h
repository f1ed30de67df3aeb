// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A C++ function as a host function of components: its parameters and its result are the types of
// the function in WIT (CanonicalTraits.h).
//
// The first parameter is the host's state, a class that derives from HostContext. The next one may
// be HostTasks, for what it does beside the guest. A function that may trap returns Result<T>. An
// asynchronous one may wait, while the guest goes on: it gets nothing that is in the guest's
// memory.
#pragma once

#include "runtime/component/CanonicalLift.h"
#include "runtime/component/CanonicalLower.h"
#include "runtime/component/CanonicalText.h"
#include "runtime/component/HostTasks.h"

namespace w2n::runtime {

/// Takes one line, which ends in a newline.
using CallTraceSink = std::function<void(std::string_view line)>;
/// The trace of an interface's functions.
struct CallTrace {
  std::string_view interface; ///< without a version
  CallTraceSink sink;
};

struct HostFunctionRow {
  std::string_view name; ///< as in the binary format: "[method]input-stream.read"
  /// The parameters' names in their order, separated by spaces: for traces.
  std::string_view parameterNames;
  const FuncNode *type;
  /// Lifts the arguments, calls the function, lowers the result. `trace` may be null.
  Status (*invoke)(HostCall &call, HostContext &context, const HostFunctionRow &row,
                   const CallTrace *trace);
};

struct HostInterfaceRow {
  std::string_view name; ///< without a version
  std::span<const HostFunctionRow> functions;
};

/// Defines the functions of `rows`, for `version` ("@0.2.12") of their interfaces, on `context`,
/// which they keep alive; and its resources. `trace` may be empty. Errors: Link.
Status define(HostInterfaces &interfaces, std::span<const HostInterfaceRow> rows,
              std::string_view version, const std::shared_ptr<HostContext> &context,
              const CallTraceSink &trace);

/// The same on the context of the instance that calls: Instance::userData is a HostContext of the
/// same class as `prototype`, whose types of resources it shares.
Status definePerInstance(HostInterfaces &interfaces, std::span<const HostInterfaceRow> rows,
                         std::string_view version, const HostContext &prototype,
                         const CallTraceSink &trace);

namespace detail {

constexpr uint32_t maxFlatParameters = 16;

/// A parameter's type as the canonical templates know it.
template <typename P> struct Lifted {
  using Type = std::remove_cvref_t<P>;
};
template <IsResource R> struct Lifted<R &> {
  using Type = std::reference_wrapper<R>;
};

/// The type that a function returns, apart from whether it may trap.
template <typename R> struct Returned {
  using Type = R;
  static constexpr bool mayTrap = false;
};
template <typename R> struct Returned<Result<R>> {
  using Type = R;
  static constexpr bool mayTrap = true;
};

/// "wall-clock.now() = ...", "output-stream.check-write(self=output-stream#1) = ...".
class TraceLine {
public:
  TraceLine(const HostFunctionRow &row, const CallTrace &trace, HostContext &context);
  template <typename T> void argument(const T &value) {
    const size_t end = names.find(' ');
    line.append(line.ends_with('(') ? "" : ", ").append(names.substr(0, end)).append("=");
    names = end == names.npos ? std::string_view() : names.substr(end + 1);
    appendValue(line, context, value);
  }
  template <typename T> void result(const T &value) {
    line += ") = ";
    appendValue(line, context, value);
    line += "\n";
  }
  void end(std::string_view text) { line.append(")").append(text).append("\n"); }
  std::string line;

private:
  HostContext &context;
  std::string_view names;
};

/// Whether an argument is where the guest has it.
template <typename T> inline constexpr bool isView = std::same_as<T, std::string_view> || isSpan<T>;

template <auto function, typename Type> struct SignatureOf;
template <auto function> using Invoker = SignatureOf<function, decltype(function)>::Invoker;

template <auto function, bool usesTasks, typename R, std::derived_from<HostContext> State,
          typename... P>
struct InvokerOf {
  using Value = typename Returned<R>::Type;
  using Parameters = std::tuple<typename Lifted<P>::Type...>;
  using ParameterList = TypeList<typename Lifted<P>::Type...>;
  using ParameterLayout = FieldLayout<ParameterList>;
  static constexpr bool inMemory = ParameterLayout::flatCount > maxFlatParameters;
  static constexpr uint32_t slotCount = inMemory ? 1 : ParameterLayout::flatCount;

  static constexpr uint32_t resultFlatCount() {
    if constexpr (std::is_void_v<Value>)
      return 0;
    else
      return Canonical<Value>::flatCount;
  }
  static constexpr bool resultInMemory = resultFlatCount() > 1;

  static constexpr std::array<const TypeNode *, sizeof...(P)> parameterNodes = {
      &Canonical<typename Lifted<P>::Type>::node...};
  static constexpr FuncNode type = {parameterNodes, nodeOf<Value>()};
  static constexpr FuncNode asyncType = {parameterNodes, nodeOf<Value>(), /*isAsync=*/true};
  static constexpr bool hasViews = (false || ... || isView<typename Lifted<P>::Type>);

  static Result<Parameters> liftArguments(Lift &lift) {
    const Slot *slots = lift.call.arguments().data();
    if constexpr (inMemory) {
      W2N_TRY(base,
              lift.range(uint32_t(slots[0]), ParameterLayout::bytes, ParameterLayout::alignment,
                         component::CanonTrap::PointerOutOfBounds));
      MemoryReader reader(base);
      return readFields<Parameters>(lift, reader, ParameterList());
    } else {
      FlatReader reader(slots);
      return readFields<Parameters>(lift, reader, ParameterList());
    }
  }

  template <typename T>
  static Status lowerResult(HostCall &call, HostContext &context, uint32_t place, T &value) {
    Lower lower(call, context);
    if constexpr (resultInMemory) {
      MemoryWriter writer(lower, place);
      return writeNext(lower, writer, value);
    } else {
      SlotWriter writer;
      W2N_CHECK(writeNext(lower, writer, value));
      call.result() = writer.slot;
      return {};
    }
  }

  static R call(State &state, HostTasks *tasks, Parameters &parameters) {
    return std::apply(
        [&](auto &...each) {
          if constexpr (usesTasks)
            return function(state, *tasks, std::forward<P>(pass<P>(each))...);
          else
            return function(state, std::forward<P>(pass<P>(each))...);
        },
        parameters);
  }
  template <typename Parameter, typename T> static decltype(auto) pass(T &value) {
    if constexpr (IsBorrow<T> && std::is_reference_v<Parameter>)
      return value.get();
    else if constexpr (std::is_reference_v<Parameter>)
      return static_cast<T &>(value);
    else
      return std::move(value);
  }

  static Status invoke(HostCall &hostCall, HostContext &context, const HostFunctionRow &row,
                       const CallTrace *trace) {
    Lift lift(hostCall, context);
    uint32_t place = 0;
    if constexpr (resultInMemory) {
      // Before the function has any effect.
      place = uint32_t(hostCall.arguments()[slotCount]);
      W2N_CHECK(lift.range(place, Canonical<Value>::bytes, Canonical<Value>::alignment,
                           component::CanonTrap::PointerOutOfBounds));
    }
    W2N_TRY(parameters, liftArguments(lift));
    auto &state = static_cast<State &>(context);
    HostTasks *tasks = nullptr;
    if constexpr (usesTasks) {
      W2N_TRY(found, hostCall.tasks());
      tasks = found;
    }
    auto run = [&] { return call(state, tasks, parameters); };
    if (trace) [[unlikely]]
      return invokeTraced(hostCall, state, parameters, place, row, *trace, run);
    return finish(hostCall, context, place, run);
  }

  /// Calls `run`, and lowers what it returns.
  static Status finish(HostCall &hostCall, HostContext &context, uint32_t place, auto run) {
    if constexpr (std::is_void_v<R>) {
      run();
      return {};
    } else if constexpr (!Returned<R>::mayTrap) {
      R value = run();
      return lowerResult(hostCall, context, place, value);
    } else {
      R value = run();
      if (!value)
        return std::unexpected(std::move(value.error()));
      if constexpr (!std::is_void_v<Value>)
        return lowerResult(hostCall, context, place, *value);
      return {};
    }
  }

  static Status invokeTraced(HostCall &hostCall, State &state, Parameters &parameters,
                             uint32_t place, const HostFunctionRow &row, const CallTrace &trace,
                             auto &called) {
    TraceLine line(row, trace, state);
    std::apply([&](const auto &...each) { (line.argument(each), ...); }, parameters);
    auto run = [&]() -> R {
      if constexpr (std::is_void_v<R>) {
        called();
        line.end("");
        trace.sink(line.line);
      } else {
        R value = called();
        if constexpr (!Returned<R>::mayTrap)
          line.result(value);
        else if (!value)
          line.end(" = ?");
        else if constexpr (std::is_void_v<Value>)
          line.end("");
        else
          line.result(*value);
        trace.sink(line.line);
        return value;
      }
    };
    return finish(hostCall, state, place, run);
  }
};

template <auto function, typename R, typename State, typename... P>
struct SignatureOf<function, R (*)(State &, P...)> {
  using Invoker = InvokerOf<function, false, R, State, P...>;
};
template <auto function, typename R, typename State, typename... P>
struct SignatureOf<function, R (*)(State &, HostTasks &, P...)> {
  using Invoker = InvokerOf<function, true, R, State, P...>;
};

template <auto function> inline constexpr FuncNode typeOfFunction = Invoker<function>::type;
template <auto function>
inline constexpr FuncNode asyncTypeOfFunction = Invoker<function>::asyncType;

} // namespace detail

/// The row of `function`.
template <auto function>
constexpr HostFunctionRow hostFunction(std::string_view name, std::string_view parameterNames) {
  return {name, parameterNames, &detail::typeOfFunction<function>,
          &detail::Invoker<function>::invoke};
}

/// The row of a function that is asynchronous in WIT.
template <auto function>
constexpr HostFunctionRow asyncHostFunction(std::string_view name,
                                            std::string_view parameterNames) {
  static_assert(!detail::Invoker<function>::hasViews, "the guest's memory changes meanwhile");
  return {name, parameterNames, &detail::asyncTypeOfFunction<function>,
          &detail::Invoker<function>::invoke};
}

} // namespace w2n::runtime
