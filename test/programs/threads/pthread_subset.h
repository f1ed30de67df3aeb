// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The part of POSIX threads that the programs here use. Natively it is the system's; for wasm,
// whose C library in Debian has no threads, pthread_subset.c makes it from wasi-threads and atomic
// instructions.
#pragma once

#ifndef __wasm__
#include <pthread.h>
#else

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pthread *pthread_t;
typedef struct {
  int state; // 0 free, 1 locked, 2 locked and somebody waits
} pthread_mutex_t;
typedef struct {
  int sequence;
} pthread_cond_t;

#define PTHREAD_MUTEX_INITIALIZER {0}
#define PTHREAD_COND_INITIALIZER {0}

int pthread_create(pthread_t *thread, const void *attributes, void *(*function)(void *),
                   void *argument);
int pthread_join(pthread_t thread, void **result);
int pthread_mutex_lock(pthread_mutex_t *mutex);
int pthread_mutex_unlock(pthread_mutex_t *mutex);
int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);
int pthread_cond_signal(pthread_cond_t *condition);
int pthread_cond_broadcast(pthread_cond_t *condition);

#ifdef __cplusplus
}
#endif
#endif
