// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Address space: reserving, committing and mapping files into it. All addresses and sizes are
// multiples of pageBytes() unless said otherwise.
#pragma once

#include "lib/support/Error.h"

#include <cstddef>
#include <span>

namespace w2n::platform {

/// The operating system's page size.
size_t pageBytes();

inline uint64_t roundUpToPage(uint64_t bytes) {
  return (bytes + pageBytes() - 1) & ~uint64_t(pageBytes() - 1);
}

/// Memory that stays free for the host, whatever a guest asks for: where address space is limited,
/// small allocations, whose failure would end the process, come out of it.
inline constexpr uint64_t headroomBytes = 16 << 20;

/// Reserves `bytes` of inaccessible address space that costs no memory. Null if there is not so
/// much, and headroomBytes besides. Freed by release.
uint8_t *reserve(uint64_t bytes);

/// The same at `address`, for what must be where it was in another process. Null, and nothing has
/// changed, if anything is there.
uint8_t *reserveAt(uintptr_t address, uint64_t bytes);

/// Reserves a stack of `bytes`, readable and writable and committed as they are used, above
/// `guardBytes` that are not accessible; returns the address of these. Null as with reserve. Where
/// the system can (Linux 6.13), neighbors are one mapping to it: a process may have 65,530.
uint8_t *reserveStack(uint64_t guardBytes, uint64_t bytes);

/// Makes such a stack of the reserved pages at `address`. False if the system has no memory for it.
bool makeStack(uint8_t *address, uint64_t guardBytes, uint64_t bytes);

/// Whether the system has `bytes` of memory, and headroomBytes besides. To be asked before guests
/// make many small allocations, or one in a container, which cannot fail. Small sums are granted
/// out of an earlier look at the system, so that asking often costs little.
bool hasRoom(uint64_t bytes);

/// The same for what is made once for a module or an instance: what is small may come out of the
/// headroom, so that a guest that has used up all memory still gets a backtrace.
inline bool hasRoomOnce(uint64_t bytes) { return bytes <= headroomBytes / 16 || hasRoom(bytes); }

/// Makes `bytes` of memory at `address`, which reserve and commit have made, `newBytes`, anywhere;
/// the new ones read as zero. Null, and nothing has changed, if there is no room for them.
uint8_t *enlarge(uint8_t *address, uint64_t bytes, uint64_t newBytes);

/// Makes reserved pages readable and writable; they read as zero. False if the system has no memory
/// for them.
bool commit(uint8_t *address, uint64_t bytes);

/// Makes pages reserved ones again, whatever was committed or mapped there. False if the system
/// refuses.
bool decommit(uint8_t *address, uint64_t bytes);

/// Forgets what was written to accessible pages: they read as zero, or as the file that is mapped
/// there. False if the system refuses.
bool discard(uint8_t *address, uint64_t bytes);

/// Gives back a reservation, whatever was committed or mapped into it. Null is allowed.
void release(uint8_t *address, uint64_t bytes);

/// A file, from an offset on, as what it begins with there.
struct FilePart {
  int descriptor = -1;
  uint64_t offset = 0;
};

enum class Access { ReadOnly, ReadExecute, CopyOnWrite };

/// Maps `bytes` of the file at `offset`, privately, over the reserved pages at `address`; anywhere
/// if it is null. The last page may be partial. Returns null and sets errno on failure.
uint8_t *mapFile(uint8_t *address, uint64_t bytes, Access access, int descriptor, uint64_t offset);

/// Reads `bytes` of the file at `offset`, at any addresses. False, with errno, if it has not so
/// many.
bool readFile(uint8_t *address, uint64_t bytes, int descriptor, uint64_t offset);

/// A new file with `bytes` that has no name in any folder and ends with its last descriptor and
/// mapping; `name` is for /proc. Returns its descriptor, or -1 and sets errno.
int makeMemoryFile(const char *name, std::span<const uint8_t> bytes);

/// "what: No such file or directory", from errno.
std::unexpected<Error> failWithErrno(std::string what);

} // namespace w2n::platform
