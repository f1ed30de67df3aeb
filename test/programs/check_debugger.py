# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""gdb knows the functions of guests: breakpoints by name, backtraces through guest and host, whether the artifact is a
file or was compiled in memory; and perf's map names them. With -g it knows lines, variables and types of C as well."""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

GUEST = pathlib.Path(__file__).parent / "debugger/guest.wat"
SHAPES = pathlib.Path(__file__).parent / "debugger/shapes.c"
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


def line_of(mark: str) -> int:
    return next(number for number, line in enumerate(SHAPES.read_text().splitlines(), 1) if f"// LINE: {mark}" in line)


def check_unoptimized(gdb: str, program: list[str]) -> None:
    """Every local of a program that neither compiler has optimized."""
    commands = [f"break shapes.c:{line_of('loop')} if i == 2", "run", "print step", "print width", "print scale",
                "info args", "bt", f"tbreak shapes.c:{line_of('end')}", "continue", "info locals", "print copy",
                "print sizeof(copy)",
                "print *(struct point *)(__memory + (unsigned)corner)", "ptype copy",
                "print (char *)(__memory + (unsigned)copy.label)", "up", "info locals"]
    output = run_gdb(gdb, commands, program)
    for claim in ("$1 = 20", "$2 = 15", "$3 = 2.5", "$4 = {x = 5, y = 42, label = ", "$5 = 12",
                  "$6 = {x = 5, y = 7, label = ",
                  '"corner"', f"shapes.c:{line_of('loop')}", f"shapes.c:{line_of('call')}", "* label;", "argc=1",
                  "width = 35", "corner = {x = 5, y = 7,"):
        check(claim in output, f"gdb says {claim!r} of {program}", output)


def check_optimized(gdb: str, program: list[str]) -> None:
    """Lines, parameters, and a call that was inlined before the module was made."""
    output = run_gdb(gdb, ["break divide", "run", "bt", "info args"], program)
    check(f"shapes.c:{line_of('trap')}" in output, "gdb knows the line of an optimized function", output)
    check("numerator = 7" in output, "gdb knows a parameter", output)
    check(re.search(rf"__main_argc_argv .*shapes.c:{line_of('call') + 1}$", output, re.MULTILINE) is not None,
          "gdb knows where an inlined function was called", output)


def check_trap_line(program: list[str]) -> None:
    done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    check(f"shapes.c:{line_of('trap')}" in done.stderr and "integer divide by zero" in done.stderr,
          "a trap names its line", done.stderr)


def compile_shapes(options: argparse.Namespace, work: pathlib.Path, levels: tuple[str, str]) -> pathlib.Path:
    """Compiled by clang and by us with the two levels."""
    module, artifact = work / f"shapes{levels[0]}.wasm", work / f"shapes{''.join(levels)}.so"
    subprocess.run([options.clang, "--target=wasm32-wasi", "-Wno-deprecated", "-g", levels[0], SHAPES, "-o", module],
                   check=True)
    subprocess.run([options.wasm2native, "-g", levels[1], module, "-o", artifact], check=True)
    return artifact


def check_perf_map(program: list[str]) -> None:
    with subprocess.Popen(program, env=dict(os.environ, WASM2NATIVE_PERF_MAP="1")) as process:
        process.wait()
    path = pathlib.Path(f"/tmp/perf-{process.pid}.map")
    text = path.read_text()
    path.unlink()
    check(bool(re.search(r"^[0-9a-f]+ [0-9a-f]+ guest_inner$", text, re.MULTILINE)), "perf's map has names", text)


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("wasm2native", "wat2wasm", "clang", "work"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    work = pathlib.Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    unoptimized = compile_shapes(options, work, ("-O0", "-O0"))
    optimized = compile_shapes(options, work, ("-O2", "-O3"))
    for artifact in (unoptimized, optimized):
        check_trap_line([options.wasm2native, "run", str(artifact)])
    gdb = shutil.which("gdb")
    if not gdb:
        sys.exit(SKIPPED)
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
    check_unoptimized(gdb, [options.wasm2native, "run", str(unoptimized)])
    check_optimized(gdb, [options.wasm2native, "run", str(optimized)])
    check_perf_map([options.wasm2native, "run", str(artifact)])


if __name__ == "__main__":
    main()
