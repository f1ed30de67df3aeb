// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// qsort and bsearch call back through function pointers; sorting is compared with our own merge
// sort.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint32_t key;
  int32_t order;
  double weight;
  char name[12];
} Record;

static int byKey(const void *lhs, const void *rhs) {
  const Record *a = lhs, *b = rhs;
  return a->key != b->key ? (a->key < b->key ? -1 : 1) : a->order - b->order;
}

static int byWeight(const void *lhs, const void *rhs) {
  const Record *a = lhs, *b = rhs;
  return a->weight != b->weight ? (a->weight < b->weight ? -1 : 1) : a->order - b->order;
}

static int byName(const void *lhs, const void *rhs) {
  const Record *a = lhs, *b = rhs;
  int names = strcmp(a->name, b->name);
  return names ? names : b->order - a->order;
}

static int (*const orders[])(const void *, const void *) = {byKey, byWeight, byName};

static void mergeSort(Record *records, Record *scratch, int count,
                      int (*compare)(const void *, const void *)) {
  if (count < 2)
    return;
  int half = count / 2, left = 0, right = half;
  mergeSort(records, scratch, half, compare);
  mergeSort(records + half, scratch, count - half, compare);
  for (int i = 0; i < count; ++i)
    scratch[i] = right == count || (left < half && compare(&records[left], &records[right]) <= 0)
                     ? records[left++]
                     : records[right++];
  memcpy(records, scratch, count * sizeof *records);
}

int main(void) {
  enum { COUNT = 20000 };
  Record *records = malloc(COUNT * sizeof *records), *copy = malloc(COUNT * sizeof *copy),
         *scratch = malloc(COUNT * sizeof *scratch);
  uint32_t random = 12345;
  for (int i = 0; i < COUNT; ++i) {
    random = random * 1103515245u + 12345u;
    records[i] =
        (Record){.key = (random >> 16) % 1000, .order = i, .weight = (int32_t)random / 7.0};
    snprintf(records[i].name, sizeof records[i].name, "%x", random >> 20);
  }
  for (int order = 0; order < 3; ++order) {
    memcpy(copy, records, COUNT * sizeof *records);
    qsort(records, COUNT, sizeof *records, orders[order]);
    mergeSort(copy, scratch, COUNT, orders[order]);
    int same = 1;
    for (int i = 0; i < COUNT; ++i)
      same &= records[i].order == copy[i].order;
    printf("order %d: %s\n", order, same ? "same" : "differs");
    for (int i = 0; i < COUNT; i += 1999)
      printf("  %" PRIu32 " %" PRId32 " %.3f %s\n", records[i].key, records[i].order,
             records[i].weight, records[i].name);
    Record *found = bsearch(&copy[COUNT / 3], records, COUNT, sizeof *records, orders[order]);
    printf("  found at %d\n", found ? (int)(found - records) : -1);
  }
  free(records), free(copy), free(scratch);
}
