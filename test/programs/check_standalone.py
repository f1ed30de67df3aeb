#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""A standalone program for another processor, made by this machine's command and run by an emulator."""

import argparse
import pathlib
import subprocess

parser = argparse.ArgumentParser()
parser.add_argument("--wasm2native", required=True)
parser.add_argument("--target", required=True)
parser.add_argument("--runtime", required=True)
parser.add_argument("--emulator", required=True, help="a command, with its options")
parser.add_argument("--clang", required=True)
parser.add_argument("--work", required=True)
parser.add_argument("source")
options = parser.parse_args()

work = pathlib.Path(options.work)
work.mkdir(parents=True, exist_ok=True)
(work / "given").mkdir(exist_ok=True)
(work / "given/file").write_text("content\n")
subprocess.run([options.clang, "--target=wasm32-wasi", "-Wno-deprecated", "-O2", options.source,
                "-o", work / "app.wasm"], check=True)
subprocess.run([options.wasm2native, "--emit=exe", f"--target={options.target}", f"--program-runtime={options.runtime}",
                "--dir", f"{work}/given::/d", "--env=WHO=me", work / "app.wasm", "-o", work / "app"], check=True)
done = subprocess.run([*options.emulator.split(), work / "app", "one"], capture_output=True, text=True)
expected = "2 one\nme\ncontent\n\n"
if done.returncode != 0 or done.stdout != expected:
    raise SystemExit(f"status {done.returncode}\n{done.stdout}\n{done.stderr}\nexpected\n{expected}")
print("runs")
