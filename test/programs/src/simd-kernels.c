// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// WASM-FLAGS: -msimd128
// NATIVE-FLAGS: -msse4.1
// The same kernels with wasm_simd128.h and with SSE: a dot product, saturating addition, a search
// for a byte, a sum of floats lane by lane, a shuffle, and a prefix sum.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
typedef v128_t Vector;
#define LOAD(address) wasm_v128_load(address)
#define STORE(address, vector) wasm_v128_store(address, vector)
#define SPLAT8(value) wasm_i8x16_splat(value)
#define EQUAL8(a, b) wasm_i8x16_eq(a, b)
#define MASK8(a) wasm_i8x16_bitmask(a)
#define ADD_SATURATED_U8(a, b) wasm_u8x16_add_sat(a, b)
#define DOT16(a, b) wasm_i32x4_dot_i16x8(a, b)
#define ADD32(a, b) wasm_i32x4_add(a, b)
#define ADD_FLOATS(a, b) wasm_f32x4_add(a, b)
#define MULTIPLY_FLOATS(a, b) wasm_f32x4_mul(a, b)
#define REVERSE32(a) wasm_i32x4_shuffle(a, a, 3, 2, 1, 0)
#define SHIFT_LANES_1(a) wasm_i32x4_shuffle(wasm_i32x4_const_splat(0), a, 0, 4, 5, 6)
#define SHIFT_LANES_2(a) wasm_i32x4_shuffle(wasm_i32x4_const_splat(0), a, 0, 1, 4, 5)
#define MIN_U8(a, b) wasm_u8x16_min(a, b)
#else
#include <smmintrin.h>
typedef __m128i Vector;
#define LOAD(address) _mm_loadu_si128((const __m128i *)(address))
#define STORE(address, vector) _mm_storeu_si128((__m128i *)(address), vector)
#define SPLAT8(value) _mm_set1_epi8(value)
#define EQUAL8(a, b) _mm_cmpeq_epi8(a, b)
#define MASK8(a) (uint32_t)_mm_movemask_epi8(a)
#define ADD_SATURATED_U8(a, b) _mm_adds_epu8(a, b)
#define DOT16(a, b) _mm_madd_epi16(a, b)
#define ADD32(a, b) _mm_add_epi32(a, b)
#define ADD_FLOATS(a, b) _mm_castps_si128(_mm_add_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b)))
#define MULTIPLY_FLOATS(a, b) _mm_castps_si128(_mm_mul_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b)))
#define REVERSE32(a) _mm_shuffle_epi32(a, 0x1b)
#define SHIFT_LANES_1(a) _mm_slli_si128(a, 4)
#define SHIFT_LANES_2(a) _mm_slli_si128(a, 8)
#define MIN_U8(a, b) _mm_min_epu8(a, b)
#endif

enum { COUNT = 4096 };
static uint8_t bytes[COUNT], others[COUNT], sums[COUNT];
static int16_t shorts[COUNT], factors[COUNT];
static int32_t numbers[COUNT];
static float floats[COUNT];

static void fill(void) {
  uint32_t state = 1;
  for (int i = 0; i < COUNT; ++i) {
    state = state * 1664525 + 1013904223;
    bytes[i] = (uint8_t)(state >> 24) | 1;
    others[i] = (uint8_t)(state >> 16);
    shorts[i] = (int16_t)(state >> 8);
    factors[i] = (int16_t)(state >> 13);
    numbers[i] = (int32_t)(state >> 20);
    floats[i] = (float)(int32_t)state / 65536.0f;
  }
  bytes[3001] = 0;
}

static int32_t sumOfLanes(Vector vector) {
  int32_t lanes[4];
  STORE(lanes, vector);
  return (int32_t)((uint32_t)lanes[0] + (uint32_t)lanes[1] + (uint32_t)lanes[2] +
                   (uint32_t)lanes[3]);
}

static int32_t dotProduct(void) {
  Vector sum = SPLAT8(0);
  for (int i = 0; i < COUNT; i += 8)
    sum = ADD32(sum, DOT16(LOAD(shorts + i), LOAD(factors + i)));
  return sumOfLanes(sum);
}

static int findZero(void) {
  for (int i = 0; i < COUNT; i += 16) {
    const uint32_t mask = MASK8(EQUAL8(LOAD(bytes + i), SPLAT8(0)));
    if (mask)
      return i + __builtin_ctz(mask);
  }
  return -1;
}

static uint32_t addSaturated(void) {
  uint32_t hash = 2166136261u;
  for (int i = 0; i < COUNT; i += 16)
    STORE(sums + i, MIN_U8(ADD_SATURATED_U8(LOAD(bytes + i), LOAD(others + i)), SPLAT8((char)250)));
  for (int i = 0; i < COUNT; ++i)
    hash = (hash ^ sums[i]) * 16777619u;
  return hash;
}

static void sumFloats(float *lanes) {
  Vector sum = SPLAT8(0);
  for (int i = 0; i < COUNT; i += 4)
    sum = ADD_FLOATS(sum, MULTIPLY_FLOATS(LOAD(floats + i), REVERSE32(LOAD(floats + i))));
  STORE(lanes, sum);
}

static uint32_t prefixSums(void) {
  int32_t before = 0;
  uint32_t hash = 2166136261u;
  for (int i = 0; i < COUNT; i += 4) {
    int32_t lanes[4];
    Vector vector = LOAD(numbers + i);
    vector = ADD32(vector, SHIFT_LANES_1(vector));
    vector = ADD32(vector, SHIFT_LANES_2(vector));
    STORE(lanes, vector);
    for (int lane = 0; lane < 4; ++lane)
      hash = (hash ^ (uint32_t)(before + lanes[lane])) * 16777619u;
    before += lanes[3];
  }
  return hash;
}

int main(void) {
  fill();
  float lanes[4];
  sumFloats(lanes);
  uint32_t bits[4];
  memcpy(bits, lanes, sizeof(bits));
  printf("dot product %d\nfirst zero %d\nsaturated %08x\nfloats %08x %08x %08x %08x\nprefix sums "
         "%08x\n",
         dotProduct(), findZero(), addSaturated(), bits[0], bits[1], bits[2], bits[3],
         prefixSums());
}
