#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""run --tier: a miss runs at -O0, and a process in the background compiles it for the next start.

    tiered      a module, a component, and a module in a pipe: the next start takes the optimized code
    background  its process has a session of its own, a low priority, no descriptor of the program's and no parent
                that waits; killed, it leaves nothing, and the next start begins again
    raced       several starts at once: compiled once
    failed      what cannot be compiled is said at the next start, and not tried again at once
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
from typing import Callable

from subject import Subject, fail, main

TESTS = pathlib.Path(__file__).parent.parent.parent
STARTED, BUSY, READY = "while a background process compiles", "while another process compiles", "optimized code was in"


def start(subject: Subject, file: pathlib.Path, output: str, words: str, *options: str, invoke: str = "f") -> None:
    """Runs a function, which must print `output`, and say `words`."""
    command = [subject.command, "run", "--tier", "-v", "-j1", *options, "--invoke", invoke, str(file)]
    done = subprocess.run(command, capture_output=True, env=subject.variables(), stdin=subprocess.DEVNULL, text=True,
                          timeout=120)
    if done.returncode != 0 or done.stdout != output + "\n" or words not in done.stderr:
        fail(f"{' '.join(command)} ends with {done.returncode}, wanted '{output}' and '{words}'\n"
             f"{done.stdout}{done.stderr}")


def processes(subject: Subject) -> list[int]:
    """The background processes of this cache."""
    found = []
    for folder in pathlib.Path("/proc").iterdir():
        try:
            is_background = (folder / "comm").read_text() == "wasm2native-tie\n"
            if is_background and str(subject.store).encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def wait_until(subject: Subject, condition: Callable[[], object], text: str) -> None:
    for _ in range(30000):
        if condition():
            return
        time.sleep(0.01)
    fail(f"not after five minutes: {text}; {len(subject.entries())} entries")


def wait_for_entries(subject: Subject, count: int) -> None:
    wait_until(subject, lambda: len(subject.entries()) == count and not processes(subject), f"{count} entries")
    subject.require_quiet(entries=count)


def large_module(subject: Subject) -> pathlib.Path:
    """It takes a while at -O3, and has more code then than at -O0: calls are inlined."""
    body = "".join(f"(local.set 0 (i32.rotl (i32.mul (local.get 0) (i32.const {7 + i})) (i32.const {1 + i})))"
                   for i in range(6))
    functions = [f'(func $small (param i32) (result i32) {body} (local.get 0))']
    for number in range(30):
        calls = "".join("(local.set 0 (i32.add (local.get 0) (call $small (local.get 0))))" for _ in range(30))
        functions.append(f'(func (export "g{number}") (param i32) (result i32) {calls} '
                         f'(i32.xor (local.get 0) (i32.const {number})))')
    text = subject.work / "large.wat"
    text.write_text(f'(module {" ".join(functions)} (func (export "f") (result i32) (i32.const 7)))')
    subprocess.run(["wat2wasm", str(text), "-o", str(text.with_suffix(".wasm"))], check=True)
    return text.with_suffix(".wasm")


def check_tiered(subject: Subject) -> None:
    component = subject.work / "component.wasm"
    subprocess.run([sys.executable, str(TESTS / "component/write_component.py"),
                    str(TESTS / "component/own/values.json"), str(component)], check=True)
    cases = [(subject.modules[1], "f", "1"), (component, 'greet("x", {a: 0, b: [some(2), none]})', '"x"')]
    for count, (file, invoke, output) in enumerate(cases, 1):
        start(subject, file, output, STARTED, invoke=invoke)
        wait_for_entries(subject, 2 * count)
        start(subject, file, output, READY, invoke=invoke)
        # It is what -O3 asks for, with and without --tier; -O1 is another.
        done = subprocess.run([subject.command, "run", "-O3", "-v", "--invoke", invoke, str(file)], capture_output=True,
                              env=subject.variables(), text=True)
        if "decoded" in done.stderr or done.stdout != output + "\n":
            fail(f"-O3 compiles again, or is wrong:\n{done.stdout}{done.stderr}")
    start(subject, subject.modules[1], "1", STARTED, "-O1")
    wait_for_entries(subject, 5)
    start(subject, subject.modules[1], "1", READY, "-O1")
    # -O0 has no tier above it.
    start(subject, subject.modules[2], "2", "decoded", "-O0")
    subject.require_quiet(entries=6)
    # A module that comes through a pipe has no file to be read again.
    with subject.modules[3].open("rb") as module:
        command = [subject.command, "run", "--tier", "--invoke", "f", "-"]
        piped = subprocess.run(command, input=module.read(), capture_output=True, env=subject.variables())
    subject.require_number(3, piped.returncode, piped.stdout, piped.stderr)
    wait_for_entries(subject, 8)
    start(subject, subject.modules[3], "3", READY)


def check_background(subject: Subject) -> None:
    module = large_module(subject)
    read_end, write_end = os.pipe()
    os.set_inheritable(write_end, True)
    command = [subject.command, "run", "--tier", "-j1", "--invoke", "f", str(module)]
    program = subprocess.Popen(command, env=subject.variables(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, close_fds=False, start_new_session=True)
    os.close(write_end)
    # Pipes end with the program: no one else holds them.
    output, errors = program.communicate(timeout=120)
    subject.require_number(7, program.returncode, output, errors)
    if os.read(read_end, 1) != b"":
        fail("the pipe that was inherited has bytes")
    wait_until(subject, lambda: processes(subject), "a background process")
    process = processes(subject)[0]
    os.kill(process, signal.SIGSTOP)
    status = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    parent, session, niceness = int(status[1]), int(status[3]), int(status[16])
    names = [os.readlink(path) for path in pathlib.Path(f"/proc/{process}/fd").iterdir() if int(path.name) > 2]
    streams = {os.readlink(f"/proc/{process}/fd/{stream}") for stream in range(3)}
    if session == program.pid or parent == os.getpid() or niceness < 10 or streams != {"/dev/null"}:
        fail(f"session {session}, parent {parent}, nice {niceness}, streams {streams}")
    tolerated = (str(subject.store), str(subject.work / "tmp"), "/dev/", "anon_inode:", "pipe:")
    if foreign := [name for name in names if not name.startswith(tolerated)]:
        fail(f"the background process has {foreign}")
    # Another start finds it, and starts none.
    start(subject, module, "7", BUSY)
    if (others := processes(subject)) != [process]:
        subprocess.run(["ps", "-o", "pid,ppid,sid,stat,nlwp,args", "-p", ",".join(map(str, others))])
        fail(f"beside {process}, there are {others}")
    os.kill(process, signal.SIGKILL)
    wait_until(subject, lambda: not processes(subject), "the end of the background process")
    shutil.rmtree(subject.work / "tmp")
    (subject.work / "tmp").mkdir()
    subject.cache("gc")
    subject.require_quiet(entries=1)
    start(subject, module, "7", STARTED)
    wait_for_entries(subject, 2)
    start(subject, module, "7", READY)


def check_raced(subject: Subject) -> None:
    logs = [subject.work / f"trace{number}" for number in range(6)]
    # Each ends when its background process has.
    command = [subject.command, "run", "--tier", "-j1", "--invoke", "f", str(subject.modules[1])]
    running = [subprocess.Popen(["strace", "-f", "-o", str(log), "-e", "trace=renameat", *command],
                                env=subject.variables(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE) for log in logs]
    for process in running:
        output, errors = process.communicate(timeout=120)
        subject.require_number(1, process.returncode, output, errors)
    subject.require_quiet(entries=2)
    renames = "".join(log.read_text(errors="replace") for log in logs)
    for entry in subject.entries():
        if (count := renames.count(f'"{entry.name}"')) != 1:
            fail(f"{entry.name} was stored {count} times")
    start(subject, subject.modules[1], "1", READY)


def check_failed(subject: Subject) -> None:
    module = large_module(subject)
    sizes = []
    for level in ("-O0", "-O3"):
        artifact = subject.work / f"large{level}.so"
        subprocess.run([subject.command, level, "--mcpu=native", str(module), "-o", str(artifact)], check=True,
                       env=subject.variables())
        sizes.append(artifact.stat().st_size)
    if sizes[0] >= sizes[1]:
        fail(f"artifacts of {sizes} bytes: -O3 must give the larger one for this to show anything")
    limit = f"--max-artifact={sum(sizes) // 2}"
    start(subject, module, "7", STARTED, limit)
    wait_until(subject, lambda: list((subject.store / "notes").glob("tier-*")), "a note of the failure")
    wait_for_entries(subject, 1)
    start(subject, module, "7", "running code of -O0: compiling in the background failed: the artifact has", limit)
    if processes(subject):
        fail("it is tried again at once")
    # Other limits are another attempt.
    start(subject, module, "7", STARTED)
    wait_for_entries(subject, 2)
    start(subject, module, "7", READY, limit)


if __name__ == "__main__":
    main({"tiered": check_tiered, "background": check_background, "raced": check_raced, "failed": check_failed},
         modules=4)
