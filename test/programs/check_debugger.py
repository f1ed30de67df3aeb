# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""gdb knows the functions of guests: breakpoints by name, backtraces through guest and host, whether the artifact is a
file or was compiled in memory; and perf's map names them."""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

GUEST = pathlib.Path(__file__).parent / "debugger/guest.wat"
SKIPPED = 77


def check(condition: bool, claim: str, output: str) -> None:
    if not condition:
        sys.exit(f"not so: {claim}\n{output}")


def run_gdb(gdb: str, commands: list[str], program: list[str], **variables: str) -> str:
    command = [gdb, "-q", "-nx", "-batch", "-ex", "set breakpoint pending on", "-ex", "set debuginfod enabled off"]
    for text in commands:
        command += ["-ex", text]
    done = subprocess.run([*command, "--args", *program], capture_output=True, text=True, timeout=120, check=False,
                          env=dict(os.environ, **variables))
    return done.stdout + done.stderr


def frames(output: str) -> list[str]:
    """The names of functions in a backtrace."""
    return [match[1] for match in re.finditer(r"^#\d+ +(?:0x[0-9a-f]+ in )?(\S+)", output, re.MULTILINE)]


def check_breakpoint(gdb: str, program: list[str]) -> None:
    output = run_gdb(gdb, ["break guest_inner", "run", "bt"], program)
    found = frames(output)
    check("guest_inner" in found and "guest_outer" in found, f"gdb stops in a guest of {program[-1]}", output)
    check(found.index("guest_inner") < found.index("guest_outer") < found.index("main"),
          "the backtrace goes from the guest to main", output)


def check_host_call(gdb: str, program: list[str]) -> None:
    """In a function of the host that a guest has called, whose stack lies elsewhere."""
    output = run_gdb(gdb, ["break sched_yield", "run", "bt"], program)
    found = frames(output)
    check("guest_inner" in found and "main" in found, "the backtrace goes through the guest", output)


def check_perf_map(program: list[str]) -> None:
    with subprocess.Popen(program, env=dict(os.environ, WASM2NATIVE_PERF_MAP="1")) as process:
        process.wait()
    path = pathlib.Path(f"/tmp/perf-{process.pid}.map")
    text = path.read_text()
    path.unlink()
    check(bool(re.search(r"^[0-9a-f]+ [0-9a-f]+ guest_inner$", text, re.MULTILINE)), "perf's map has names", text)


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("wasm2native", "wat2wasm", "work"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    gdb = shutil.which("gdb")
    if not gdb:
        sys.exit(SKIPPED)
    work = pathlib.Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    module, artifact = work / "guest.wasm", work / "guest.so"
    subprocess.run([options.wat2wasm, "--debug-names", GUEST, "-o", module], check=True)
    subprocess.run([options.wasm2native, "-O0", module, "-o", artifact], check=True)
    probe = run_gdb(gdb, ["run", "print 6*7"], ["/bin/true"])
    if "$1 = 42" not in probe or "Operation not permitted" in probe:
        print("debugging is not allowed here")
        sys.exit(SKIPPED)
    check_breakpoint(gdb, [options.wasm2native, "run", str(artifact)])
    check_breakpoint(gdb, [options.wasm2native, "run", "--no-cache", "-O0", str(module)])
    check_host_call(gdb, [options.wasm2native, "run", str(artifact)])
    check_perf_map([options.wasm2native, "run", str(artifact)])


if __name__ == "__main__":
    main()
