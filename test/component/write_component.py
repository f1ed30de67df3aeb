# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Writes the component of the first command of a script in own/, api/ or command/ to a file: the binary of the text
beside it."""

import json
import pathlib
import sys

script, out = sys.argv[1:]
command = json.loads(pathlib.Path(script).read_text())["commands"][0]
pathlib.Path(out).write_bytes(bytes.fromhex("".join(command["bytes"])))
