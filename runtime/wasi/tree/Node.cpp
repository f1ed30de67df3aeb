// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/tree/Node.h"

#include "lib/support/Error.h"

#include <atomic>
#include <ctime>

namespace w2n::wasi {

namespace {
/// Far from the numbers that Linux gives devices.
dev_t nextDevice() {
  static std::atomic<uint64_t> last = 0;
  return (uint64_t(1) << 62) + ++last;
}
std::unexpected<Errno> readOnly() { return std::unexpected(Errno::Rofs); }
} // namespace

Tree::Tree() : device(nextDevice()) {}

Outcome Node::setTimes(const timespec (&)[2]) { return readOnly(); }
Outcome Node::open(bool, bool writes) { return writes ? Outcome(readOnly()) : Outcome(); }
Outcome Node::sync() { return {}; }

WasiResult<size_t> Node::read(std::span<uint8_t>, uint64_t) {
  return std::unexpected(isDirectory() ? Errno::IsDir : Errno::Inval);
}
WasiResult<size_t> Node::write(std::span<const uint8_t>, uint64_t) { return readOnly(); }
Outcome Node::resize(uint64_t) { return readOnly(); }
Outcome Node::allocate(uint64_t offset, uint64_t bytes) {
  W2N_TRY(now, status());
  return offset + bytes > uint64_t(now.st_size) ? resize(offset + bytes) : Outcome();
}

WasiResult<std::string> Node::target() { return std::unexpected(Errno::Inval); }

WasiResult<NodeHandle> Node::find(const std::string &) { return std::unexpected(Errno::NotDir); }
WasiResult<NodeHandle> Node::make(const std::string &, const NewNode &) { return readOnly(); }
Outcome Node::remove(const std::string &, bool) { return readOnly(); }
Outcome Node::rename(const std::string &, Node &, const std::string &) { return readOnly(); }
Outcome Node::link(const std::string &, Node &) { return readOnly(); }
Outcome Node::list(int64_t, const EntryVisitor &) { return std::unexpected(Errno::NotDir); }

timespec presentTime() {
  timespec now = {};
  clock_gettime(CLOCK_REALTIME, &now);
  return now;
}

timespec timeAfter(const timespec &time, const timespec &before) {
  if (time.tv_nsec == UTIME_OMIT)
    return before;
  return time.tv_nsec == UTIME_NOW ? presentTime() : time;
}

} // namespace w2n::wasi
