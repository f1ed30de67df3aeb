// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Numbers of many words: schoolbook and Karatsuba multiplication with 64x64 to 128 bits, and
// modular powers.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef unsigned __int128 Wide;
enum { Words = 64 };

static uint64_t addTo(uint64_t *to, const uint64_t *from, int count) {
  uint64_t carry = 0;
  for (int i = 0; i < count; i++) {
    Wide sum = (Wide)to[i] + from[i] + carry;
    to[i] = sum;
    carry = sum >> 64;
  }
  return carry;
}

static uint64_t subtractFrom(uint64_t *to, const uint64_t *from, int count) {
  uint64_t borrow = 0;
  for (int i = 0; i < count; i++) {
    Wide difference = (Wide)to[i] - from[i] - borrow;
    to[i] = difference;
    borrow = difference >> 64 & 1;
  }
  return borrow;
}

static void schoolbook(uint64_t *to, const uint64_t *a, const uint64_t *b, int count) {
  memset(to, 0, 2 * count * sizeof *to);
  for (int i = 0; i < count; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < count; j++) {
      Wide sum = (Wide)a[i] * b[j] + to[i + j] + carry;
      to[i + j] = sum;
      carry = sum >> 64;
    }
    to[i + count] = carry;
  }
}

static void ripple(uint64_t *to, uint64_t carry) {
  for (; carry; to++)
    carry = (*to += carry) < carry;
}

static void multiply(uint64_t *to, const uint64_t *a, const uint64_t *b, int count) {
  if (count <= 16) {
    schoolbook(to, a, b, count);
    return;
  }
  int half = count / 2;
  uint64_t middle[Words + 2] = {0}, left[Words / 2 + 1], right[Words / 2 + 1], outer[Words];
  multiply(to, a, b, half);
  multiply(to + count, a + half, b + half, half);
  memcpy(left, a, half * sizeof *a);
  memcpy(right, b, half * sizeof *b);
  uint64_t leftCarry = addTo(left, a + half, half), rightCarry = addTo(right, b + half, half);
  multiply(middle, left, right, half);
  if (leftCarry)
    middle[count] += addTo(middle + half, right, half);
  if (rightCarry)
    middle[count] += addTo(middle + half, left, half);
  middle[count] += leftCarry & rightCarry;
  memcpy(outer, to, count * sizeof *to);
  middle[count] -= subtractFrom(middle, outer, count);
  memcpy(outer, to + count, count * sizeof *to);
  middle[count] -= subtractFrom(middle, outer, count);
  uint64_t carry = addTo(to + half, middle, count);
  ripple(to + half + count, carry + middle[count]);
}

// Montgomery's product a * b / 2^64 modulo an odd number below 2^63; `inverse` is minus its inverse
// modulo 2^64.
static uint64_t reduce(uint64_t a, uint64_t b, uint64_t modulus, uint64_t inverse) {
  Wide wide = (Wide)a * b;
  uint64_t factor = (uint64_t)wide * inverse, result = (wide + (Wide)factor * modulus) >> 64;
  return result >= modulus ? result - modulus : result;
}

static uint64_t power(uint64_t base, uint64_t exponent, uint64_t modulus) {
  uint64_t inverse = modulus, result = base;
  for (int i = 0; i < 5; i++)
    inverse *= 2 - modulus * inverse;
  for (; exponent; exponent >>= 1, base = reduce(base, base, modulus, -inverse))
    if (exponent & 1)
      result = reduce(result, base, modulus, -inverse);
  return result;
}

int main(void) {
  static uint64_t a[Words], b[Words], product[2 * Words];
  uint64_t state = 88172645463325252u, sum = 0;
  for (int i = 0; i < Words; i++) {
    a[i] = state = state * 6364136223846793005u + 1442695040888963407u;
    b[i] = state = state * 6364136223846793005u + 1442695040888963407u;
  }
  for (int round = 0; round < 120000; round++) {
    multiply(product, a, b, Words);
    for (int i = 0; i < Words; i++)
      a[i] = product[i] ^ product[i + Words];
    sum = sum * 31 + product[Words];
  }
  for (int i = 0; i < 60000; i++)
    sum += power(a[i % Words] >> 2, b[i % Words], 0x7fffffffffffffe7u - 2 * i);
  printf("%016llx\n", (unsigned long long)sum);
}
