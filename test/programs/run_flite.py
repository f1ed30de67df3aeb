# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Lets flite speak into a file, as an artifact and with Node.js: the sounds must be the same."""

import argparse
import pathlib

from harness import build, environment, fail, fresh_directory, require_same, run

FOLDER = pathlib.Path(__file__).resolve().parent
ARGUMENTS = ["-t", "One, two, three: what is compiled ahead of time sounds the same.", "-o", "/work/speech.wav"]


def main() -> None:
    parser = argparse.ArgumentParser()
    for option in ("--wasm2native", "--node"):
        parser.add_argument(option, required=True)
    for option in ("--wasm", "--work"):
        parser.add_argument(option, required=True, type=pathlib.Path)
    options = parser.parse_args()
    fresh_directory(options.work)
    directory = fresh_directory(options.work / "node")
    wanted = run([options.node, "--no-warnings", str(FOLDER / "run_wasi.mjs"), str(options.wasm), f"/work={directory}", "",
                  "--", *ARGUMENTS], directory, variables=environment())
    if len(wanted.files.get("speech.wav", b"")) < 10000:
        fail(f"Node.js: status {wanted.status}, no sound\n{wanted.errors.decode()}")
    for level in ("-O0", "-O3"):
        artifact = options.work / f"flite{level}.so"
        build([options.wasm2native, level, str(options.wasm), "-o", str(artifact)])
        directory = fresh_directory(options.work / f"files{level}")
        found = run([options.wasm2native, "run", "--dir", f"{directory}::/work", str(artifact), *ARGUMENTS], directory)
        require_same(f"flite {level}", found, wanted)


if __name__ == "__main__":
    main()
