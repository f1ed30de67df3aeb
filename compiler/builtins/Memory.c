// memcpy, memmove, memset for compiled code. LLVM calls them for runs whose length is not known; a fault in them is the trap of the
// access that they stand for, so they touch nothing but what they are asked to.
//
// Built with -ffreestanding -fno-builtin, or the loops below would become calls to themselves.

#include <stddef.h>
#include <stdint.h>

typedef uint64_t __attribute__((aligned(1), may_alias)) Word;
typedef uint32_t __attribute__((aligned(1), may_alias)) HalfWord;
typedef uint16_t __attribute__((aligned(1), may_alias)) QuarterWord;
typedef uint64_t __attribute__((vector_size(16), aligned(1), may_alias)) Block;

// Both ends, overlapping in the middle: two accesses cover every length of a size class, and all loads come before the stores, so that overlapping
// operands are right too.
#define COPY_BOTH_ENDS(Type)                                                                       \
  do {                                                                                             \
    Type first = *(const Type *)from;                                                              \
    Type last = *(const Type *)(from + count - sizeof(Type));                                      \
    *(Type *)to = first;                                                                           \
    *(Type *)(to + count - sizeof(Type)) = last;                                                   \
  } while (0)

static inline void copySmall(char *to, const char *from, size_t count) {
  if (count >= 16)
    COPY_BOTH_ENDS(Block);
  else if (count >= 8)
    COPY_BOTH_ENDS(Word);
  else if (count >= 4)
    COPY_BOTH_ENDS(HalfWord);
  else if (count >= 2)
    COPY_BOTH_ENDS(QuarterWord);
  else if (count == 1)
    *to = *from;
}

static inline void copyForward(char *to, const char *from, size_t count) {
  Block last = *(const Block *)(from + count - 16);
  size_t i = 0;
  for (; i + 64 < count; i += 64) {
    Block a = *(const Block *)(from + i), b = *(const Block *)(from + i + 16);
    Block c = *(const Block *)(from + i + 32), d = *(const Block *)(from + i + 48);
    *(Block *)(to + i) = a;
    *(Block *)(to + i + 16) = b;
    *(Block *)(to + i + 32) = c;
    *(Block *)(to + i + 48) = d;
  }
  for (; i + 16 < count; i += 16)
    *(Block *)(to + i) = *(const Block *)(from + i);
  *(Block *)(to + count - 16) = last;
}

static inline void copyBackward(char *to, const char *from, size_t count) {
  Block first = *(const Block *)from;
  size_t i = count;
  for (; i > 16; i -= 16)
    *(Block *)(to + i - 16) = *(const Block *)(from + i - 16);
  *(Block *)to = first;
}

void *memmove(void *destination, const void *source, size_t count) {
  char *to = destination;
  const char *from = source;
  if (count <= 32)
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

#define SET_BOTH_ENDS(Type, pattern)                                                               \
  do {                                                                                             \
    *(Type *)to = (Type)(pattern);                                                                 \
    *(Type *)(to + count - sizeof(Type)) = (Type)(pattern);                                        \
  } while (0)

void *memset(void *destination, int value, size_t count) {
  char *to = destination;
  uint64_t word = 0x0101010101010101u * (uint8_t)value;
  Block block = {word, word};
  if (count >= 16) {
    for (size_t i = 0; i + 16 < count; i += 16)
      *(Block *)(to + i) = block;
    *(Block *)(to + count - 16) = block;
  } else if (count >= 8)
    SET_BOTH_ENDS(Word, word);
  else if (count >= 4)
    SET_BOTH_ENDS(HalfWord, word);
  else if (count >= 2)
    SET_BOTH_ENDS(QuarterWord, word);
  else if (count == 1)
    *to = (char)value;
  return destination;
}
