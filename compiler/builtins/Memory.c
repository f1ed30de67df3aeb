// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// memcpy, memmove, memset for compiled code. LLVM calls them for runs whose length is not known; a
// fault in them is the trap of the access that they stand for, so they touch nothing but what they
// are asked to.
//
// Built with -ffreestanding -fno-builtin, or the loops below would become calls to themselves.

#include <stddef.h>
#include <stdint.h>

typedef uint64_t __attribute__((aligned(1), may_alias)) Word;
typedef uint32_t __attribute__((aligned(1), may_alias)) HalfWord;
typedef uint16_t __attribute__((aligned(1), may_alias)) QuarterWord;
typedef uint64_t __attribute__((vector_size(16), aligned(1), may_alias)) Block;

// Lengths of a size class differ from call to call, and a branch on one is a guess. So from 4 to 16
// and from 16 to 64 bytes there is none: two accesses at each end, which overlap, are apart by a
// whole one if that many bytes are there and else the same. All loads come before the stores, so
// that overlapping operands are right too.
#define COPY_ENDS(Type, inner)                                                                     \
  do {                                                                                             \
    size_t second = (inner), last = count - sizeof(Type);                                          \
    Type a = *(const Type *)from, b = *(const Type *)(from + second);                              \
    Type c = *(const Type *)(from + last - second), d = *(const Type *)(from + last);              \
    *(Type *)to = a;                                                                               \
    *(Type *)(to + second) = b;                                                                    \
    *(Type *)(to + last - second) = c;                                                             \
    *(Type *)(to + last) = d;                                                                      \
  } while (0)

static inline void copySmall(char *to, const char *from, size_t count) {
  if (count >= 16)
    COPY_ENDS(Block, (count - 1) / 32 * 16);
  else if (count >= 4)
    COPY_ENDS(HalfWord, count / 8 * 4);
  else if (count >= 2)
    COPY_ENDS(QuarterWord, 0);
  else if (count == 1)
    *to = *from;
}

// 64 bytes.
typedef struct {
  Block a, b, c, d;
} Line;

static inline Line loadLine(const char *from) {
  const Block *blocks = (const Block *)from;
  return (Line){blocks[0], blocks[1], blocks[2], blocks[3]};
}

static inline void storeLine(char *to, Line line) {
  Block *blocks = (Block *)to;
  blocks[0] = line.a;
  blocks[1] = line.b;
  blocks[2] = line.c;
  blocks[3] = line.d;
}

static inline void copyForward(char *to, const char *from, size_t count) {
  Line last = loadLine(from + count - 64);
  for (size_t i = 0; i + 64 < count; i += 64)
    storeLine(to + i, loadLine(from + i));
  storeLine(to + count - 64, last);
}

static inline void copyBackward(char *to, const char *from, size_t count) {
  Line first = loadLine(from);
  for (size_t i = count; i > 64; i -= 64)
    storeLine(to + i - 64, loadLine(from + i - 64));
  storeLine(to, first);
}

void *memmove(void *destination, const void *source, size_t count) {
  char *to = destination;
  const char *from = source;
  if (count <= 64)
    copySmall(to, from, count);
  else if ((uintptr_t)to - (uintptr_t)from >= count)
    copyForward(to, from, count);
  else
    copyBackward(to, from, count);
  return destination;
}

// The x86-64 and AArch64 of today have no use for a memcpy that is not also a memmove.
void *memcpy(void *restrict destination, const void *restrict source, size_t count) {
  return memmove(destination, source, count);
}

#define SET_ENDS(Type, pattern, inner)                                                             \
  do {                                                                                             \
    size_t second = (inner), last = count - sizeof(Type);                                          \
    *(Type *)to = (Type)(pattern);                                                                 \
    *(Type *)(to + second) = (Type)(pattern);                                                      \
    *(Type *)(to + last - second) = (Type)(pattern);                                               \
    *(Type *)(to + last) = (Type)(pattern);                                                        \
  } while (0)

// Whether there are 16 bytes is a guess, too. With fewer than that, what fills blocks goes to
// `spare`: four stores that nobody needs take less than a guess that is wrong.
static inline void setSmall(char *to, uint64_t word, Block block, size_t count) {
  char spare[sizeof(Block)];
  SET_ENDS(HalfWord, word, count % 16 / 8 * 4);
  to = count >= sizeof spare ? to : spare;
  count = count >= sizeof spare ? count : sizeof spare;
  SET_ENDS(Block, block, (count - 1) / 32 * 16);
}

void *memset(void *destination, int value, size_t count) {
  char *to = destination;
  uint64_t word = 0x0101010101010101u * (uint8_t)value;
  Block block = {word, word};
  if (count > 64) {
    Line line = {block, block, block, block};
    for (size_t i = 0; i + 64 < count; i += 64)
      storeLine(to + i, line);
    storeLine(to + count - 64, line);
  } else if (count >= 4)
    setSmall(to, word, block, count);
  else if (count >= 2)
    SET_ENDS(QuarterWord, word, 0);
  else if (count == 1)
    *to = (char)value;
  return destination;
}
