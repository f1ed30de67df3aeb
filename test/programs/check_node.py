# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The tests of bindings/node: builds the addon and runs them. Status 77 where Node.js or its headers are missing."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUEST = ROOT / "test/programs/embedding/cpp/guest.wat"
BINDINGS = ROOT / "bindings/node"


def headers(node):
    """The folder of node_api.h, of the system's packages or beside the program."""
    for folder in (pathlib.Path("/usr/include/node"), pathlib.Path(node).resolve().parents[1] / "include/node"):
        if (folder / "node_api.h").exists():
            return folder
    return None


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("wasm2native", "wat2wasm", "runtime", "cxx", "work"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    node = shutil.which("node")
    include = headers(node) if node else None
    if not include:
        print("skipped: Node.js, or node_api.h, is not there")
        sys.exit(77)
    work = pathlib.Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    wasm, artifact, addon = work / "guest.wasm", work / "guest.so", work / "wasm2native.node"
    runtime = pathlib.Path(options.runtime)
    subprocess.run([options.wat2wasm, GUEST, "-o", wasm], check=True)
    subprocess.run([options.wasm2native, wasm, "-o", artifact], check=True)
    subprocess.run([options.cxx, "-std=c++20", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
                    BINDINGS / "addon.cpp", "-o", addon, f"-I{include}", f"-I{ROOT / 'include'}", runtime,
                    f"-Wl,-rpath,{runtime.parent}"], check=True)
    environment = dict(os.environ, WASM2NATIVE_NODE_ADDON=str(addon), WASM2NATIVE_TEST_GUEST=str(artifact),
                       WASM2NATIVE_TEST_WASM=str(wasm))
    done = subprocess.run([node, "--expose-gc", BINDINGS / "test/guest.test.js"], env=environment, check=False)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
