#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""`warm` and `cache` as a deploy uses them.

    warm         folders, lists, several targets, bad modules, duplicates, interruptions; then `run` without a compiler
    maintenance  list, verify, gc, clear and path, and their JSON, with odd file names
"""

import json
import os
import signal
import subprocess
import time

from subject import Subject, fail, main, text_of


def warm(subject: Subject, *arguments: str, status: int = 0, names: str = "", **variables: str) -> dict:
    done = subprocess.run([subject.command, "warm", "--json", "-O0", *arguments], capture_output=True,
                          input=names.encode(), env=subject.variables(**variables))
    if done.returncode != status:
        fail(f"warm {arguments} ends with {done.returncode}, must be {status}\n{text_of(done.stdout + done.stderr)}")
    return json.loads(done.stdout)


def counts(report: dict) -> tuple[int, int, int]:
    return report["compiled"], report["hits"], report["failed"]


def require(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        fail(f"{what}: {found}, must be {wanted}")


def check_warm(subject: Subject) -> None:
    folder = subject.work / "modules"
    (folder / "deep/er").mkdir(parents=True)
    for number, module in enumerate(subject.modules):
        module.rename(folder / ("deep/er" if number % 2 else "") / module.name)
    subject.modules = [next(folder.rglob(module.name)) for module in subject.modules]
    (folder / "notes.txt").write_text("no module")
    count = len(subject.modules)
    targets = "--target=x86_64,aarch64,riscv64"
    require(counts(warm(subject, targets, str(folder))), (3 * count, 0, 0), "compiled, hits, failed at first")
    require(counts(warm(subject, targets, str(folder))), (0, 3 * count, 0), "the second time")
    names = "".join(f"{module}\n" for module in subject.modules)
    require(counts(warm(subject, "--target=aarch64", "-", names=names)), (0, count, 0), "from a list")
    # An artifact that a fleet's build machine made for the baseline is a hit for `run`, which does not ask for it.
    nowhere = subject.variables(WASM2NATIVE_COMPILER="/nowhere")
    for number in range(count):
        subject.run(number, variables=nowhere)
    # For this very processor, and with options of its own.
    require(counts(warm(subject, str(folder))), (count, 0, 0), "for this processor")
    require(counts(warm(subject, "--bounds-checks=explicit", str(folder))), (count, 0, 0), "with an option")

    # One that is bad, one that is missing, one that is the same as another, an empty one.
    (folder / "bad.wasm").write_bytes(b"\0asm\1\0\0\0\xff")
    (folder / "empty.wasm").write_bytes(b"")
    (folder / "same.wasm").write_bytes(subject.modules[0].read_bytes())
    extra = subject.make_module(99)
    report = warm(subject, str(folder), str(extra), "/nowhere.wasm", status=1)
    require(counts(report), (1, count + 1, 3), "with bad ones")
    failed = {entry["module"]: entry["error"] for entry in report["artifacts"] if entry["result"] == "failed"}
    require(sorted(failed), sorted(["/nowhere.wasm", str(folder / "bad.wasm"), str(folder / "empty.wasm")]), "failed")
    if not all(failed.values()):
        fail(f"errors without text: {failed}")
    require(counts(warm(subject, "-O1", str(extra), str(extra))), (1, 1, 0), "the same twice")
    # Modules that do not fit at a time are compiled one after the other; one that does not stay is no success.
    require(counts(warm(subject, "-O1", "--memory-budget=1", *map(str, subject.modules))), (count, 0, 0), "little memory")
    report = warm(subject, "-O2", *map(str, subject.modules), status=1, WASM2NATIVE_CACHE_SIZE="100K")
    require(report["failed"] >= count - 3, True, "a cache that is too small")
    subject.require_quiet()

    # Interrupted, it goes on where it was.
    subject.clear()
    process = subprocess.Popen([subject.command, "warm", "-O0", "-j1", *map(str, subject.modules)],
                               env=subject.variables(), stdout=subprocess.DEVNULL)
    while len(list(subject.store.glob("entries/*.so"))) < 2 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    time.sleep(0.5)
    subject.cache("gc")
    kept = len(subject.entries())
    compiled, hits, failures = counts(warm(subject, *map(str, subject.modules)))
    require((compiled + hits, hits >= kept, failures), (count, True, 0), "after an interruption")


def check_maintenance(subject: Subject) -> None:
    def ask(*arguments: str, status: int = 0) -> dict:
        done = subject.cache(*arguments, "--json")
        require(done.returncode, status, f"status of cache {arguments}")
        return json.loads(done.stdout)

    require(ask("path"), {"folder": str(subject.store)}, "path")
    require(ask("list")["entries"], [], "an empty cache")
    # Quotes, a newline, and bytes that are not UTF-8.
    odd = os.fsencode(str(subject.work)) + b'/odd "\n\\\xff.wasm'
    with open(odd, "wb") as file:
        file.write(subject.modules[0].read_bytes())
    done = subprocess.run([subject.command, "warm", "--json", "-O0", odd, subject.modules[1]], capture_output=True,
                          env=subject.variables())
    require((done.returncode, counts(json.loads(done.stdout.decode()))), (0, (2, 0, 0)), "an odd name")
    listed = ask("list")
    require((len(listed["entries"]), listed["bytes"]), (2, sum(path.stat().st_size for path in subject.entries())), "list")
    require({entry["target"] for entry in listed["entries"]}, {"x86_64-unknown-linux-gnu"}, "targets")
    require(ask("verify"), {"folder": str(subject.store), "checked": 2, "damaged": []}, "verify")
    damaged = subject.entries()[0]
    damaged.write_bytes(b"damaged")
    require([entry["key"] for entry in ask("verify", status=1)["damaged"]], [damaged.stem], "damaged")
    (subject.store / "entries" / ("a" * 64 + ".so.1-1.tmp")).write_bytes(b"left")
    # The list of processors of the module whose only artifact is in quarantine is one, too.
    require(ask("gc")["removedLeftovers"], 2, "leftovers")
    require(ask("gc", "--cache-size=1")["removedEntries"], 1, "entries beyond the size")
    subject.run(1)
    ask("clear")
    require([str(path) for path in subject.store.rglob("*") if path.is_file()], [], "after clear")
    for arguments in ((), ("list", "gc"), ("lost",), ("list", "--cache-size=much")):
        require(subject.cache(*arguments).returncode != 0, True, f"cache {arguments} fails")


if __name__ == "__main__":
    main({"warm": check_warm, "maintenance": check_maintenance}, modules=6)
