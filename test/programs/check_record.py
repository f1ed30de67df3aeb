# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Records runs of programs and replays them: programs of each kind, as modules; a run whose process is killed; and
what a replay opens of the outside, which is its record and the program."""

import argparse
import os
import pathlib
import re
import shutil
import signal
import subprocess

from harness import add_command_options, build, compiler, fail, fresh_directory, runner

SOURCES = pathlib.Path(__file__).parent / "src"
# A program of each kind: arguments and environment, an exit status, files, standard input, long computing.
PROGRAMS = ("arguments.c", "exit-status.c", "file-copy.c", "stdin-filter.c", "sha256-and-crc.c")
# Writes a line for each that it reads, and waits for the next.
ENDLESS = """
#include <stdio.h>
int main(void) {
  char line[64];
  while (fgets(line, sizeof(line), stdin)) {
    fputs(line, stdout);
    fflush(stdout);
  }
}
"""
SAME, ENDS_EARLY = 0, 3


def replayed(command: list[str], record: pathlib.Path, wanted: int) -> str:
    """The output of `replay` for `record`, in another folder, with no environment but PATH, without input."""
    done = subprocess.run([*command[:-1], "replay", str(record)], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, cwd="/", env={"PATH": os.environ["PATH"]}, check=False)
    if done.returncode != wanted:
        fail(f"replay of {record.name} ended with {done.returncode}, must be {wanted}\n{done.stdout}{done.stderr}")
    return done.stdout


def check_program(command: list[str], artifact: pathlib.Path, work: pathlib.Path) -> None:
    record = work / (artifact.stem + ".rec")
    files = fresh_directory(work / "files")
    with open(SOURCES / "stdin-filter.txt", "rb") as source:
        done = subprocess.run([*command, "--record", str(record), "--dir", f"{files}::/work", "--env", "A=b",
                               str(artifact), "/work"], stdin=source, capture_output=True, check=False)
    # Nothing of what it had is there any more.
    shutil.rmtree(files)
    text = replayed(command, record, SAME)
    if not re.match(r"the same: [1-9][0-9]* host calls?, [1-9]", text):
        fail(f"{artifact.stem} ended with {done.returncode}, and its replay says\n{text}")


def check_kill(command: list[str], artifact: pathlib.Path, work: pathlib.Path) -> None:
    """After each line that the program has answered, what is recorded holds it."""
    for lines in (1, 2, 5):
        record = work / f"killed-{lines}.rec"
        with subprocess.Popen([*command, "--record", str(record), str(artifact)], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as process:
            for number in range(lines):
                process.stdin.write(f"line {number}\n".encode())
                process.stdin.flush()
                process.stdout.readline()
            process.send_signal(signal.SIGKILL)
            process.wait()
        text = replayed(command, record, ENDS_EARLY)
        calls = int(re.search(r"the record ends here, at host call (\d+)", text)[1])
        # A read and a write for each line, if the kill does not come before the write's record.
        if calls < 2 * lines - 1:
            fail(f"{lines} lines were answered, and the record ends at host call {calls}")


def check_outside(command: list[str], work: pathlib.Path) -> None:
    strace = shutil.which("strace")
    if not strace:
        print("no strace: what a replay opens is not looked at")
        return
    record = work / "file-copy.rec"
    log = work / "strace"
    looked_at = "trace=%file,%network,clock_gettime"
    done = subprocess.run([strace, "-f", "-o", str(log), "-e", looked_at, *command[:-1], "replay", str(record)],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"strace does not work here: {done.stderr}")
        return
    opened = set(re.findall(r'open(?:at)?\([^"]*"([^"]+)"', log.read_text()))
    ours = {path for path in opened if not path.startswith(("/lib", "/usr/lib", "/etc/ld.so", "/proc/", "/sys/"))}
    if not any(path.endswith("file-copy.rec") for path in ours):
        fail(f"strace sees no record among {sorted(opened)}")
    others = {path for path in ours if not path.endswith((".rec", ".so"))}
    if others or "socket(" in log.read_text():
        fail(f"a replay reaches the outside: {sorted(others)}")


def main() -> None:
    parser = argparse.ArgumentParser()
    add_command_options(parser)
    parser.add_argument("--clang", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    options = parser.parse_args()
    fresh_directory(options.work)
    endless = options.work / "endless.c"
    endless.write_text(ENDLESS)
    command = runner(options)
    artifacts = {}
    for source in [*(SOURCES / name for name in PROGRAMS), endless]:
        wasm, artifact = options.work / (source.stem + ".wasm"), options.work / (source.stem + ".so")
        build([options.clang, "--target=wasm32-wasi", "-Wno-deprecated", "-O2", str(source), "-o", str(wasm)])
        build([*compiler(options), "-O0", str(wasm), "-o", str(artifact)])
        artifacts[source.name] = artifact
    for name in PROGRAMS:
        check_program(command, artifacts[name], options.work)
    check_kill(command, artifacts["endless.c"], options.work)
    check_outside(command, options.work)


if __name__ == "__main__":
    main()
