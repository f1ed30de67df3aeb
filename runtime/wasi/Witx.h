// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Types of WASI preview 1 as they lie in guest memory (WASI,
// phases/snapshot/witx/typenames.witx; phases/old/snapshot_0 for `wasi_unstable`):
// fixed width, little-endian, sizes and offsets asserted. Hosts are little-endian, so a struct is
// copied as it is; padding is spelled out, so that no bytes of the host's stack go along.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace w2n::wasi {

static_assert(std::endian::native == std::endian::little);

enum class FileType : uint8_t {
  Unknown,
  BlockDevice,
  CharacterDevice,
  Directory,
  RegularFile,
  SocketDatagram,
  SocketStream,
  SymbolicLink,
};

/// The operations that a descriptor allows, one bit each.
using Rights = uint64_t;
namespace rights {
#define W2N_WASI_RIGHT(name, bit, text) inline constexpr Rights name = Rights(1) << bit;
#include "runtime/wasi/Rights.def"
} // namespace rights

// Kinds of numbers, as the parameters in Calls.h have them.
using Fd = uint32_t;
using Count = uint32_t; ///< of elements of the arrays before it
using ClockId = uint32_t;
using Advice = uint32_t;
using Signal = uint32_t;
using Whence = uint32_t;
using WhenceUnstable = uint32_t;
using LookupFlags = uint32_t;
using OpenFlags = uint32_t;
using FdFlags = uint32_t;
using TimeFlags = uint32_t;
using ReceiveFlags = uint32_t;
using SendFlags = uint32_t;
using ShutdownHow = uint32_t;

namespace fdflags {
inline constexpr uint32_t append = 1, dsync = 2, nonblock = 4, rsync = 8, sync = 16, all = 31;
}
namespace oflags {
inline constexpr uint32_t create = 1, directory = 2, exclusive = 4, truncate = 8, all = 15;
}
namespace lookupflags {
inline constexpr uint32_t symlinkFollow = 1, all = 1;
}
namespace fstflags {
inline constexpr uint32_t atim = 1, atimNow = 2, mtim = 4, mtimNow = 8, all = 15;
}

struct IoVector {
  uint32_t buffer;
  uint32_t bytes;
};
static_assert(sizeof(IoVector) == 8);

struct DirEntry {
  uint64_t next; ///< cookie of the entry that follows
  uint64_t inode;
  uint32_t nameBytes;
  FileType type;
  uint8_t padding[3] = {};
};
static_assert(sizeof(DirEntry) == 24 && offsetof(DirEntry, nameBytes) == 16 &&
              offsetof(DirEntry, type) == 20);

struct FdStat {
  FileType type;
  uint8_t padding = 0;
  uint16_t flags;
  uint32_t padding2 = 0;
  Rights base;
  Rights inheriting;
};
static_assert(sizeof(FdStat) == 24 && offsetof(FdStat, flags) == 2 && offsetof(FdStat, base) == 8);

struct FileStat {
  uint64_t device;
  uint64_t inode;
  FileType type;
  uint8_t padding[7] = {};
  uint64_t links;
  uint64_t bytes;
  uint64_t accessedNs, modifiedNs, changedNs;
};
static_assert(sizeof(FileStat) == 64 && offsetof(FileStat, type) == 16 &&
              offsetof(FileStat, links) == 24 && offsetof(FileStat, accessedNs) == 40);

/// The file status of `wasi_unstable`.
struct FileStatUnstable {
  uint64_t device;
  uint64_t inode;
  FileType type;
  uint8_t padding[3] = {};
  uint32_t links;
  uint64_t bytes;
  uint64_t accessedNs, modifiedNs, changedNs;
};
static_assert(sizeof(FileStatUnstable) == 56 && offsetof(FileStatUnstable, links) == 20 &&
              offsetof(FileStatUnstable, accessedNs) == 32);

struct Prestat {
  uint8_t tag; ///< 0: a directory, the only kind
  uint8_t padding[3] = {};
  uint32_t nameBytes;
};
static_assert(sizeof(Prestat) == 8 && offsetof(Prestat, nameBytes) == 4);

enum class EventType : uint8_t { Clock, FdRead, FdWrite };

struct SubscriptionClock {
  uint32_t id;
  uint64_t timeoutNs;
  uint64_t precisionNs;
  uint16_t flags; ///< 1: `timeoutNs` is absolute
};

struct Subscription {
  uint64_t userdata;
  EventType type;
  union {
    SubscriptionClock clock;
    uint32_t fd;
  };
};
static_assert(sizeof(SubscriptionClock) == 32 && offsetof(SubscriptionClock, flags) == 24);
static_assert(sizeof(Subscription) == 48 && offsetof(Subscription, type) == 8 &&
              offsetof(Subscription, clock) == 16);

/// The subscription of `wasi_unstable`, in which a clock had a userdata of its own.
struct SubscriptionUnstable {
  uint64_t userdata;
  EventType type;
  union {
    struct {
      uint64_t identifier;
      SubscriptionClock clock;
    };
    uint32_t fd;
  };
};
static_assert(sizeof(SubscriptionUnstable) == 56 && offsetof(SubscriptionUnstable, type) == 8 &&
              offsetof(SubscriptionUnstable, fd) == 16 &&
              offsetof(SubscriptionUnstable, clock) == 24);

struct Event {
  uint64_t userdata;
  uint16_t error;
  EventType type;
  uint8_t padding[5] = {};
  uint64_t availableBytes;
  uint16_t flags; ///< 1: the other end hung up
  uint8_t padding2[6] = {};
};
static_assert(sizeof(Event) == 32 && offsetof(Event, type) == 10 &&
              offsetof(Event, availableBytes) == 16 && offsetof(Event, flags) == 24);

} // namespace w2n::wasi
