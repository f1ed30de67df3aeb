// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Sockets, on the listener that is descriptor 4. Its client (check_sockets.py) connects when it reads the line "again", sends
// "hello", and when it has got "reply", shuts its side down.
#include "check.h"

int main(void) {
  enum { LISTENER = 4 };
  u32 fd, other, moved;
  uint16_t flags;
  char text[16] = "";
  struct fdstat status;
  struct vector all = {text, 16}, five = {text, 5}, reply = {"reply", 5};
  check("listener", w_fd_fdstat_get(LISTENER, &status), SUCCESS);
  check("listener-type", status.type, 6);
  check("nonblock", w_fd_fdstat_set_flags(LISTENER, NONBLOCK), SUCCESS);
  check("again", w_sock_accept(LISTENER, 0, &fd), AGAIN);
  fflush(stdout);
  check("block", w_fd_fdstat_set_flags(LISTENER, 0), SUCCESS);

  struct subscription in = {.userdata = 5, .type = 1};
  struct event out;
  in.fd = LISTENER;
  check("poll", w_poll_oneoff(&in, &out, 1, &moved), SUCCESS);
  check("poll-error", out.error, SUCCESS);
  check("accept-bad-flags", w_sock_accept(LISTENER, APPEND, &fd), INVAL);
  check("accept-bad-pointer", w_sock_accept(LISTENER, 0, (u32 *)0xffffffff), FAULT);
  check("accept", w_sock_accept(LISTENER, 0, &fd), SUCCESS);
  check("accept-of-connection", w_sock_accept(fd, 0, &other), NOTCAPABLE);
  check("accept-no-socket", w_sock_accept(ROOT, 0, &other), NOTSOCK);

  check("peek", w_sock_recv(fd, &five, 1, 1 | 2, &moved, &flags), SUCCESS);
  check("peek-moved", moved, 5);
  check("receive", w_sock_recv(fd, &five, 1, 2, &moved, &flags), SUCCESS);
  check("receive-text", memcmp(text, "hello", 6), 0);
  check("receive-flags", flags, 0);
  check("receive-bad-flags", w_sock_recv(fd, &five, 1, 4, &moved, &flags), INVAL);
  check("receive-bad-pointer", w_sock_recv(fd, &five, 1, 0, &moved, (void *)0xffffffff), FAULT);
  check("send-bad-flags", w_sock_send(fd, &reply, 1, 1, &moved), INVAL);
  check("send", w_sock_send(fd, &reply, 1, 0, &moved), SUCCESS);
  check("send-moved", moved, 5);
  check("receive-end", w_sock_recv(fd, &all, 1, 0, &moved, &flags), SUCCESS);
  check("receive-end-moved", moved, 0);
  check("seek", w_fd_seek(fd, 0, 0, &(u64){0}), NOTCAPABLE);
  check("shutdown-bad", w_sock_shutdown(fd, 0), INVAL);
  check("shutdown-bad-bits", w_sock_shutdown(fd, 4), INVAL);
  check("shutdown", w_sock_shutdown(fd, 2), SUCCESS);
  check("send-after-shutdown", w_sock_send(fd, &reply, 1, 0, &moved), 64);
  check("write-after-shutdown", w_fd_write(fd, &reply, 1, &moved), 64);
  check("close", w_fd_close(fd), SUCCESS);
}
