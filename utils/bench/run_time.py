#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Speed of compiled code, as a ratio to the same C or C++ compiled natively by clang-22 -O3 for the same processor.

    utils/bench/run_time.py [--bin build/release/bin/wasm2native] [--rounds 5] [--march x86-64-v3] [kernel...]
    utils/bench/run_time.py --ways wasm2native --json new.json --compare old.json

All ways to run a kernel take turns; the least user time of each counts, so that a busy machine hurts all alike. Outputs are compared. Node.js
and other runtimes run the same wasm if they are installed (Node.js's own compile time included). With --count, instructions that callgrind
counts take the place of time: repeatable to a few thousand, but what an instruction costs is not seen. The second mean is without kernels
whose source has a line `// Measures: ...`: those that compare two libraries as well as two compilers.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import measuring
import peers
from measuring import HERE


def timed(command):
    """Runs `command`; its standard output and user seconds."""
    run = measuring.run(command, output=True, may_fail=True)
    if not run.succeeded:
        raise subprocess.CalledProcessError(1, command)
    return run.output, run.user


def measure(name, commands, rounds, run):
    """The least value of each command that `run` gives in `rounds` rounds; ends the program if outputs differ, or if ours fails."""
    values = {way: [] for way in commands}
    for _ in range(rounds):
        outputs = {}
        for way in list(values):
            try:
                outputs[way], value = run(commands[way])
            except subprocess.CalledProcessError as error:
                if way not in peers.PEERS:
                    raise
                print(f"{name}: {error}", file=sys.stderr)
                del values[way]
                continue
            values[way].append(value)
        if len(set(outputs.values())) != 1:
            sys.exit(f"{name}: outputs differ: {outputs}")
    return {way: min(list_) for way, list_ in values.items()}


def measures_library(source):
    return "\n// Measures: " in "\n" + source.read_text()


def print_row(label, first, cells):
    print(f"{label:20} {first:>10}" + "".join(f"{cell:>13}" for cell in cells), flush=True)


def print_means(label, names, ratios, columns, old):
    """A row with the means over the kernels `names`, of `old`, too, if there are earlier ratios."""
    values = [[ratios[name][way] for name in names if way in ratios[name]] for way in columns]
    if old:
        values.append([old[name]["wasm2native"] for name in names if name in old])
    print_row(label, "", [f"{measuring.geometric_mean(column):.3f}" if column else "-" for column in values])


def parse_arguments():
    parser = measuring.argument_parser(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--march", help="processor of both sides, such as x86-64-v3; else the baseline")
    parser.add_argument("--ways", nargs="+", choices=list(peers.WAYS), help="columns; else all that are installed")
    parser.add_argument("--option", action="append", default=[], help="a further option of wasm2native compile")
    parser.add_argument("--count", action="store_true", help="count instructions instead (one round, slow)")
    parser.add_argument("--json", type=pathlib.Path, help="write the ratios there")
    parser.add_argument("--compare", type=pathlib.Path, metavar="OLD.json", help="print a column with the ratios of an earlier --json")
    parser.add_argument("--keep", type=pathlib.Path, help="keep what is built, in that folder")
    parser.add_argument("kernels", nargs="*")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    sources = sorted(path for path in (HERE / "kernels").iterdir()
                     if path.suffix in (".c", ".cpp") and (not arguments.kernels or path.stem in arguments.kernels))
    unknown = set(arguments.kernels) - {path.stem for path in sources}
    if unknown:
        sys.exit(f"no such kernels: {' '.join(sorted(unknown))}")
    old = json.loads(arguments.compare.read_text()) if arguments.compare else {}
    builds = peers.installed(arguments.ways)
    columns = [way for way in builds if way != "native"]
    ratios = {}
    print_row("kernel", "native 1e9" if arguments.count else "native s", columns + (["old"] if old else []))
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or pathlib.Path(temporary)
        folder.mkdir(exist_ok=True)
        for source in sources:
            kernel = peers.Kernel(source, folder, arguments.march, arguments.bin, arguments.option)
            kernel.file(".wasm").unlink(missing_ok=True)
            commands = {way: command for way, build in builds.items() if (command := build(kernel))}
            # Node.js compiles while it runs, in threads: its instructions say little.
            values = (measure(source.stem, {way: command for way, command in commands.items() if way != "node"}, 1, measuring.count_instructions)
                      if arguments.count else measure(source.stem, commands, arguments.rounds, timed))
            ratios[source.stem] = {way: values[way] / values["native"] for way in columns if way in values}
            before = [old.get(source.stem, {}).get("wasm2native")] if old else []
            print_row(source.stem, f"{values['native'] / (1e9 if arguments.count else 1):.2f}",
                      [f"{value:.2f}" if value else "-" for value in [ratios[source.stem].get(way) for way in columns] + before])
    print_means("geometric mean", [source.stem for source in sources], ratios, columns, old)
    print_means("without libraries", [source.stem for source in sources if not measures_library(source)], ratios, columns, old)
    if arguments.json:
        arguments.json.write_text(json.dumps(ratios, indent=1) + "\n")


if __name__ == "__main__":
    main()
