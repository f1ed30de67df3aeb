// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// poll_oneoff, clocks, random numbers, arguments, signals.
// NODE: bad-clock-error 0: waits for any clock
// NODE: bad-descriptor-error 0: reports readiness without an error
// NODE: mixed 63: cannot wait for files, because epoll cannot
// NODE: mixed-type 0: the same
// NODE: mixed-userdata 1: the same
// NODE: no-right 76: fails as a whole
// NODE: no-right-error 0: the same
#include "check.h"

static struct subscription clock_after(u64 userdata, u32 id, u64 timeoutNs, uint16_t flags) {
  struct subscription made = {.userdata = userdata, .type = 0};
  made.clock.id = id;
  made.clock.timeoutNs = timeoutNs;
  made.clock.flags = flags;
  return made;
}
static struct subscription ready(u64 userdata, uint8_t type, u32 fd) {
  struct subscription made = {.userdata = userdata, .type = type};
  made.fd = fd;
  return made;
}

static void polling(void) {
  struct subscription in[3];
  struct event out[3];
  u32 count;
  u64 before, after;
  in[0] = clock_after(7, 1, 20000000, 0);
  in[1] = clock_after(8, 0, 3600000000000, 0);
  w_clock_time_get(1, 0, &before);
  check("sleep", w_poll_oneoff(in, out, 2, &count), SUCCESS);
  w_clock_time_get(1, 0, &after);
  check("sleep-events", count, 1);
  check("sleep-userdata", (long long)out[0].userdata, 7);
  check("sleep-type", out[0].type, 0);
#ifndef NODE // which may wake a little early, and which waits for what is past
  check("sleep-time", after - before >= 20000000, 1);
  in[0] = clock_after(1, 1, before, 1);
  check("absolute-past", w_poll_oneoff(in, out, 1, &count), SUCCESS);
  check("absolute-past-error", out[0].error, SUCCESS);
#endif
  in[0] = clock_after(1, 77, 0, 0);
  check("bad-clock", w_poll_oneoff(in, out, 1, &count), SUCCESS);
  check("bad-clock-error", out[0].error, INVAL);

  u32 file = (u32)open_at(ROOT, "file", CREAT, R_FILE, 0);
  in[0] = clock_after(1, 1, 3600000000000, 0);
  in[1] = ready(2, 2, file);
  check("mixed", w_poll_oneoff(in, out, 2, &count), SUCCESS);
  check("mixed-events", count, 1);
  check("mixed-userdata", (long long)out[0].userdata, 2);
  check("mixed-type", out[0].type, 2);
  in[0] = ready(3, 1, 99);
  check("bad-descriptor", w_poll_oneoff(in, out, 1, &count), SUCCESS);
  check("bad-descriptor-error", out[0].error, BADF);
  w_fd_fdstat_set_rights(file, R_READ, 0);
  in[0] = ready(4, 1, file);
  check("no-right", w_poll_oneoff(in, out, 1, &count), SUCCESS);
  check("no-right-error", out[0].error, NOTCAPABLE);
  check("none", w_poll_oneoff(in, out, 0, &count), INVAL);
  in[0] = ready(5, 3, file);
  check("bad-type", w_poll_oneoff(in, out, 1, &count), INVAL);
}

int main(void) {
  u32 count, bytes, pointers[8];
  u64 ns;
  char text[64];
  check("args-sizes", w_args_sizes_get(&count, &bytes), SUCCESS);
  check("args-count", count, 3);
  check("args-bytes", bytes, sizeof("program") + sizeof("one") + sizeof("two words"));
  check("args", w_args_get(pointers, text), SUCCESS);
  check("args-last", strcmp((char *)pointers[2], "two words"), 0);
  check("environ-sizes", w_environ_sizes_get(&count, &bytes), SUCCESS);
  check("environ-count", count, 1);
  check("environ", w_environ_get(pointers, text), SUCCESS);
  check("environ-text", strcmp((char *)pointers[0], "KEY=value"), 0);

  for (u32 id = 0; id < 4; ++id) {
    char label[32];
    snprintf(label, sizeof(label), "clock-%u", id);
    check(label, w_clock_time_get(id, 0, &ns), SUCCESS);
    snprintf(label, sizeof(label), "clock-resolution-%u", id);
    check(label, w_clock_res_get(id, &ns), SUCCESS);
  }
  check("clock-bad", w_clock_time_get(4, 0, &ns), INVAL);
  check("clock-resolution-bad", w_clock_res_get(4, &ns), INVAL);
  char a[40] = {}, b[40] = {};
  check("random", w_random_get(a, 40), SUCCESS);
  w_random_get(b, 40);
  check("random-differs", memcmp(a, b, 40) != 0, 1);
  check("random-none", w_random_get(a, 0), SUCCESS);
  check("yield", w_sched_yield(), SUCCESS);
  check("raise-bad", w_proc_raise(99), NOSYS);
  polling();
}
