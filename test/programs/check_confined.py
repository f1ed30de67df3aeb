#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Places with less than a usual system: each is made with a mount, a limit or a filter of system calls.

    noexec     a cache on a file system from which nothing may run: artifacts are copied into memory, which is said
    read-only  a root that cannot be written, with memory in /dev/shm and without; temporary folders of mode 0700
    no-proc    no /proc: the command still finds its libraries
    addresses  ulimit -v: artifacts with explicit bounds checks run, others say what would help
    filtered   calls that deadlines need are denied: an error, never a deadline that is not kept; compiling does without
               threads
"""

import argparse
import ctypes
import os
import pathlib
import platform
import re
import shlex
import shutil
import struct
import subprocess
from typing import Callable

from harness import build, environment, fail, fresh_directory

TEXT = """(module (memory (export "memory") 1) (func (export "f") (result i32) (i32.const 7))
  (func (export "loop") (loop (br 0))))"""
# Numbers of system calls: rt_tgsigqueueinfo, clone, clone3.
CALLS = {"x86_64": {"signal": [297], "thread": [56, 435]}, "aarch64": {"signal": [240], "thread": [220, 435]}}


class Place:
    def __init__(self, command: str, work: pathlib.Path):
        self.command = command
        self.work = fresh_directory(work)
        (self.work / "m.wat").write_text(TEXT)
        build(["wat2wasm", str(self.work / "m.wat"), "-o", str(self.work / "m.wasm")])
        self.run("-O0", "m.wasm", "-o", "m.so")
        self.run("-O0", "--bounds-checks=explicit", "m.wasm", "-o", "explicit.so")

    def variables(self, **more: str) -> dict[str, str]:
        return environment() | {"WASM2NATIVE_CACHE_DIR": str(self.work / "cache")} | more

    def run(self, *arguments: str, status: int = 0, output: str = "", errors: str = "", before: str = "",
            deny: list[int] | None = None, **more: str) -> subprocess.CompletedProcess:
        """Runs the command, after the shell's commands `before` as root of a mount namespace of its own."""
        words = [self.command, *arguments]
        if before:
            words = ["unshare", "-m", "sh", "-e", "-c", f"{before}; exec {shlex.join(words)}"]
        done = subprocess.run(words, capture_output=True, text=True, env=self.variables(**more), cwd=self.work,
                              timeout=120, stdin=subprocess.DEVNULL,
                              preexec_fn=(lambda: deny_calls(deny)) if deny else None)
        is_said = errors in done.stderr and bool(errors) == bool(done.stderr)
        if done.returncode != status or output not in done.stdout or not is_said:
            fail(f"{before} {arguments} ends with {done.returncode}, must be {status}; wanted '{output}' and "
                 f"'{errors}'\n{done.stdout}{done.stderr}")
        return done


def deny_calls(numbers: list[int]) -> None:
    """A filter of this process: these calls fail with EPERM."""
    # Source: seccomp(2) and bpf(2): load the number; for each that is denied, jump to a return.
    load, equals, answer = 0x20, 0x15, 0x06
    program = [(load, 0, 0, 0)]
    for number in numbers:
        program += [(equals, 0, 1, number), (answer, 0, 0, 0x00050000 | 1)]
    program.append((answer, 0, 0, 0x7fff0000))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    filters = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_seccomp, filter_mode = 38, 22, 2
    if (libc.prctl(no_new_privileges, 1, 0, 0, 0) != 0
            or libc.prctl(set_seccomp, filter_mode, ctypes.byref(filters), 0, 0) != 0):
        raise OSError(ctypes.get_errno(), "no filter")


def can_mount() -> bool:
    return subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0 and os.geteuid() == 0


def check_noexec(place: Place) -> None:
    if not can_mount():
        print("not checked: no mounts here")
        return
    (place.work / "cache").mkdir()
    before = f"mount -t tmpfs -o noexec,mode=0700 none {place.work}/cache"
    run = ["run", "-O0", "--invoke", "f"]
    place.run(*run, "m.wasm", before=before, output="7", errors="is mounted noexec: artifacts of the cache are copied")
    twice = shlex.join([place.command, *run, "m.wasm"]) + " > /dev/null 2>&1"
    place.run(*run, "m.wasm", before=f"{before}; {twice}", output="7", errors="is mounted noexec")
    place.run(*run, f"{place.work}/cache/m.so", before=f"{before}; cp m.so cache", status=1,
              errors="may be mounted noexec")


def check_read_only(place: Place) -> None:
    # Whoever links code that will run must be alone in its folder.
    trace = place.work / "trace"
    strace = shutil.which("strace")
    if strace:
        command = [strace, "-f", "-o", str(trace), "-e", "trace=mkdir,mkdirat",
                   place.command, "-O0", "m.wasm", "-o", "again.so"]
        subprocess.run(command, check=True, env=place.variables(), cwd=place.work)
        modes = re.findall(r"wasm2native-\w+\", (\d+)", trace.read_text())
        if not modes or set(modes) != {"0700"}:
            fail(f"temporary folders have the modes {modes}, must be 0700")
    if not can_mount():
        print("not checked: no mounts here")
        return
    locked = "mount -o remount,ro,bind /; mount -t tmpfs -o ro none /tmp"
    if str(place.work).startswith("/tmp/"):
        print("not checked: the work folder is in /tmp")
        return
    run = ["run", "-O0", "-q", "--invoke", "f", "m.wasm"]
    writable = "mount -t tmpfs none /dev/shm"
    possible = subprocess.run(["unshare", "-m", "sh", "-e", "-c", f"{locked}; {writable}"], capture_output=True)
    if possible.returncode != 0:
        print("not checked: no read-only root here")
        return
    place.run(*run, before=f"{locked}; {writable}", output="7", TMPDIR="/tmp")
    place.run(*run, before=f"{locked}; mount -t tmpfs -o ro none /dev/shm", status=1, TMPDIR="/nowhere",
              errors="cannot make a temporary folder in '/nowhere', /tmp or /dev/shm, TMPDIR may name another")
    place.run("run", "--invoke", "f", "m.so", before=f"{locked}; mount -t tmpfs -o ro none /dev/shm", output="7")


def check_no_proc(place: Place) -> None:
    if not can_mount():
        print("not checked: no mounts here")
        return
    before = "umount -l /proc"
    place.run("run", "-O0", "--invoke", "f", "m.wasm", before=before, output="7")
    place.run("run", "--timeout", "100ms", "--invoke", "loop", "m.so", before=before, status=124,
              errors="deadline exceeded")
    place.run("-O0", "m.wasm", "-o", "again.so", before=before)


def check_addresses(place: Place) -> None:
    def run(file: str, **expected: str | int) -> None:
        place.run("run", "--invoke", "f", file, before="ulimit -v 300000", **expected)

    if subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode != 0:
        print("not checked: no namespaces here")
        return
    run("explicit.so", output="7")
    run("m.so", status=1, errors="compile with --bounds-checks=explicit to need less")
    place.run("-O0", "m.wasm", "-o", "again.so", before="ulimit -v 300000")


def check_filtered(place: Place) -> None:
    calls = CALLS.get(platform.machine())
    if not calls:
        print("not checked: the numbers of calls are not known here")
        return
    for denied, words in (("signal", "the system forbids rt_tgsigqueueinfo"), ("thread", "the system gives no thread")):
        place.run("run", "--timeout", "100ms", "--invoke", "loop", "m.so", deny=calls[denied], status=1,
                  errors=f"deadlines cannot be kept: {words}")
        place.run("run", "--invoke", "f", "m.so", deny=calls[denied], output="7")
    # A compiler without threads does all on its own, and keeps its limits between two steps.
    place.run("-O2", "-j2", "m.wasm", "-o", "threads.so")
    place.run("-O2", "-j2", "--max-compile-time=5m", "m.wasm", "-o", "alone.so", deny=calls["thread"])
    if (place.work / "threads.so").read_bytes() != (place.work / "alone.so").read_bytes():
        fail("compiled without threads, the artifact is another")
    (place.work / "bad.wat").write_text('(module (func (export "f") (result i32)))')
    build(["wat2wasm", "--no-check", str(place.work / "bad.wat"), "-o", str(place.work / "bad.wasm")])
    place.run("-j2", "bad.wasm", "-o", "bad.so", deny=calls["thread"], status=1, errors="bad.wasm")


CHECKS: dict[str, Callable[[Place], None]] = {
    "noexec": check_noexec, "read-only": check_read_only, "no-proc": check_no_proc, "addresses": check_addresses,
    "filtered": check_filtered}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--wasm2native", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("check", choices=CHECKS)
    options = parser.parse_args()
    os.umask(0o022)
    CHECKS[options.check](Place(options.wasm2native, options.work.resolve()))


if __name__ == "__main__":
    main()
