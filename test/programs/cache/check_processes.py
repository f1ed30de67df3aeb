#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Many processes on one cache.

    together    100 at once on the same module and on different ones: each result is right, and each module is compiled once
    killed      a process is killed at each of its system calls, from the first that names the cache: the next one works, quietly
    takes-over  whoever waits for a compiler that is killed compiles in its place
"""

import signal
import subprocess
import time

from subject import Subject, fail, main, text_of

PROCESSES = 100


def check_together(subject: Subject) -> None:
    for numbers in ([0] * PROCESSES, [i % len(subject.modules) for i in range(PROCESSES)]):
        # -v says what the compiler does, once for each compilation.
        running = [subprocess.Popen(command[:2] + ["-v"] + command[2:], env=subject.variables(), stdin=subprocess.DEVNULL,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                   for command in map(subject.run_command, numbers)]
        compilations = 0
        for number, process in zip(numbers, running):
            output, errors = process.communicate(timeout=300)
            subject.require_number(number, process.returncode, output, errors)
            compilations += errors.count(b"decoded ")
        # The second round finds one of its modules.
        wanted = 1 if set(numbers) == {0} else len(subject.modules) - 1
        if compilations != wanted:
            fail(f"{compilations} compilations, must be {wanted}")
        subject.require_quiet(entries=len(set(numbers)))


def trace(subject: Subject) -> list[str]:
    log = subject.work / "trace"
    subprocess.run(["strace", "-f", "-o", str(log)] + subject.run_command(0),
                   env=subject.variables(), capture_output=True, check=True)
    return [line for line in log.read_text(errors="replace").splitlines() if "(" in line]


def check_killed(subject: Subject) -> None:
    # Before the first call that names it, nothing has been done to the cache.
    calls = trace(subject)
    first = next(number for number, line in enumerate(calls, 1) if str(subject.store) in line)
    kills = 0
    for call in range(first, 2 * len(calls)):
        subject.clear()
        prefix = ["strace", "-f", "-o", "/dev/null", "-e", f"inject=all:signal=KILL:when={call}"]
        done = subprocess.run(prefix + subject.run_command(0), capture_output=True, env=subject.variables(),
                              stdin=subprocess.DEVNULL, timeout=120)
        if done.returncode == 0:
            break
        if done.returncode not in (-signal.SIGKILL, 128 + signal.SIGKILL):
            fail(f"killed at call {call}, it ends with {done.returncode}\n{text_of(done.stderr)}")
        kills += 1
        subject.require_sound()
        subject.run(0)
        subject.cache("gc")
        subject.require_quiet(entries=1)
    print(f"killed at {kills} system calls")
    if kills < 300:
        fail("too few kills for this to show anything")


def check_takes_over(subject: Subject) -> None:
    subject.run(1)
    # The first holds the lock, and is stopped where it would put the artifact in its place.
    holder = subprocess.Popen(["strace", "-f", "-o", "/dev/null", "-e", "trace=renameat",
                               "-e", "inject=renameat:delay_enter=60000000:when=2"] + subject.run_command(0),
                              env=subject.variables(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, start_new_session=True)
    for _ in range(600):
        if list((subject.store / "entries").glob("*.tmp")):
            break
        time.sleep(0.05)
    else:
        fail("the holder does not get to storing")
    waiting = subprocess.Popen(subject.run_command(0), env=subject.variables(), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1)
    if waiting.poll() is not None:
        fail("the second does not wait for the first")
    locks = list((subject.store / "locks").iterdir())
    holder_process = int(subprocess.check_output(["ps", "-o", "pid=", "--ppid", str(holder.pid)]).split()[0])
    subprocess.run(["kill", "-KILL", str(holder_process)], check=True)
    output, errors = waiting.communicate(timeout=60)
    subject.require_number(0, waiting.returncode, output, errors)
    holder.wait()
    if len(locks) != 1:
        fail(f"{len(locks)} locks while one module is compiled")
    subject.cache("gc")
    subject.require_quiet(entries=2)


if __name__ == "__main__":
    main({"together": check_together, "killed": check_killed, "takes-over": check_takes_over}, modules=10)
