#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Has Z3 look for counterexamples: check_proof.py Z3 FILE. There must be none for each of the file's checks."""

import pathlib
import subprocess
import sys

z3, proof = sys.argv[1:]
checks = pathlib.Path(proof).read_text().count("(check-sat)")
answers = subprocess.run([z3, "-T:120", proof], capture_output=True, text=True).stdout.split("\n")[:-1]
if checks == 0 or answers != ["unsat"] * checks:
    sys.exit(f"{proof}: {checks} checks, and these answers:\n" + "\n".join(answers))
