// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "pthread_subset.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { stackBytes = 65536 };

/// thread_start.S knows the first two fields.
struct pthread {
  char *stackTop;
  char *threadLocalStorage;
  void *(*function)(void *);
  void *argument, *result;
  int done;
};

__attribute__((import_module("wasi"), import_name("thread-spawn"))) int
threadSpawn(struct pthread *thread);

static void waitWhile(int *address, int value) {
  __builtin_wasm_memory_atomic_wait32(address, value, -1);
}
static void wake(int *address, unsigned count) {
  __builtin_wasm_memory_atomic_notify(address, count);
}

void threadMain(struct pthread *thread) {
  thread->result = thread->function(thread->argument);
  __atomic_store_n(&thread->done, 1, __ATOMIC_SEQ_CST);
  wake(&thread->done, 1);
}

int pthread_create(pthread_t *created, const void *attributes, void *(*function)(void *),
                   void *argument) {
  (void)attributes;
  size_t localBytes = __builtin_wasm_tls_size(), alignment = __builtin_wasm_tls_align();
  char *block = malloc(sizeof(struct pthread) + stackBytes + localBytes + alignment + 16);
  if (!block)
    return EAGAIN;
  struct pthread *thread = (struct pthread *)block;
  memset(thread, 0, sizeof(*thread));
  uintptr_t top = (uintptr_t)(block + sizeof(*thread) + stackBytes) & ~(uintptr_t)15;
  thread->stackTop = (char *)top;
  thread->threadLocalStorage =
      alignment ? (char *)((top + alignment - 1) & ~(uintptr_t)(alignment - 1)) : (char *)top;
  thread->function = function;
  thread->argument = argument;
  if (threadSpawn(thread) < 0) {
    free(block);
    return EAGAIN;
  }
  *created = thread;
  return 0;
}

int pthread_join(pthread_t thread, void **result) {
  while (!__atomic_load_n(&thread->done, __ATOMIC_SEQ_CST))
    waitWhile(&thread->done, 0);
  if (result)
    *result = thread->result;
  // Its stack: between the store of `done` and its end a thread uses none.
  free(thread);
  return 0;
}

// Drepper, "Futexes Are Tricky", section 5, the second mutex.
int pthread_mutex_lock(pthread_mutex_t *mutex) {
  int state = 0;
  if (__atomic_compare_exchange_n(&mutex->state, &state, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
    return 0;
  if (state != 2)
    state = __atomic_exchange_n(&mutex->state, 2, __ATOMIC_SEQ_CST);
  while (state != 0) {
    waitWhile(&mutex->state, 2);
    state = __atomic_exchange_n(&mutex->state, 2, __ATOMIC_SEQ_CST);
  }
  return 0;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex) {
  if (__atomic_exchange_n(&mutex->state, 0, __ATOMIC_SEQ_CST) == 2)
    wake(&mutex->state, 1);
  return 0;
}

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex) {
  int sequence = __atomic_load_n(&condition->sequence, __ATOMIC_SEQ_CST);
  pthread_mutex_unlock(mutex);
  waitWhile(&condition->sequence, sequence);
  return pthread_mutex_lock(mutex);
}

static int signalSome(pthread_cond_t *condition, unsigned count) {
  __atomic_fetch_add(&condition->sequence, 1, __ATOMIC_SEQ_CST);
  wake(&condition->sequence, count);
  return 0;
}
int pthread_cond_signal(pthread_cond_t *condition) { return signalSome(condition, 1); }
int pthread_cond_broadcast(pthread_cond_t *condition) { return signalSome(condition, UINT32_MAX); }

// Instead of the C library's. Because it calls the constructors itself, the linker does not wrap
// every export with a call of them, which would run them again on each thread.
void __wasm_call_ctors(void);
void __wasm_call_dtors(void);
int __main_void(void);
__attribute__((export_name("_start"))) void _start(void) {
  __wasm_call_ctors();
  int status = __main_void();
  __wasm_call_dtors();
  if (status != 0)
    _Exit(status);
}

// The C library's allocator knows nothing of threads; the linker's --wrap leads all calls through
// here.
static pthread_mutex_t heap = PTHREAD_MUTEX_INITIALIZER;

#define LOCKED(call)                                                                               \
  pthread_mutex_lock(&heap);                                                                       \
  void *result = call;                                                                             \
  pthread_mutex_unlock(&heap);                                                                     \
  return result

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *block, size_t bytes);
void *__real_aligned_alloc(size_t alignment, size_t bytes);
void __real_free(void *block);

void *__wrap_malloc(size_t bytes) { LOCKED(__real_malloc(bytes)); }
void *__wrap_calloc(size_t count, size_t bytes) { LOCKED(__real_calloc(count, bytes)); }
void *__wrap_realloc(void *block, size_t bytes) { LOCKED(__real_realloc(block, bytes)); }
void *__wrap_aligned_alloc(size_t alignment, size_t bytes) {
  LOCKED(__real_aligned_alloc(alignment, bytes));
}
void __wrap_free(void *block) {
  pthread_mutex_lock(&heap);
  __real_free(block);
  pthread_mutex_unlock(&heap);
}
