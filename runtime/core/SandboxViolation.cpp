// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/SandboxViolation.h"

#include "runtime/core/Backtrace.h"
#include "runtime/core/Module.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unistd.h>

namespace w2n::runtime {

namespace {

/// A line that is put together without allocation; what does not fit is left out.
class Line {
public:
  Line &operator<<(std::string_view text) {
    const size_t bytes = std::min(text.size(), sizeof(buffer) - used);
    std::memcpy(buffer + used, text.data(), bytes);
    used += bytes;
    return *this;
  }
  Line &number(uint64_t value, int base = 10) {
    char digits[24];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value, base).ptr;
    return *this << std::string_view(digits, size_t(end - digits));
  }
  Line &address(uintptr_t value) { return (*this << "0x").number(value, 16); }
  /// Names of files and functions: what is not printable would reach a terminal.
  Line &name(std::string_view text) {
    for (const char c : text.substr(0, 200))
      *this << (c >= ' ' && c <= '~' ? std::string_view(&c, 1) : std::string_view("?"));
    return *this;
  }
  void write() {
    const char *next = buffer;
    while (used != 0) {
      const ssize_t count = ::write(STDERR_FILENO, next, used);
      if (count <= 0)
        return;
      next += count;
      used -= size_t(count);
    }
  }

private:
  char buffer[512];
  size_t used = 0;
};

void describe(Line &line, const platform::Fault &fault) {
  switch (fault.kind) {
  case platform::FaultKind::Access:
    line << "access to ";
    line.address(fault.address);
    return;
  case platform::FaultKind::UnknownAccess:
    line << "access to an address that is none";
    return;
  case platform::FaultKind::Arithmetic:
    line << "arithmetic fault";
    return;
  case platform::FaultKind::IllegalInstruction:
    line << "illegal instruction";
    return;
  case platform::FaultKind::Interrupt:
    return;
  }
}

} // namespace

void endByViolation(const platform::Fault &fault, const Module &module,
                    const Activation *activation) {
  Line line;
  line << "wasm2native: sandbox violation: ";
  describe(line, fault);
  line << " by compiled code at ";
  line.address(fault.programCounter);
  const uintptr_t fileOffset =
      fault.programCounter - reinterpret_cast<uintptr_t>(module.file().data());
  (line << " (").address(fileOffset) << " in ";
  line.name(module.path());
  line << ")\n";
  line.write();
  // The first line is out, whatever happens now. A backtrace allocates, which this thread, being in
  // compiled code, was not about to do; but the heap may be damaged.
  std::string backtrace;
  if (activation)
    appendBacktrace(*activation, backtrace);
  for (std::string_view rest = backtrace; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size() - 1);
    Line call;
    call.name(rest.substr(0, end)) << "\n";
    call.write();
    rest.remove_prefix(end + 1);
  }
  std::abort();
}

} // namespace w2n::runtime
