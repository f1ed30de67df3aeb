// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/Calls.h"

#include <csignal>
#include <sched.h>

namespace w2n::wasi {

namespace {

enum class Action : uint8_t { Terminate, Ignore, Stop };

struct SignalRow {
  int host;
  Action action;
};
// By WASI's numbers, from 1 (typenames.witx, $signal, which also has the actions).
constexpr SignalRow signals[] = {
    {SIGHUP, Action::Terminate},    {SIGINT, Action::Terminate},  {SIGQUIT, Action::Terminate},
    {SIGILL, Action::Terminate},    {SIGTRAP, Action::Terminate}, {SIGABRT, Action::Terminate},
    {SIGBUS, Action::Terminate},    {SIGFPE, Action::Terminate},  {SIGKILL, Action::Terminate},
    {SIGUSR1, Action::Terminate},   {SIGSEGV, Action::Terminate}, {SIGUSR2, Action::Terminate},
    {SIGPIPE, Action::Ignore},      {SIGALRM, Action::Terminate}, {SIGTERM, Action::Terminate},
    {SIGCHLD, Action::Ignore},      {SIGCONT, Action::Ignore},    {SIGSTOP, Action::Stop},
    {SIGTSTP, Action::Stop},        {SIGTTIN, Action::Stop},      {SIGTTOU, Action::Stop},
    {SIGURG, Action::Ignore},       {SIGXCPU, Action::Terminate}, {SIGXFSZ, Action::Terminate},
    {SIGVTALRM, Action::Terminate}, {SIGPROF, Action::Terminate}, {SIGWINCH, Action::Ignore},
    {SIGPOLL, Action::Terminate},   {SIGPWR, Action::Terminate},  {SIGSYS, Action::Terminate},
};

std::unexpected<Error> leave(uint32_t status) {
  return std::unexpected(Error{ErrorKind::Exit, Error::noOffset, "program exit", {}, status});
}

} // namespace

Status procExit(WasiContext &, uint32_t code) { return leave(code); }

// The host's process gets no signal.
Result<Errno> procRaise(WasiContext &, Signal signal) {
  constexpr uint32_t endedBySignal = 128;
  if (signal == 0 || signal > std::size(signals))
    return Errno::NoSys;
  const SignalRow &row = signals[signal - 1];
  if (row.action == Action::Terminate)
    return leave(endedBySignal + uint32_t(row.host));
  return row.action == Action::Ignore ? Errno::Success : Errno::NoSys;
}

Outcome schedYield(WasiContext &) {
  sched_yield();
  return {};
}

} // namespace w2n::wasi
