// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// POSIX threads: atomic counters, a mutex, a queue with condition variables, thread-local storage,
// many short threads.
#include "pthread_subset.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { workers = 4, rounds = 20001 };

static atomic_uint atomicCount;
static atomic_uchar byteCount;
static _Atomic uint64_t bits;
static unsigned plainCount;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local unsigned localCount = 5;

static void *count(void *argument) {
  unsigned worker = (unsigned)(uintptr_t)argument;
  for (unsigned i = 0; i < rounds; ++i) {
    atomic_fetch_add(&atomicCount, 1);
    atomic_fetch_add(&byteCount, 1);
    atomic_fetch_xor(&bits, 1ull << (worker * 16 + i % 16));
    ++localCount;
    if (i % 8 == 0) {
      pthread_mutex_lock(&mutex);
      ++plainCount;
      pthread_mutex_unlock(&mutex);
    }
  }
  return (void *)(uintptr_t)localCount;
}

// A bounded queue: one producer, `workers` consumers.
enum { queueSize = 8, items = 5000 };
static unsigned queue[queueSize], queued, nextIn, nextOut, finished;
static pthread_cond_t notEmpty = PTHREAD_COND_INITIALIZER, notFull = PTHREAD_COND_INITIALIZER;

static void *consume(void *argument) {
  uint64_t *sum = argument;
  for (;;) {
    pthread_mutex_lock(&mutex);
    while (queued == 0 && !finished)
      pthread_cond_wait(&notEmpty, &mutex);
    if (queued == 0) {
      pthread_mutex_unlock(&mutex);
      return NULL;
    }
    *sum += queue[nextOut++ % queueSize];
    --queued;
    pthread_cond_signal(&notFull);
    pthread_mutex_unlock(&mutex);
  }
}

static void produce(void) {
  for (unsigned i = 1; i <= items; ++i) {
    pthread_mutex_lock(&mutex);
    while (queued == queueSize)
      pthread_cond_wait(&notFull, &mutex);
    queue[nextIn++ % queueSize] = i;
    ++queued;
    pthread_cond_signal(&notEmpty);
    pthread_mutex_unlock(&mutex);
  }
  pthread_mutex_lock(&mutex);
  finished = 1;
  pthread_cond_broadcast(&notEmpty);
  pthread_mutex_unlock(&mutex);
}

// Memory that threads allocate, which makes it grow, and hand to each other.
static void *fillBlock(void *argument) {
  size_t bytes = 300000;
  unsigned char *block = malloc(bytes);
  memset(block, (int)(uintptr_t)argument, bytes);
  return block;
}

int main(void) {
  pthread_t threads[workers];
  for (uintptr_t i = 0; i < workers; ++i)
    if (pthread_create(&threads[i], NULL, count, (void *)i) != 0)
      return 1;
  for (int i = 0; i < workers; ++i) {
    void *result;
    pthread_join(threads[i], &result);
    printf("local %u\n", (unsigned)(uintptr_t)result);
  }
  printf("atomic %u byte %u bits %llx plain %u local %u\n", atomicCount, byteCount,
         (unsigned long long)bits, plainCount, localCount);

  uint64_t sums[workers] = {0}, sum = 0;
  for (int i = 0; i < workers; ++i)
    pthread_create(&threads[i], NULL, consume, &sums[i]);
  produce();
  for (int i = 0; i < workers; ++i) {
    pthread_join(threads[i], NULL);
    sum += sums[i];
  }
  printf("queue %llu\n", (unsigned long long)sum);

  unsigned blocks = 0;
  for (unsigned i = 0; i < 100; i += workers) {
    for (uintptr_t k = 0; k < workers; ++k)
      pthread_create(&threads[k], NULL, fillBlock, (void *)(i + k));
    for (unsigned k = 0; k < workers; ++k) {
      void *block;
      pthread_join(threads[k], &block);
      blocks += ((unsigned char *)block)[299999] == i + k && ((unsigned char *)block)[0] == i + k;
    }
  }
  printf("blocks %u\n", blocks);
  return 0;
}
