// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/tree/OpenNode.h"

#include "lib/support/Error.h"
#include "runtime/core/Interrupt.h"
#include "runtime/wasi/DirectoryRecords.h"

#include <algorithm>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace w2n::wasi {

namespace {

// A call that copies much is ended with its guest after one of these.
constexpr size_t pieceBytes = 1 << 20;
// The most that a call moves, as with read(2).
constexpr uint64_t maxBytes = 0x7ffff000;

/// Moves the bytes of `vectors` by `move(buffer, offset)`, in pieces, until one moves less than it
/// could. An error is one of the first.
template <typename Move>
WasiResult<ssize_t> inPieces(const IoVectors &vectors, uint64_t offset, Move move) {
  uint64_t done = 0;
  for (int index = 0; index < vectors.count(); ++index) {
    auto rest = std::span(static_cast<uint8_t *>(vectors.data()[index].iov_base),
                          vectors.data()[index].iov_len);
    while (!rest.empty()) {
      const size_t wanted = size_t(std::min<uint64_t>(
          {rest.size(), pieceBytes, maxBytes - done, uint64_t(INT64_MAX) - offset - done}));
      if (wanted == 0 || (done != 0 && runtime::isInterrupted()))
        return ssize_t(done);
      const WasiResult<size_t> moved = move(rest.first(wanted), offset + done);
      if (!moved && done == 0)
        return std::unexpected(moved.error());
      done += moved.value_or(0);
      if (moved.value_or(0) < wanted)
        return ssize_t(done);
      rest = rest.subspan(wanted);
    }
  }
  return ssize_t(done);
}

/// Whether the file can be read or written there: as with pread(2), all of it must be at offsets
/// that there are.
Outcome checkOffset(const Node &node, uint64_t offset, const IoVectors &vectors) {
  if (node.isDirectory())
    return std::unexpected(Errno::IsDir);
  if (offset > INT64_MAX || vectors.totalBytes() > INT64_MAX - offset)
    return std::unexpected(Errno::Inval);
  return {};
}

} // namespace

WasiResult<ssize_t> OpenNode::readAt(const IoVectors &vectors, uint64_t offset) {
  W2N_CHECK(checkOffset(*node, offset, vectors));
  return inPieces(vectors, offset,
                  [&](std::span<uint8_t> to, uint64_t at) { return node->read(to, at); });
}

WasiResult<ssize_t> OpenNode::read(const IoVectors &vectors) {
  std::lock_guard guard(turn);
  W2N_TRY(bytes, readAt(vectors, position));
  position += uint64_t(bytes);
  return bytes;
}

WasiResult<ssize_t> OpenNode::writeThere(const IoVectors &vectors, uint64_t offset) {
  W2N_CHECK(checkOffset(*node, offset, vectors));
  return inPieces(vectors, offset,
                  [&](std::span<uint8_t> from, uint64_t at) { return node->write(from, at); });
}

WasiResult<uint64_t> OpenNode::endBytes() {
  W2N_TRY(status, node->status());
  return uint64_t(status.st_size);
}

WasiResult<ssize_t> OpenNode::write(const IoVectors &vectors) {
  std::lock_guard guard(turn);
  if (hostFlags & O_APPEND) {
    W2N_TRY(end, endBytes());
    position = end;
  }
  W2N_TRY(bytes, writeThere(vectors, position));
  position += uint64_t(bytes);
  return bytes;
}

WasiResult<ssize_t> OpenNode::writeAt(const IoVectors &vectors, uint64_t offset) {
  W2N_CHECK(checkOffset(*node, offset, vectors));
  if (flags() & O_APPEND)
    return append(vectors);
  return writeThere(vectors, offset);
}

WasiResult<ssize_t> OpenNode::append(const IoVectors &vectors) {
  std::lock_guard guard(turn);
  W2N_TRY(end, endBytes());
  return writeThere(vectors, end);
}

WasiResult<uint64_t> OpenNode::seek(int64_t offset, int whence) {
  std::lock_guard guard(turn);
  uint64_t base = whence == SEEK_CUR ? position : 0;
  if (whence == SEEK_END) {
    W2N_TRY(end, endBytes());
    base = end;
  }
  int64_t result = 0;
  if (__builtin_add_overflow(int64_t(base), offset, &result))
    return std::unexpected(Errno::Overflow);
  if (result < 0)
    return std::unexpected(Errno::Inval);
  position = uint64_t(result);
  return position;
}

Outcome OpenNode::setSize(uint64_t bytes) {
  if (!node->isFile())
    return std::unexpected(Errno::Inval);
  std::lock_guard guard(turn);
  return node->resize(bytes);
}

Outcome OpenNode::allocate(uint64_t offset, uint64_t bytes) {
  if (!node->isFile())
    return std::unexpected(Errno::NoDev);
  if (bytes == 0)
    return std::unexpected(Errno::Inval);
  std::lock_guard guard(turn);
  return node->allocate(offset, bytes);
}

int OpenNode::flags() {
  std::lock_guard guard(turn);
  return hostFlags;
}

void OpenNode::setFlags(int newFlags) {
  constexpr int settable = O_APPEND | O_NONBLOCK;
  std::lock_guard guard(turn);
  hostFlags = (hostFlags & ~settable) | (newFlags & settable);
}

namespace {

// Positions in a directory besides its node's: the beginning, after "." and after "..".
constexpr int64_t atStart = 0, afterSelf = INT64_MIN, afterParent = INT64_MIN + 1;

/// Puts records one after the other as long as they fit.
class RecordWriter {
public:
  explicit RecordWriter(std::span<char> records) : records(records) {}
  bool add(const ListedEntry &entry) {
    const size_t bytes = (sizeof(HostEntry) + entry.name.size() + 1 + 7) & ~size_t(7);
    if (bytes > records.size() - used)
      return false;
    char *at = records.data() + used;
    const HostEntry header = {entry.inode, entry.next, uint16_t(bytes),
                              uint8_t(IFTODT(entry.type))};
    std::memcpy(at, &header, sizeof(header));
    char *name = at + offsetof(HostEntry, name);
    std::memcpy(name, entry.name.data(), entry.name.size());
    name[entry.name.size()] = 0;
    used += bytes;
    return true;
  }
  size_t bytes() const { return used; }

private:
  std::span<char> records;
  size_t used = 0;
};

} // namespace

WasiResult<size_t> OpenNode::list(std::span<char> records, int64_t &at) {
  RecordWriter writer(records);
  auto add = [&](const ListedEntry &entry) {
    const bool fits = writer.add(entry);
    if (fits)
      at = entry.next;
    return fits;
  };
  if (at == atStart || at == afterSelf) {
    W2N_TRY(self, node->status());
    if (at == atStart && !add({".", self.st_ino, S_IFDIR, afterSelf}))
      return writer.bytes();
    if (!add({"..", self.st_ino, S_IFDIR, afterParent}))
      return writer.bytes();
  }
  W2N_CHECK(node->list(at == afterParent ? 0 : at, add));
  return writer.bytes();
}

} // namespace w2n::wasi
