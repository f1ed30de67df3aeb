// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The least of WASI that the kernels need, for programs made with wasm2c: a command that may write,
// and exits.
#include "kernel.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Z_wasi_snapshot_preview1_instance_t {
  Z_kernel_instance_t kernel;
};
typedef struct Z_wasi_snapshot_preview1_instance_t Wasi;

enum { Success = 0, NotSupported = 58, CharacterDevice = 2 };

static u32 word(Wasi *wasi, u32 address) {
  u32 value;
  memcpy(&value, Z_kernelZ_memory(&wasi->kernel)->data + address, 4);
  return value;
}

u32 Z_wasi_snapshot_preview1Z_fd_write(Wasi *wasi, u32 fd, u32 buffers, u32 count,
                                       u32 writtenAddress) {
  u32 written = 0;
  for (u32 i = 0; i < count; i++)
    written += fwrite(Z_kernelZ_memory(&wasi->kernel)->data + word(wasi, buffers + 8 * i), 1,
                      word(wasi, buffers + 8 * i + 4), fd == 2 ? stderr : stdout);
  memcpy(Z_kernelZ_memory(&wasi->kernel)->data + writtenAddress, &written, 4);
  return Success;
}

u32 Z_wasi_snapshot_preview1Z_fd_fdstat_get(Wasi *wasi, u32 fd, u32 address) {
  u8 *status = Z_kernelZ_memory(&wasi->kernel)->data + address;
  memset(status, 0, 24);
  status[0] = CharacterDevice;
  memset(status + 8, 0xff, 16); // all rights
  return Success;
}

u32 Z_wasi_snapshot_preview1Z_fd_close(Wasi *wasi, u32 fd) { return Success; }
u32 Z_wasi_snapshot_preview1Z_fd_seek(Wasi *wasi, u32 fd, u64 by, u32 from, u32 address) {
  return NotSupported;
}
void Z_wasi_snapshot_preview1Z_proc_exit(Wasi *wasi, u32 code) { exit(code); }

int main(void) {
  static Wasi wasi;
  wasm_rt_init();
  Z_kernel_init_module();
  Z_kernel_instantiate(&wasi.kernel, &wasi);
  Z_kernelZ__start(&wasi.kernel);
  return 0;
}
