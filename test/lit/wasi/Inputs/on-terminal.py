# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Runs a command with a terminal, and prints what it writes there."""

import pty
import sys

pty.spawn(sys.argv[1:])
