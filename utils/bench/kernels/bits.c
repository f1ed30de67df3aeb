// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// 64-bit bit tricks: queens on a board by masks, bit boards, population counts, Gray codes.
#include <stdint.h>
#include <stdio.h>

static uint64_t queens(uint64_t all, uint64_t columns, uint64_t left, uint64_t right) {
  if (columns == all)
    return 1;
  uint64_t solutions = 0;
  for (uint64_t open = all & ~(columns | left | right); open; open &= open - 1) {
    uint64_t bit = open & -open;
    solutions += queens(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return solutions;
}

static uint64_t reverse(uint64_t x) {
  x = (x >> 1 & 0x5555555555555555u) | (x & 0x5555555555555555u) << 1;
  x = (x >> 2 & 0x3333333333333333u) | (x & 0x3333333333333333u) << 2;
  x = (x >> 4 & 0x0f0f0f0f0f0f0f0fu) | (x & 0x0f0f0f0f0f0f0f0fu) << 4;
  return __builtin_bswap64(x);
}

static uint64_t fill(uint64_t rooks, uint64_t empty) {
  uint64_t east = rooks, open = empty & 0xfefefefefefefefeu;
  east |= open & east << 1;
  open &= open << 1;
  east |= open & east << 2;
  open &= open << 2;
  east |= open & east << 4;
  uint64_t north = rooks;
  north |= empty & north << 8;
  empty &= empty << 8;
  north |= empty & north << 16;
  empty &= empty << 16;
  north |= empty & north << 32;
  return east ^ north;
}

int main(void) {
  uint64_t sum = queens((1 << 11) - 1, 0, 0, 0), state = 0x2545f4914f6cdd1du;
  for (int i = 0; i < 60000000; i++) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    uint64_t moves = fill(state & state << 21, ~state);
    sum += __builtin_popcountll(moves) + (moves ? __builtin_ctzll(moves) : 64) * 3;
    sum ^= reverse(state ^ state >> 1);
    sum += __builtin_clzll(state | 1);
  }
  printf("%llu\n", (unsigned long long)sum);
}
