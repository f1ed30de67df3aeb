#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Size of compiled code, as a ratio to the same C compiled natively by clang-22 -O3.

    utils/bench/size.py [--bin build/release/bin/wasm2native] [--source FILE.c]... [--flag=-DNAME]... [kernel...]

Functions that both have are counted, by the sizes of their symbols: so the C libraries, which differ, do not count, nor what one of the two
inlined everywhere. Larger programs of one file are given by --source (with --flag for both compilations); they need no main.
"""
import pathlib
import re
import subprocess
import tempfile

import measuring
import peers
from measuring import HERE


def symbol_sizes(file):
    """Bytes of each function of an ELF file."""
    text = subprocess.run(["llvm-nm-22", "--print-size", "--defined-only", file], check=True, capture_output=True, text=True).stdout
    sizes = {}
    for size, name in re.findall(r"^\w+ (\w+) [tTwW] (.+)$", text, re.M):
        # Names that could be the C library's get the number of the function appended.
        name = re.sub(r"\.wasm-function\[\d+\]$", "", name)
        sizes[name] = sizes.get(name, 0) + int(size, 16)
    return sizes


def build(source, folder, wasm2native, flags):
    """Native, and the same module at -O3 and -Os, as symbol sizes."""
    native, wasm = folder / (source.stem + ".o"), folder / (source.stem + ".wasm")
    clang = "clang++-22" if source.suffix == ".cpp" else "clang-22"
    common = [clang, "-O3", "-w", *flags, source]
    subprocess.run([*common, "-c", "-o", native], check=True)
    program = "main(" in source.read_text()
    library = [] if program else ["-mexec-model=reactor", "-Wl,--export-all"]
    subprocess.run([*common, "--target=wasm32-wasi", "-fno-exceptions", *peers.wasm_options(source), *library, "-o", wasm, "-lm"], check=True)
    return [symbol_sizes(native)] + [artifact_sizes(wasm2native, level, wasm, folder) for level in ("-O3", "-Os")]


def artifact_sizes(wasm2native, level, wasm, folder):
    artifact = folder / "artifact.so"
    subprocess.run([wasm2native, level, wasm, "-o", artifact], check=True)
    sizes = symbol_sizes(artifact)
    # wasi-libc's name of a main with or without parameters.
    for name in ("__main_argc_argv", "__original_main"):
        if name in sizes:
            sizes["main"] = sizes[name]
    return sizes


def main():
    parser = measuring.argument_parser(__doc__)
    parser.add_argument("--source", action="append", type=pathlib.Path, default=[], help="another C file")
    parser.add_argument("--flag", action="append", default=[], help="a flag for clang")
    parser.add_argument("--largest", type=int, default=0, metavar="COUNT", help="show the functions that are most larger")
    parser.add_argument("kernels", nargs="*")
    arguments = parser.parse_args()
    sources = [HERE / "kernels" / (name + ".c") for name in arguments.kernels]
    if not sources and not arguments.source:
        sources = sorted((HERE / "kernels").glob("*.c"))
    print(f"{'source':20} {'native -O3':>10} {'ours -O3':>10} {'ratio':>6} {'ours -Os':>10} {'to ours -O3':>12}")
    ratios = []
    with tempfile.TemporaryDirectory() as name:
        for source in [*sources, *arguments.source]:
            native, ours, small = build(source, pathlib.Path(name), arguments.bin, arguments.flag)
            both = [function for function in native if function in ours and function in small]
            total, our_total, small_total = (sum(sizes[function] for function in both) for sizes in (native, ours, small))
            ratios.append(our_total / total)
            print(f"{source.stem:20} {total:10} {our_total:10} {our_total / total:6.2f} {small_total:10} {small_total / our_total:12.2f}",
                  flush=True)
            for function in sorted(both, key=lambda function: native[function] - ours[function])[:arguments.largest]:
                print(f"    {function:40} {native[function]:8} {ours[function]:8}")
    print(f"geometric mean {measuring.geometric_mean(ratios):.2f}")


if __name__ == "__main__":
    main()
