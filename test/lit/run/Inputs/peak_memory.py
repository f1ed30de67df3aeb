# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Runs a command, then says whether it and its children stayed below 64 MiB of resident memory."""
import resource
import subprocess
import sys

subprocess.run(sys.argv[1:], check=True)
peak_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print("peak below 64 MiB" if peak_kib < 64 * 1024 else f"peak {peak_kib} KiB")
