#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Makes the Debian packages of the runtime and of the documents: what is in them, what they need, and that the command
in them runs. utils/release.sh makes all packages and installs them in a fresh system."""
import argparse
import pathlib
import shutil
import subprocess
import sys


def run(*command, **options):
    words = [str(word) for word in command]
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def check(condition, claim):
    if not condition:
        sys.exit(f"not so: {claim}")


def main():
    parser = argparse.ArgumentParser()
    for name in ("build", "cpack", "work"):
        parser.add_argument(f"--{name}", required=True, type=pathlib.Path)
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    run(args.cpack, "-G", "DEB", "-B", args.work, "-D", "CPACK_COMPONENTS_ALL=runtime;documentation",
        "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=gzip", cwd=args.build)
    runtime = next(args.work.glob("wasm2native_*.deb"))
    depends = run("dpkg-deb", "-f", runtime, "Depends")
    check("libc6" in depends and "LLVM" not in depends.upper(), f"the runtime needs no LLVM: {depends}")
    for package in args.work.glob("*.deb"):
        run("dpkg-deb", "-x", package, args.work / "root")
    usr = args.work / "root/usr"
    for path in ("share/man/man1/wasm2native.1", "share/man/man1/wasm2native-run.1", "share/doc/wasm2native/copyright",
                 "share/bash-completion/completions/wasm2native", "share/zsh/vendor-completions/_wasm2native",
                 "share/fish/vendor_completions.d/wasm2native.fish", "share/doc/wasm2native/docs/cli.md"):
        check((usr / path).is_file(), f"the packages have {path}")
    check("not installed" in run(usr / "bin/wasm2native", "--version"), "the command runs without the compiler")


main()
