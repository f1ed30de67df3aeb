// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CRC-32 by tables: a byte at a time, then eight bytes at a time with eight tables.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint32_t tables[8][256];
static uint8_t data[1 << 18];

static void makeTables(void) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; bit++)
      crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    tables[0][i] = crc;
  }
  for (int i = 0; i < 256; i++)
    for (int k = 1; k < 8; k++)
      tables[k][i] = tables[k - 1][i] >> 8 ^ tables[0][tables[k - 1][i] & 255];
}

static uint32_t byBytes(uint32_t crc, const uint8_t *from, size_t size) {
  crc = ~crc;
  while (size--)
    crc = crc >> 8 ^ tables[0][(crc ^ *from++) & 255];
  return ~crc;
}

static uint32_t byWords(uint32_t crc, const uint8_t *from, size_t size) {
  crc = ~crc;
  for (; size >= 8; size -= 8, from += 8) {
    uint32_t low, high;
    memcpy(&low, from, 4);
    memcpy(&high, from + 4, 4);
    low ^= crc;
    crc = tables[7][low & 255] ^ tables[6][low >> 8 & 255] ^ tables[5][low >> 16 & 255] ^
          tables[4][low >> 24] ^ tables[3][high & 255] ^ tables[2][high >> 8 & 255] ^
          tables[1][high >> 16 & 255] ^ tables[0][high >> 24];
  }
  return byBytes(~crc, from, size);
}

int main(void) {
  makeTables();
  for (size_t i = 0; i < sizeof data; i++)
    data[i] = i * i >> 5;
  uint32_t slow = 0, fast = 0;
  for (int round = 0; round < 250; round++)
    slow = byBytes(slow, data, sizeof data);
  for (int round = 0; round < 1200; round++)
    fast = byWords(fast, data, sizeof data - 3);
  printf("%08x %08x\n", slow, fast);
}
