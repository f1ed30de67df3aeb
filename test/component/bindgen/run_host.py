# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Compiles a component, given as hexadecimal digits, and compares what a host prints that calls it.

  run_host.py WASM2NATIVE HOST HEX EXPECTED WORK"""

import pathlib
import subprocess
import sys

command, host, digits, expected, work = sys.argv[1:]
folder = pathlib.Path(work)
folder.mkdir(parents=True, exist_ok=True)
component, artifact = folder / "guest.wasm", folder / "guest.so"
component.write_bytes(bytes.fromhex(pathlib.Path(digits).read_text()))
subprocess.run([command, "compile", component, "-o", artifact], check=True)
printed = subprocess.run([host, artifact], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
wanted = pathlib.Path(expected).read_text(encoding="utf-8")
if printed != wanted:
    sys.exit(f"expected:\n{wanted}\nprinted:\n{printed}")
