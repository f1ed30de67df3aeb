// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// memcpy, memmove, memset for RISC-V (see Memory.c). What is not aligned may be slow there by
// orders of magnitude, so every access is aligned: pieces of 1, 2 and 4 bytes lead to the first
// aligned word of the destination. What is aligned in source and destination is copied in one
// piece, up to a word, so that other threads never see half of it.
//
// Built with -ffreestanding -fno-builtin, or the loops below would become calls to themselves.

#include <stddef.h>
#include <stdint.h>

typedef uint64_t __attribute__((may_alias)) Word;
typedef uint32_t __attribute__((may_alias)) HalfWord;
typedef uint16_t __attribute__((may_alias)) QuarterWord;

static const size_t wordBytes = sizeof(Word);

// Forward from `to` and `from` on, or backward from where they end; both move on.
#define COPY_UP(Type)                                                                              \
  do {                                                                                             \
    *(Type *)to = *(const Type *)from;                                                             \
    to += sizeof(Type), from += sizeof(Type), count -= sizeof(Type);                               \
  } while (0)
#define COPY_DOWN(Type)                                                                            \
  do {                                                                                             \
    to -= sizeof(Type), from -= sizeof(Type), count -= sizeof(Type);                               \
    *(Type *)to = *(const Type *)from;                                                             \
  } while (0)

// Pieces up to where the destination is aligned to a word, if `count` reaches so far; `difference`
// is that of the two alignments.
#define COPY_HEAD(COPY)                                                                            \
  do {                                                                                             \
    if (count >= 1 && ((uintptr_t)to & 1))                                                         \
      COPY(char);                                                                                  \
    while ((difference & 1) && count && (uintptr_t)to % wordBytes)                                 \
      COPY(char);                                                                                  \
    if (count >= 2 && ((uintptr_t)to & 2))                                                         \
      COPY(QuarterWord);                                                                           \
    while ((difference & 2) && count >= 2 && (uintptr_t)to % wordBytes)                            \
      COPY(QuarterWord);                                                                           \
    if (count >= 4 && ((uintptr_t)to & 4))                                                         \
      COPY(HalfWord);                                                                              \
  } while (0)

#define COPY_TAIL(COPY)                                                                            \
  do {                                                                                             \
    while ((difference & 1) && count)                                                              \
      COPY(char);                                                                                  \
    while ((difference & 2) && count >= 2)                                                         \
      COPY(QuarterWord);                                                                           \
    if (count >= 4)                                                                                \
      COPY(HalfWord);                                                                              \
    if (count >= 2)                                                                                \
      COPY(QuarterWord);                                                                           \
    if (count)                                                                                     \
      COPY(char);                                                                                  \
  } while (0)

#define COPY_WORDS(COPY)                                                                           \
  do {                                                                                             \
    while (count >= 4 * wordBytes) {                                                               \
      COPY(Word);                                                                                  \
      COPY(Word);                                                                                  \
      COPY(Word);                                                                                  \
      COPY(Word);                                                                                  \
    }                                                                                              \
    while (count >= wordBytes)                                                                     \
      COPY(Word);                                                                                  \
  } while (0)

static inline void copyForward(char *to, const char *from, size_t count, unsigned difference) {
  COPY_HEAD(COPY_UP);
  if (difference == 0) {
    COPY_WORDS(COPY_UP);
  } else if (count >= wordBytes) {
    // Each word is put together from the two of the source that hold its bytes: neither is read
    // without need.
    const unsigned shift = (uintptr_t)from % wordBytes * 8;
    const Word *source = (const Word *)(from - shift / 8);
    for (Word low = *source, high; count >= wordBytes; low = high) {
      high = *++source;
      *(Word *)to = low >> shift | high << (64 - shift);
      to += wordBytes, from += wordBytes, count -= wordBytes;
    }
  }
  COPY_TAIL(COPY_UP);
}

static inline void copyBackward(char *to, const char *from, size_t count, unsigned difference) {
  to += count, from += count;
  COPY_HEAD(COPY_DOWN);
  if (difference == 0) {
    COPY_WORDS(COPY_DOWN);
  } else if (count >= wordBytes) {
    const unsigned shift = (uintptr_t)from % wordBytes * 8;
    const Word *source = (const Word *)(from - shift / 8);
    for (Word high = *source, low; count >= wordBytes; high = low) {
      low = *--source;
      to -= wordBytes, from -= wordBytes, count -= wordBytes;
      *(Word *)to = low >> shift | high << (64 - shift);
    }
  }
  COPY_TAIL(COPY_DOWN);
}

void *memmove(void *destination, const void *source, size_t count) {
  const unsigned difference = ((uintptr_t)destination ^ (uintptr_t)source) % wordBytes;
  if ((uintptr_t)destination - (uintptr_t)source >= count)
    copyForward(destination, source, count, difference);
  else
    copyBackward(destination, source, count, difference);
  return destination;
}

void *memcpy(void *restrict destination, const void *restrict source, size_t count) {
  return memmove(destination, source, count);
}

#define SET(Type)                                                                                  \
  do {                                                                                             \
    *(Type *)to = (Type)pattern;                                                                   \
    to += sizeof(Type), count -= sizeof(Type);                                                     \
  } while (0)

void *memset(void *destination, int value, size_t count) {
  char *to = destination;
  const Word pattern = 0x0101010101010101u * (uint8_t)value;
  if (count >= 1 && ((uintptr_t)to & 1))
    SET(char);
  if (count >= 2 && ((uintptr_t)to & 2))
    SET(QuarterWord);
  if (count >= 4 && ((uintptr_t)to & 4))
    SET(HalfWord);
  while (count >= 4 * wordBytes) {
    SET(Word);
    SET(Word);
    SET(Word);
    SET(Word);
  }
  while (count >= wordBytes)
    SET(Word);
  if (count >= 4)
    SET(HalfWord);
  if (count >= 2)
    SET(QuarterWord);
  if (count)
    SET(char);
  return destination;
}
