# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Damages a module and its artifact, by cutting them off and by flipping bits, and requires that the command takes it
well: an error that names the file, and for a module, which may still be one, also success. No signal, no endless loop in
reading, no output of a compile that fails.
"""

import argparse
import concurrent.futures
import os
import pathlib
import platform
import queue
import random
import signal
import subprocess
import time
from typing import Callable, NamedTuple

from harness import build, environment, fail, fresh_directory, text_of

TIMEOUT_SECONDS = 20
# As in tools/wasm2native/Diagnostics.h.
STATUS_ERROR, STATUS_TRAP = 1, 134
OLD_OUTPUT = b"an older output"
# As in compiler/targets/Targets.def.
BASELINES = {"x86_64": "x86-64", "aarch64": "generic", "riscv64": "generic-rv64"}


class Damage(NamedTuple):
    what: str
    content: bytes


class Result(NamedTuple):
    status: int | None  # None: it did not end in time
    errors: str


def cut(content: bytes, lengths: list[int]) -> list[Damage]:
    return [Damage(f"cut to {length} bytes", content[:length]) for length in lengths]


def flipped(content: bytes, bits: list[int]) -> list[Damage]:
    damages = []
    for bit in bits:
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        damages.append(Damage(f"bit {bit % 8} of byte {bit // 8:#x} flipped", bytes(changed)))
    return damages


def execute(command: list[str]) -> Result:
    try:
        done = subprocess.run(command, capture_output=True, env=environment(), stdin=subprocess.DEVNULL,
                              timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        return Result(None, "")
    return Result(done.returncode, done.stderr.decode(errors="replace"))


def complaint(result: Result, file: pathlib.Path) -> str:
    """The fault in how the command ended; empty if it is an error that names the file, or success."""
    if result.status is None:
        return f"did not end within {TIMEOUT_SECONDS} s"
    if "Sanitizer" in result.errors or "runtime error: " in result.errors:
        return "made a sanitizer speak"
    if result.status not in (0, STATUS_ERROR):
        return f"ended with {result.status}"
    if result.status == STATUS_ERROR and not ("wasm2native: error: " in result.errors and str(file) in result.errors):
        return "failed without an error that names the file"
    return ""


def run_complaint(result: Result, file: pathlib.Path) -> str:
    """The same for running it: the guest may do what it likes."""
    if result.status is None:
        return ""
    if result.status == STATUS_TRAP and "wasm2native: trap: " in result.errors:
        return ""
    if result.status > 1 and "wasm2native" not in result.errors:
        return ""
    return complaint(result, file)


class Checker:
    """Runs the command on damaged files, on all processors, each in a directory of its own."""

    def __init__(self, command: str, work: pathlib.Path):
        self.command = command
        self.directories: queue.Queue[pathlib.Path] = queue.Queue()
        self.workers = os.cpu_count() or 1
        for number in range(self.workers):
            self.directories.put(fresh_directory(work / str(number)))
        self.failures: list[str] = []

    def check(self, name: str, damages: list[Damage], action: Callable[[pathlib.Path], str]) -> None:
        """`action` gets a file with each damage, and returns what is wrong."""

        def one(damage: Damage) -> str:
            directory = self.directories.get()
            file = directory / name
            file.write_bytes(damage.content)
            wrong = action(file)
            file.unlink()
            self.directories.put(directory)
            return f"{name}, {damage.what}: {wrong}" if wrong else ""

        with concurrent.futures.ThreadPoolExecutor(self.workers) as pool:
            found = [text for text in pool.map(one, damages) if text]
        print(f"{name}: {action.__name__}, {len(damages)} files, {len(found)} failures", flush=True)
        self.failures += found

    def inspect(self, file: pathlib.Path) -> str:
        result = execute([self.command, "inspect", str(file)])
        wrong = complaint(result, file)
        return f"inspect {wrong}\n{text_of(result.errors.encode(), 600)}" if wrong else ""

    def run(self, file: pathlib.Path) -> str:
        result = execute([self.command, "run", "-O0", str(file), "argument"])
        wrong = run_complaint(result, file)
        return f"run {wrong}\n{text_of(result.errors.encode(), 600)}" if wrong else ""

    def refuse(self, subcommand: str, file: pathlib.Path) -> str:
        result = execute([self.command, subcommand, str(file)])
        wrong = complaint(result, file) or ("succeeded" if result.status == 0 else "")
        return f"{subcommand} {wrong}\n{text_of(result.errors.encode(), 600)}" if wrong else ""

    def refuse_to_inspect(self, file: pathlib.Path) -> str:
        return self.refuse("inspect", file)

    def refuse_to_run(self, file: pathlib.Path) -> str:
        return self.refuse("run", file)

    def compile(self, file: pathlib.Path) -> str:
        output = file.with_name("output.so")
        output.write_bytes(OLD_OUTPUT)
        result = execute([self.command, "-O0", str(file), "-o", str(output)])
        wrong = complaint(result, file)
        if not wrong and (output.read_bytes() == OLD_OUTPUT) != (result.status == STATUS_ERROR):
            wrong = f"ended with {result.status} and " + ("no output" if result.status == 0 else "changed the output")
        output.unlink()
        if not wrong and (left := [path.name for path in file.parent.iterdir() if path != file]):
            wrong = f"left {', '.join(left)}"
        return f"compile {wrong}\n{text_of(result.errors.encode(), 600)}" if wrong else ""


def bits_of(offsets: list[int]) -> list[int]:
    return [offset * 8 + bit for offset in offsets for bit in range(8)]


def sample(generator: random.Random, values: list[int], count: int) -> list[int]:
    return sorted(generator.sample(values, min(count, len(values))))


def check_module(checker: Checker, wasm: bytes, generator: random.Random) -> None:
    bits = bits_of(list(range(len(wasm))))
    checker.check("small.wasm", cut(wasm, list(range(len(wasm)))), checker.inspect)
    checker.check("small.wasm", flipped(wasm, sample(generator, bits, 2500)), checker.inspect)
    # These load the compiler, which takes its time.
    checker.check("small.wasm", cut(wasm, list(range(0, len(wasm), 2))), checker.compile)
    checker.check("small.wasm", flipped(wasm, sample(generator, bits, 250)), checker.compile)
    checker.check("small.wasm", flipped(wasm, sample(generator, bits, 250)), checker.run)


def check_artifact(checker: Checker, content: bytes, generator: random.Random, quick: bool) -> None:
    # Headers and metadata are in the first part.
    begin = 4096
    lengths = list(range(0, begin, 16 if quick else 2)) + sample(generator, list(range(len(content))), 1000)
    bits = sample(generator, bits_of(list(range(begin))), 500 if quick else 2500)
    bits += sample(generator, bits_of(list(range(begin, len(content)))), 500 if quick else 2500)
    for damages in cut(content, lengths), flipped(content, bits):
        checker.check("small.so", damages, checker.refuse_to_inspect)
        checker.check("small.so", damages, checker.refuse_to_run)


def check_killed(command: str, wasm: pathlib.Path, work: pathlib.Path, generator: random.Random) -> None:
    """Whenever a compile is killed, the output is what it was, or complete."""
    output = work / "output.so"
    compile_command = [command, "-O3", str(wasm), "-o", str(output)]
    start = time.monotonic()
    build(compile_command)
    seconds = time.monotonic() - start
    complete = output.read_bytes()
    kills = 0
    for round in range(60):
        output.write_bytes(OLD_OUTPUT)
        process = subprocess.Popen(compile_command, env=environment(), stdin=subprocess.DEVNULL)
        time.sleep(generator.uniform(0, seconds * 1.1))
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
        if (found := output.read_bytes()) not in (OLD_OUTPUT, complete):
            fail(f"round {round}: a killed compile left {len(found)} bytes, must be the old output or a complete one")
    print(f"{kills} of 60 compiles were killed")
    if kills < 20:
        fail("too few compiles were killed for this to show anything")


def main() -> None:
    parser = argparse.ArgumentParser()
    for option in ("--wasm2native", "--wat2wasm"):
        parser.add_argument(option, required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="fewer files")
    parser.add_argument("subject", choices=["module", "artifact", "killed"])
    options = parser.parse_args()

    fresh_directory(options.work)
    wasm, artifact = options.work / "small.wasm", options.work / "small.so"
    build([options.wat2wasm, "--debug-names", str(pathlib.Path(__file__).with_name("damage.wat")), "-o", str(wasm)])
    # With code for two processors, of which this machine can run both.
    build([options.wasm2native, "-O0", "--mcpu=native," + BASELINES[platform.machine()], str(wasm), "-o", str(artifact)])
    generator = random.Random(options.seed)
    print(f"seed {options.seed}")
    checker = Checker(options.wasm2native, options.work)
    # The artifact works without damage, and the trap is one.
    if (status := execute([options.wasm2native, "run", str(artifact)]).status) != 0:
        fail(f"{artifact} ends with {status}, must be 0")
    if (status := execute([options.wasm2native, "run", str(artifact), "argument"]).status) != STATUS_TRAP:
        fail(f"{artifact} with an argument ends with {status}, must be {STATUS_TRAP}")
    if options.subject == "module":
        check_module(checker, wasm.read_bytes(), generator)
    elif options.subject == "artifact":
        check_artifact(checker, artifact.read_bytes(), generator, options.quick)
    else:
        check_killed(options.wasm2native, wasm, options.work, generator)
    if checker.failures:
        fail(f"{len(checker.failures)} failures, seed {options.seed}\n" + "\n".join(checker.failures[:20]))


if __name__ == "__main__":
    main()
