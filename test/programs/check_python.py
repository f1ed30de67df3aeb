# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The tests of bindings/python, with a module that the cache compiles and with an artifact."""

import argparse
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUEST = ROOT / "test/programs/embedding/cpp/guest.wat"
BINDINGS = ROOT / "bindings/python"


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("wasm2native", "wat2wasm", "runtime", "work"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    work = pathlib.Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    module, artifact = work / "guest.wasm", work / "guest.so"
    subprocess.run([options.wat2wasm, GUEST, "-o", module], check=True)
    subprocess.run([options.wasm2native, module, "-o", artifact], check=True)
    for guest in (module, artifact):
        environment = dict(os.environ, PYTHONPATH=str(BINDINGS), WASM2NATIVE_RUNTIME=options.runtime,
                           WASM2NATIVE_CACHE_DIR=str(work / "cache"), WASM2NATIVE_TEST_GUEST=str(guest))
        done = subprocess.run([sys.executable, "-B", "-m", "unittest", "discover", "-s", BINDINGS / "tests"],
                              env=environment, check=False)
        if done.returncode:
            sys.exit(done.returncode)


if __name__ == "__main__":
    main()
