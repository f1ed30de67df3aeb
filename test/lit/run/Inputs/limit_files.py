# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""limit_files.py BYTES COMMAND...: runs COMMAND with RLIMIT_FSIZE, and SIGXFSZ, which Python ignores, as it is."""

import os
import resource
import signal
import sys

signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
os.execvp(sys.argv[2], sys.argv[2:])
