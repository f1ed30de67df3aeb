// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Compression by references to earlier text (hash table of four bytes, greedy), and decompression.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { InputBytes = 1 << 22, HashBits = 15, LeastMatch = 4, MaxOffset = 65535 };
static uint8_t input[InputBytes], packed[InputBytes + InputBytes / 64 + 64], output[InputBytes];
static uint32_t heads[1 << HashBits];

static uint32_t word(const uint8_t *from) {
  uint32_t value;
  memcpy(&value, from, 4);
  return value;
}

static uint8_t *putLength(uint8_t *to, uint32_t length) {
  for (; length >= 255; length -= 255)
    *to++ = 255;
  *to++ = length;
  return to;
}

// A record: a byte with both lengths, more of each, literals, and a distance of two bytes (0: the
// end).
static uint8_t *putRecord(uint8_t *to, const uint8_t *literals, uint32_t count, uint32_t distance,
                          uint32_t match) {
  *to++ = (count < 15 ? count : 15) << 4 | (match < 15 ? match : 15);
  if (count >= 15)
    to = putLength(to, count - 15);
  for (uint32_t i = 0; i < count; i++)
    to[i] = literals[i];
  to += count;
  *to++ = distance;
  *to++ = distance >> 8;
  if (match >= 15)
    to = putLength(to, match - 15);
  return to;
}

static size_t compress(uint8_t *to, const uint8_t *from, uint32_t size) {
  uint8_t *begin = to;
  uint32_t at = 1, literals = 0;
  memset(heads, 0, sizeof heads);
  while (at + 12 < size) {
    uint32_t key = word(from + at) * 2654435761u >> (32 - HashBits);
    uint32_t candidate = heads[key];
    heads[key] = at;
    if (at - candidate > MaxOffset || word(from + candidate) != word(from + at)) {
      at += 1 + ((at - literals) >> 6);
      continue;
    }
    uint32_t match = LeastMatch;
    while (at + match + 8 < size && from[candidate + match] == from[at + match])
      match++;
    to = putRecord(to, from + literals, at - literals, at - candidate, match - LeastMatch);
    at += match;
    literals = at;
  }
  return putRecord(to, from + literals, size - literals, 0, 0) - begin;
}

static const uint8_t *getLength(const uint8_t *from, uint32_t *length) {
  uint8_t byte;
  do
    *length += byte = *from++;
  while (byte == 255);
  return from;
}

static size_t decompress(uint8_t *to, const uint8_t *from) {
  uint8_t *begin = to;
  for (;;) {
    uint32_t count = *from >> 4, match = *from & 15;
    from++;
    if (count == 15)
      from = getLength(from, &count);
    memcpy(to, from, count);
    to += count;
    from += count;
    uint32_t distance = from[0] | from[1] << 8;
    from += 2;
    if (!distance)
      return to - begin;
    if (match == 15)
      from = getLength(from, &match);
    match += LeastMatch;
    const uint8_t *source = to - distance;
    while (match--)
      *to++ = *source++;
  }
}

// Words of a small vocabulary, sometimes noise: text that compresses to less than half.
static void makeInput(void) {
  uint32_t seed = 7, at = 0;
  while (at < InputBytes) {
    seed = seed * 1664525 + 1013904223;
    uint32_t word = seed >> 22, length = 3 + (seed >> 16 & 7);
    for (uint32_t i = 0; i < length && at < InputBytes; i++)
      input[at++] = word < 40 ? seed >> (8 + i) : 'a' + (word * 7 + i * i * (word & 3)) % 26;
    if (at < InputBytes)
      input[at++] = ' ';
  }
}

int main(void) {
  makeInput();
  uint32_t sum = 0;
  for (int round = 0; round < 10; round++) {
    size_t size = compress(packed, input, InputBytes);
    for (int again = 0; again < 3; again++)
      if (decompress(output, packed) != InputBytes || memcmp(input, output, InputBytes))
        return 1;
    sum = sum * 31 + size;
    input[sum % InputBytes] ^= 1;
  }
  printf("%u\n", sum);
}
