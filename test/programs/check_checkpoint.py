# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Takes checkpoints of programs and goes on with them in other processes: at every call of the host, killed right after
the checkpoint; killed at random instants until they end; from what is damaged, of another artifact, or not there."""

import argparse
import fcntl
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from typing import NamedTuple

from harness import add_command_options, build, compiler, environment, fail, fresh_directory, runner

HERE = pathlib.Path(__file__).parent
SOURCES = HERE / "src"
# Kills the process when it has put the state of a checkpoint into place.
KILLER = """
#include <dlfcn.h>
#include <signal.h>
#include <string.h>
int rename(const char *from, const char *to) {
  int (*next)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
  const int result = next(from, to);
  const char *end = strrchr(to, '/');
  if (end && strcmp(end, "/state") == 0)
    raise(SIGKILL);
  return result;
}
"""
# Writes to a file after it has given away the directory, and the right to write.
CLOSED = """
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>
int main(int count, char **arguments) {
  chdir(arguments[count - 1]);
  const int file = open("data", O_RDWR | O_CREAT | O_TRUNC, 0600);
  printf("narrowed: %d\\n", __wasi_fd_fdstat_set_rights(3, __WASI_RIGHTS_FD_READDIR, 0));
  printf("closed: %d\\n", close(3));
  for (int i = 0; i < 5; ++i)
    printf("%d %s\\n", dprintf(file, "line %d\\n", i), strerror(errno));
  printf("narrowed: %d\\n", __wasi_fd_fdstat_set_rights(file, __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_SEEK, 0));
  fflush(stdout);
  printf("%d %s\\n", (int)write(file, "x", 1), strerror(errno));
  char text[100] = {};
  lseek(file, 0, SEEK_SET);
  printf("%d\\n%s", (int)read(file, text, sizeof(text) - 1), text);
}
"""
# Lets no state of a checkpoint get into place, and adds a byte to a file for each that does not.
FULL = """
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int rename(const char *from, const char *to) {
  int (*next)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
  const char *end = strrchr(to, '/');
  if (!end || strcmp(end, "/state") != 0)
    return next(from, to);
  const int tries = open(getenv("TRIES"), O_WRONLY | O_APPEND | O_CREAT, 0600);
  (void)!write(tries, "x", 1);
  close(tries);
  errno = ENOSPC;
  return -1;
}
"""
# Makes 1000 calls of the host when the first checkpoint is due.
CALLS = """
#include <unistd.h>
int main(void) {
  usleep(400000);
  for (int i = 0; i < 1000; ++i)
    write(1, "x", 1);
}
"""
# Ends programs with a status that keeps their checkpoint.
STATUS_7 = """
#include <stdio.h>
#include <stdlib.h>
static void endWith7(void) { fflush(NULL); _Exit(7); }
__attribute__((constructor)) static void atEnd(void) { atexit(endWith7); }
"""
# Reads from a file that is open, and says how it went.
LOST = """
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int main(int count, char **arguments) {
  char byte;
  chdir(arguments[count - 1]);
  const int file = open("data", O_RDONLY);
  puts("opened");
  fflush(stdout);
  puts(read(file, &byte, 1) < 0 ? strerror(errno) : "read");
  printf("closed: %d\\n", close(file));
}
"""
STATUS = 7
SANDBOX = ("--seed", "5", "--env", "SETTING=on")


class Program(NamedTuple):
    artifact: pathlib.Path
    input: pathlib.Path


class Outcome(NamedTuple):
    status: int
    output: bytes
    files: dict[str, bytes]


class Checker:
    """Runs programs in `work`, each in its folders "files" and "state", with the file "out" as standard output."""

    def __init__(self, command: list[str], work: pathlib.Path, killer: pathlib.Path | None) -> None:
        self.command, self.work, self.killer = command, work, killer
        self.files, self.state, self.out = work / "files", work / "state", work / "out"

    def preloading(self, library: pathlib.Path) -> dict[str, str]:
        asan = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        return environment() | {"LD_PRELOAD": str(library), "ASAN_OPTIONS": asan}

    def start(self, words: list[str], program: Program, kill_after: bool = False) -> subprocess.Popen:
        variables = self.preloading(self.killer) if kill_after else environment()
        # As `1<> out` of a shell.
        with open(program.input, "rb") as source, open(self.out, "r+b") as out:
            return subprocess.Popen(words, stdin=source, stdout=out, stderr=subprocess.PIPE, env=variables)

    def fresh(self) -> None:
        fresh_directory(self.files)
        shutil.rmtree(self.state, ignore_errors=True)
        self.out.write_bytes(b"")

    def run_words(self, program: Program, every: str) -> list[str]:
        return [*self.command, "--checkpoint", str(self.state), "--every", every, *SANDBOX,
                "--dir", f"{self.files}::/work", str(program.artifact), "/work"]

    def resume_words(self) -> list[str]:
        return [*self.command[:-1], "resume", str(self.state)]

    def finish(self, process: subprocess.Popen) -> Outcome:
        errors = process.communicate(timeout=120)[1]
        if errors:
            fail(f"{' '.join(process.args)} says\n{errors.decode()}")
        files = {str(path): path.read_bytes() for path in self.files.rglob("*") if path.is_file()}
        return Outcome(process.returncode, self.out.read_bytes(), files)

    def check_same(self, what: str, found: Outcome, wanted: Outcome) -> None:
        if found.status != wanted.status:
            fail(f"{what} ended with {found.status}, must be {wanted.status}")
        if found.output != wanted.output:
            fail(f"{what} printed\n{found.output!r}\nmust be\n{wanted.output!r}")
        if found.files != wanted.files:
            fail(f"{what} left other files: {found.files.keys()}, must be {wanted.files.keys()}")

    def reference(self, program: Program) -> Outcome:
        self.fresh()
        words = [*self.command, *SANDBOX, "--dir", f"{self.files}::/work", str(program.artifact), "/work"]
        outcome = self.finish(self.start(words, program))
        if outcome.status != STATUS or not outcome.output:
            fail(f"{program.artifact.stem} ended with {outcome.status} and printed {outcome.output!r}")
        return outcome

    def check_every_call(self, program: Program, wanted: Outcome) -> int:
        """Kills the process after the checkpoint of each call, and goes on from there. Returns the number of calls."""
        call = 0
        while True:
            call += 1
            self.fresh()
            status = self.start(self.run_words(program, str(call)), program, kill_after=True).wait()
            if status == STATUS:
                return call - 1
            if status != -signal.SIGKILL:
                fail(f"{program.artifact.stem} ended with {status} at call {call}")
            found = self.finish(self.start(self.resume_words(), program))
            self.check_same(f"{program.artifact.stem}, resumed at call {call}", found, wanted)

    def check_last(self, program: Program, wanted: Outcome, intervals: Sequence[str]) -> None:
        """Goes on once more with a program that has failed, from its last checkpoint."""
        for every in intervals:
            self.fresh()
            first = self.finish(self.start(self.run_words(program, every), program))
            self.check_same("with checkpoints", first, wanted)
            if (self.state / "state").exists():
                self.check_same("once more", self.finish(self.start(self.resume_words(), program)), wanted)
            elif "s" not in every:
                fail(f"no checkpoint is left with --every {every}")

    def check_kills(self, program: Program, wanted: Outcome, seed: int) -> None:
        """Kills the process at random instants, and the one that goes on, until one ends. The call that it was in is
        made again, which the programs here do not see."""
        times = random.Random(seed)
        self.fresh()
        words, kills = self.run_words(program, "1"), 0
        while True:
            process = self.start(words, program)
            # Longer each time, so that slow machines come to an end.
            try:
                process.wait(timeout=times.random() * 0.02 * 1.2 ** kills)
            except subprocess.TimeoutExpired:
                process.kill()
            found = self.finish_killed(process)
            if found.status != -signal.SIGKILL:
                break
            kills += 1
            if (self.state / "state").exists():
                words = self.resume_words()
            else:
                self.fresh()
        self.check_same(f"{program.artifact.stem}, killed {kills} times", found, wanted)

    def finish_killed(self, process: subprocess.Popen) -> Outcome:
        process.communicate()
        files = {str(path): path.read_bytes() for path in self.files.rglob("*") if path.is_file()}
        return Outcome(process.returncode, self.out.read_bytes(), files)

    def refused(self, what: str, words: list[str], text: str) -> None:
        done = subprocess.run(words, capture_output=True, text=True, env=environment(), stdin=subprocess.DEVNULL)
        if done.returncode != 1 or text not in done.stderr:
            fail(f"{what} ended with {done.returncode} and says\n{done.stderr}must be '{text}'")

    def check_refusals(self, program: Program, other: Program) -> None:
        self.refused("without a directory", self.resume_words()[:-1] + [str(self.work / "nothing")], "cannot open")
        self.fresh()
        self.finish(self.start(self.run_words(program, "1"), program))
        self.refused("a second run", self.run_words(program, "1"), "has a checkpoint already")
        saved = self.work / "saved"
        shutil.rmtree(saved, ignore_errors=True)
        shutil.copytree(self.state, saved)
        modes = {path.name: path.stat().st_mode & 0o777 for path in self.state.iterdir()}
        if set(modes) != {"state", "pages", "artifact", "lock"} or set(modes.values()) != {0o600}:
            fail(f"the checkpoint has {modes}")

        def restored() -> pathlib.Path:
            shutil.rmtree(self.state)
            return shutil.copytree(saved, self.state)

        for name, text in (("state", "there is no checkpoint"), ("pages", "cannot open"), ("artifact", "cannot open")):
            (restored() / name).unlink()
            self.refused(f"without {name}", self.resume_words(), text)
        shutil.copyfile(other.artifact, restored() / "artifact")
        self.refused("another artifact", self.resume_words(), "another artifact")
        os.chmod(restored() / "state", 0o666)
        self.refused("a state that others can write", self.resume_words(), "not yours alone")
        state = (saved / "state").read_bytes()
        for size in (0, 7, 20, len(state) // 2, len(state) - 1):
            (restored() / "state").write_bytes(state[:size])
            self.refused(f"a state of {size} bytes", self.resume_words(), "damaged")
        for name in ("state", "pages"):
            contents = (saved / name).read_bytes()
            for offset in range(1, len(contents), max(1, len(contents) // 20)):
                damaged = bytearray(contents)
                damaged[offset] ^= 0x10
                (restored() / name).write_bytes(damaged)
                done = subprocess.run(self.resume_words(), capture_output=True, env=environment(),
                                      stdin=subprocess.DEVNULL)
                if done.returncode not in (1, STATUS) or (name == "state" and done.returncode != 1):
                    fail(f"{name} with byte {offset} flipped ended with {done.returncode}\n{done.stderr.decode()}")
        restored()

    def check_reach(self, program: Program) -> None:
        """A program that could write its checkpoint would choose what it is given when it goes on."""
        self.fresh()
        inside, text = self.files / "inside", "lies in a directory that the program is given"
        words = self.run_words(program, "1")
        reached = [str(inside) if word == str(self.state) else word for word in words]
        self.refused("a checkpoint in reach", reached, text)
        if inside.exists():
            fail("a run that is refused leaves a directory")
        self.finish(self.start(words, program))
        self.state.rename(inside)
        self.refused("a checkpoint that was moved into reach", [*self.resume_words()[:-1], str(inside)], text)
        self.files.rename(self.state)
        self.state.joinpath("inside").rename(self.files)
        self.refused("a checkpoint that is a given directory", [*self.resume_words()[:-1], str(self.files)], text)

    def check_lost(self, program: Program) -> None:
        """Without a directory that was granted nothing goes on, and the message names it."""
        self.fresh()
        self.finish(self.start(self.run_words(program, "40"), program))
        shutil.rmtree(self.files)
        self.refused("without its directory", self.resume_words(), str(self.files))
        self.files.mkdir()

    def check_lost_file(self, program: Program) -> None:
        """A file that is not there any more is a connection that is lost, and the program can close it."""
        outcomes = set()
        for call in range(1, 100):
            self.fresh()
            (self.files / "data").write_bytes(b"contents")
            status = self.start(self.run_words(program, str(call)), program, kill_after=True).wait()
            if status == STATUS:
                break
            (self.files / "data").unlink()
            outcomes.add(self.finish(self.start(self.resume_words(), program)).output)
        if b"opened\nConnection reset by peer\nclosed: 0\n" not in outcomes:
            fail(f"a file that was removed gives {outcomes}")

    def check_leftovers(self, program: Program, well: Program) -> None:
        """Files that a killed process has left half written go away with the next one, and others stay."""
        leftovers, others = {"state.12-0", "state.1234567-89", "artifact.12-3"}, {"state.old", "state.", "notes.12-0"}
        self.fresh()
        self.finish(self.start(self.run_words(program, "1"), program))
        for name in leftovers | others:
            self.state.joinpath(name).write_text("half")
        self.finish(self.start(self.resume_words(), program))
        names = {path.name for path in self.state.iterdir()}
        if names != others | {"state", "pages", "artifact", "lock"}:
            fail(f"after a resume there are {names}")
        self.fresh()
        self.state.mkdir(0o700)
        for name in leftovers:
            self.state.joinpath(name).write_text("half")
        self.finish(self.start(self.run_words(well, "1"), well))
        if any(self.state.iterdir()):
            fail("leftovers are left after a program that has ended well")

    def check_waits(self, program: Program, wanted: Outcome) -> None:
        """A process that was killed may hold the lock for a while."""
        self.fresh()
        self.finish(self.start(self.run_words(program, "1"), program))
        saved = self.work / "saved"
        shutil.rmtree(saved, ignore_errors=True)
        shutil.copytree(self.state, saved)
        with open(saved / "lock") as always, open(self.state / "lock") as lock:
            fcntl.flock(always, fcntl.LOCK_EX)
            words = [*self.resume_words()[:-1], str(saved)]
            refused = subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment())
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = self.start(self.resume_words(), program)
            time.sleep(0.3)
            fcntl.flock(lock, fcntl.LOCK_UN)
            self.check_same("after a wait", self.finish(process), wanted)
            errors = refused.communicate(timeout=120)[1]
            if refused.returncode != 1 or b"another process runs with the checkpoint" not in errors:
                fail(f"while another process runs it ends with {refused.returncode} and says\n{errors.decode()}")
        # The process that holds it ends well, and removes the checkpoint.
        with open(self.state / "lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = subprocess.Popen(self.resume_words(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                       env=environment())
            time.sleep(0.3)
            for path in self.state.iterdir():
                path.unlink()
        errors = process.communicate(timeout=120)[1]
        if process.returncode != 1 or b"there is no checkpoint" not in errors or any(self.state.iterdir()):
            fail(f"after the end it ends with {process.returncode} and says\n{errors.decode()}")

    def check_full(self, program: Program, full: pathlib.Path) -> None:
        """A checkpoint that fails is tried again when the next one is due, not at each call."""
        tries = self.work / "tries"
        for every, least, most in (("0.3s", 1, 500), ("100", 10, 11)):
            self.fresh()
            tries.write_bytes(b"")
            done = subprocess.run(self.run_words(program, every), capture_output=True, stdin=subprocess.DEVNULL,
                                  env=self.preloading(full) | {"TRIES": str(tries)}, timeout=120)
            count = tries.stat().st_size
            warnings = done.stderr.count(b"no checkpoint is written")
            if done.returncode != 0 or done.stdout != b"x" * 1000 or warnings != 1:
                fail(f"without room it ends with {done.returncode} and says\n{done.stderr.decode()}")
            if not least <= count <= most:
                fail(f"{count} checkpoints are tried with --every {every}")

    def check_success(self, artifact: pathlib.Path) -> None:
        """A program that ends well leaves nothing to go on with."""
        self.fresh()
        build([*self.command, "--checkpoint", str(self.state), "--every", "1", str(artifact)])
        if any(self.state.iterdir()):
            fail("a program that has ended well has a checkpoint")
        self.refused("a program that has ended", self.resume_words(), "there is no checkpoint")


def build_programs(options: argparse.Namespace) -> dict[str, Program]:
    programs = {}
    header = options.work / "status-7.h"
    header.write_text(STATUS_7)
    clang = [options.clang, "--target=wasm32-wasi", "-Wno-deprecated", "-O2"]
    for source in (SOURCES / "arguments.c", SOURCES / "stdin-filter.c", HERE / "checkpoints.c"):
        wasm = options.work / f"{source.stem}.wasm"
        build([*clang, "-include", str(header), str(source), "-o", str(wasm)])
        programs[source.name] = wasm
    ends_with_7 = ["-include", str(header)]
    for name, text, flags in (("lost", LOST, ends_with_7), ("closed", CLOSED, ends_with_7), ("calls", CALLS, [])):
        source = options.work / f"{name}.c"
        source.write_text(text)
        programs[name] = source.with_suffix(".wasm")
        build([*clang, *flags, str(source), "-o", str(programs[name])])
    programs["checkpoints.wat"] = options.work / "checkpoints-wat.wasm"
    build([options.wat2wasm, str(HERE / "checkpoints.wat"), "-o", str(programs["checkpoints.wat"])])
    programs["well"] = options.work / "well.wasm"
    build([*clang, str(SOURCES / "arguments.c"), "-o", str(programs["well"])])
    for name, wasm in programs.items():
        artifact = wasm.with_suffix(".so")
        build([*compiler(options), str(wasm), "-o", str(artifact)])
        programs[name] = Program(artifact, SOURCES / "stdin-filter.txt")
    return programs


def build_library(options: argparse.Namespace, name: str, text: str) -> pathlib.Path | None:
    """Nothing where the command runs under an emulator, which does not take the library."""
    if options.runner:
        return None
    source, library = options.work / f"{name}.c", options.work / f"{name}.so"
    source.write_text("#define _GNU_SOURCE\n" + text)
    build([options.clang, "-shared", "-fPIC", "-O1", str(source), "-o", str(library)])
    return library


def main() -> None:
    parser = argparse.ArgumentParser()
    add_command_options(parser)
    for option in ("--clang", "--wat2wasm"):
        parser.add_argument(option, required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    options = parser.parse_args()
    fresh_directory(options.work)
    programs = build_programs(options)
    checker = Checker(runner(options), options.work, build_library(options, "killer", KILLER))
    well, lost, calls = (programs.pop(name) for name in ("well", "lost", "calls"))
    if not checker.killer:
        # The rest is files, not the processor's. Reserving addresses takes an emulator seconds.
        for name in ("checkpoints.wat", "checkpoints.c"):
            checker.check_last(programs[name], checker.reference(programs[name]), ["7"])
        return
    for seed, (name, program) in enumerate(programs.items()):
        wanted = checker.reference(program)
        print(f"{name}: {checker.check_every_call(program, wanted)} calls")
        checker.check_kills(program, wanted, seed)
    # At times, that may be before a file was made, which would be there the second time.
    timed = programs["checkpoints.wat"]
    checker.check_last(timed, checker.reference(timed), ["0.001s"])
    program = programs["checkpoints.c"]
    checker.check_last(program, checker.reference(program), ["3", "7"])
    checker.check_refusals(programs["checkpoints.wat"], program)
    checker.check_reach(program)
    checker.check_waits(program, checker.reference(program))
    checker.check_leftovers(program, well)
    checker.check_lost(program)
    checker.check_lost_file(lost)
    checker.check_full(calls, build_library(options, "full", FULL))
    checker.check_success(well.artifact)


if __name__ == "__main__":
    main()
