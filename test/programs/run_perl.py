# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Runs perl/files.pl with Perl as an artifact, which a driver module (perl/driver.wat) calls as a library, and with the
system's Perl: output and files must be the same. The interpreter opens /dev/null, one of the few devices that guests may."""

import argparse
import pathlib

from harness import build, environment, fresh_directory, require_same, run

FOLDER = pathlib.Path(__file__).resolve().parent / "perl"


def main() -> None:
    parser = argparse.ArgumentParser()
    for option in ("--wasm2native", "--wat2wasm", "--perl"):
        parser.add_argument(option, required=True)
    for option in ("--wasm", "--work"):
        parser.add_argument(option, required=True, type=pathlib.Path)
    options = parser.parse_args()
    fresh_directory(options.work)
    driver, artifact = options.work / "driver.wasm", options.work / "perl.so"
    build([options.wat2wasm, str(FOLDER / "driver.wat"), "-o", str(driver)])
    build([options.wasm2native, "-O0", "-j", "2", str(options.wasm), "-o", str(artifact)])

    directory = fresh_directory(options.work / "native")
    wanted = run([options.perl, str(FOLDER / "files.pl")], directory, variables={**environment(), "WORK": str(directory)})
    directory = fresh_directory(options.work / "artifact")
    found = run([options.wasm2native, "run", "--unknown-imports=trap", "--preload", f"perl={artifact}",
                 "--dir", f"{FOLDER}::/scripts:ro", "--dir", "/dev::/dev:ro", "--dir", f"{directory}::/work", str(driver)],
                directory)
    require_same("files.pl", found, wanted)


if __name__ == "__main__":
    main()
