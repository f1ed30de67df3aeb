#!/usr/bin/env python3
"""Speed of compiled code, as a ratio to the same C compiled natively by clang-22 -O3 for the same CPU baseline.

    utils/bench/run_time.py [--bin build/release/bin/wasm2native] [--rounds 7] [kernel...]

Native and compiled runs alternate; the median of their user times counts, so that a noisy machine hurts both alike. Outputs are
compared. Node.js runs the same wasm in the same table if it is installed (its own compile time included).
"""
import argparse, math, pathlib, resource, shutil, statistics, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

NODE_RUNNER = """
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';
const wasi = new WASI({ version: 'preview1', args: ['kernel'] });
const module = await WebAssembly.compile(readFileSync(process.argv[2]));
wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
"""


def timed(command):
    """Runs `command`; its standard output and user seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return result.stdout, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def build(source, folder, wasm2native, options):
    native, wasm, artifact = (folder / (source.stem + end) for end in (".native", ".wasm", ".so"))
    subprocess.run(["clang-22", "-O3", source, "-o", native, "-lm"], check=True)
    subprocess.run(["clang-22", "--target=wasm32-wasi", "-Wno-deprecated", "-O3", source, "-o", wasm, "-lm"],
                   check=True)
    subprocess.run([wasm2native, "-O3", *options, wasm, "-o", artifact], check=True)
    return native, wasm, artifact


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=ROOT / "build/release/bin/wasm2native")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--option", action="append", default=[], help="a further option of wasm2native compile")
    parser.add_argument("kernels", nargs="*")
    arguments = parser.parse_args()
    sources = [HERE / "kernels" / (name + ".c") for name in arguments.kernels] or sorted((HERE / "kernels").glob("*.c"))
    node = shutil.which("node")
    ratios = {"wasm2native": [], "node": []}
    print(f"{'kernel':20} {'native s':>9} {'wasm2native':>12} {'node':>8}   (ratios to native)")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "run.mjs").write_text(NODE_RUNNER)
        for source in sources:
            native, wasm, artifact = build(source, folder, arguments.bin, arguments.option)
            commands = {"native": [native], "wasm2native": [arguments.bin, "run", artifact]}
            if node:
                commands["node"] = [node, "--no-warnings", folder / "run.mjs", wasm]
            times = {name: [] for name in commands}
            for _ in range(arguments.rounds):
                outputs = set()
                for name, command in commands.items():
                    output, seconds = timed(command)
                    outputs.add(output)
                    times[name].append(seconds)
                if len(outputs) != 1:
                    sys.exit(f"{source.stem}: outputs differ: {outputs}")
            median = {name: statistics.median(values) for name, values in times.items()}
            columns = []
            for name in ratios:
                if name in median:
                    ratios[name].append(median[name] / median["native"])
                columns.append(f"{ratios[name][-1]:.2f}" if name in median else "-")
            print(f"{source.stem:20} {median['native']:9.2f} {columns[0]:>12} {columns[1]:>8}", flush=True)
    means = [f"{math.exp(statistics.fmean(map(math.log, values))):.2f}" if values else "-" for values in ratios.values()]
    print(f"{'geometric mean':20} {'':9} {means[0]:>12} {means[1]:>8}")


if __name__ == "__main__":
    main()
