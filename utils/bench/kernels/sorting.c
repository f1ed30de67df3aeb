// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Quicksort, mergesort and heapsort of integers, and `qsort`'s shape: comparison through a pointer.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { Count = 400000 };
static int32_t values[Count], scratch[Count];
static uint32_t seed;

static void fill(void) {
  for (int i = 0; i < Count; i++)
    values[i] = seed = seed * 1664525 + 1013904223;
}

static void swap(int32_t *a, int32_t *b) {
  int32_t kept = *a;
  *a = *b;
  *b = kept;
}

static void quicksort(int32_t *first, int32_t *last) {
  while (last - first > 16) {
    int32_t pivot = first[(last - first) / 2], *left = first, *right = last - 1;
    while (left <= right) {
      while (*left < pivot)
        left++;
      while (*right > pivot)
        right--;
      if (left <= right)
        swap(left++, right--);
    }
    quicksort(first, right + 1);
    first = left;
  }
  for (int32_t *next = first + 1; next < last; next++) {
    int32_t value = *next, *hole = next;
    for (; hole > first && hole[-1] > value; hole--)
      *hole = hole[-1];
    *hole = value;
  }
}

static void mergesort(int32_t *data, int32_t *spare, int count) {
  if (count < 2)
    return;
  int half = count / 2;
  mergesort(data, spare, half);
  mergesort(data + half, spare, count - half);
  memcpy(spare, data, half * sizeof *data);
  int left = 0, right = half, to = 0;
  while (left < half && right < count)
    data[to++] = spare[left] <= data[right] ? spare[left++] : data[right++];
  while (left < half)
    data[to++] = spare[left++];
}

static int ascending(const int32_t *a, const int32_t *b) { return (*a > *b) - (*a < *b); }
static int byLowBits(const int32_t *a, const int32_t *b) { return (*a & 0xffff) - (*b & 0xffff); }

static void heapsort(int32_t *data, int count,
                     int (*volatile *compare)(const int32_t *, const int32_t *)) {
  int (*order)(const int32_t *, const int32_t *) = *compare;
  for (int start = count / 2 - 1, end = count; end > 1;) {
    if (start >= 0)
      start--;
    else
      swap(&data[0], &data[--end]);
    int root = start < 0 ? 0 : start + 0, child;
    for (; (child = 2 * root + 1) < end; root = child) {
      if (child + 1 < end && order(&data[child], &data[child + 1]) < 0)
        child++;
      if (order(&data[root], &data[child]) >= 0)
        break;
      swap(&data[root], &data[child]);
    }
  }
}

static uint32_t digest(void) {
  uint32_t sum = 0;
  for (int i = 0; i < Count; i += 7)
    sum = sum * 31 + values[i];
  return sum;
}

int main(void) {
  static int (*volatile orders[])(const int32_t *, const int32_t *) = {ascending, byLowBits};
  uint32_t sum = 0;
  for (int round = 0; round < 4; round++) {
    fill();
    quicksort(values, values + Count);
    sum ^= digest();
    fill();
    mergesort(values, scratch, Count);
    sum += digest();
    fill();
    heapsort(values, Count, &orders[round & 1]);
    sum = sum * 3 + digest();
  }
  printf("%u\n", sum);
}
