#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""A cache that cannot be written, or is not as it was.

    full        every write, sync and rename fails in turn, and a file system that is full: modules run, nothing is left
    read-only   hits work; a miss compiles without storing and says so
    corrupted   entries with flipped bits and cut short, anywhere: refused, said, compiled again
    trust       foreign owners, writable folders, links: not used, with the rule that was broken
    versions    two builds of the compiler side by side: each finds its own entries, before and after the other
    mounts      two images with equal inodes and times, one after the other at one place: each runs its own module
    locked      another process holds the lock of an entry for ever: compiled all the same
    evicted     a cache that is too small for two modules: both run, whoever is removed meanwhile
"""

import fcntl
import os
import pathlib
import random
import shutil
import subprocess

from subject import Subject, fail, main, text_of


def check_full(subject: Subject) -> None:
    for call in ("write", "fsync", "renameat"):
        count = 0
        for number in range(1, 50):
            subject.clear()
            log = subject.work / "trace"
            prefix = ["strace", "-f", "-y", "-o", str(log), "-e", f"trace={call}",
                      "-e", f"inject={call}:error=ENOSPC:when={number}"]
            done = subprocess.run(prefix + subject.run_command(0), capture_output=True, env=subject.variables(),
                                  stdin=subprocess.DEVNULL, timeout=120)
            injected = [line for line in log.read_text(errors="replace").splitlines() if "INJECTED" in line]
            if not injected:
                break
            # The compiler's own files, and what the program prints.
            if str(subject.store) not in injected[0]:
                continue
            count += 1
            subject.require_number(0, done.returncode, done.stdout, done.stderr)
            if done.stderr.count(b"warning") > 1:
                fail(f"must warn once:\n{text_of(done.stderr)}")
            stored = len(subject.entries())
            if stored == 0 and b"not kept in the cache" not in done.stderr:
                fail(f"{call} {number} fails, nothing is stored, and nothing is said\n{text_of(done.stderr)}")
            subject.require_quiet(entries=stored)
            subject.run(0)
        if count < 2:
            fail(f"{call} failed {count} times: too few for this to show anything")
    subject.clear()
    subject.store.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "none", str(subject.store)]
    if os.geteuid() == 0 and subprocess.run(mount).returncode == 0:
        try:
            # An artifact has 34 kB.
            subject.run(0)
            subject.run(1, warning="not kept in the cache")
            subject.run(0)
            subject.require_quiet(entries=1)
        finally:
            subprocess.run(["umount", str(subject.store)], check=True)
    else:
        print("no full file system: only root may mount one")


def check_read_only(subject: Subject) -> None:
    subject.run(0)
    prefix = []
    if os.geteuid() == 0:
        # Root writes everywhere; another user may use what root has stored.
        prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        for folder in [subject.store, *subject.store.parents]:
            if subprocess.run(prefix + ["test", "-x", str(folder)]).returncode != 0 and folder != subject.store:
                print(f"not checked: {folder} is not open to other users")
                return
        subject.store.chmod(0o755)
    folders = [subject.store, *[path for path in subject.store.iterdir() if path.is_dir()]]
    for folder in folders:
        folder.chmod(0o555)
    (subject.work / "tmp").chmod(0o1777)
    try:
        subject.run(0, prefix=prefix)
        subject.run(1, prefix=prefix, warning="not kept in the cache")
        subject.run(0, prefix=prefix)
        # A missing folder in a place that cannot be written.
        variables = subject.variables(WASM2NATIVE_CACHE_DIR=str(subject.store / "deeper"))
        subject.run(0, prefix=prefix, variables=variables, warning="the cache is not used")
    finally:
        for folder in folders:
            folder.chmod(0o755)
    subject.require_quiet(entries=1)
    # No folder at all.
    variables = {key: value for key, value in subject.variables().items()
                 if key not in ("WASM2NATIVE_CACHE_DIR", "XDG_CACHE_HOME", "HOME")}
    subject.run(0, variables=variables, warning="there is no folder for the cache")


def check_corrupted(subject: Subject) -> None:
    subject.run(0)
    (entry,) = subject.entries()
    whole = entry.read_bytes()
    generator = random.Random(1)
    damages = [whole[:length] for length in [0, 1, 63, len(whole) - 1] + generator.sample(range(len(whole)), 6)]
    for bit in generator.sample(range(8 * len(whole)), 20):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        damages.append(bytes(changed))
    damages.append(b"")
    for damage in damages:
        entry.write_bytes(damage)
        subject.run(0, warning="is damaged")
        if entry.read_bytes() != whole:
            fail("a damaged entry is not compiled to what it was")
        subject.run(0)
    # Damage that `verify` finds is not run, and can be looked at.
    entry.write_bytes(whole[:-1])
    done = subject.cache("verify", "--json")
    if done.returncode != 1 or entry.stem not in done.stdout:
        fail(f"verify ends with {done.returncode}\n{done.stdout}")
    if (subject.store / "quarantine" / entry.name).read_bytes() != whole[:-1]:
        fail("what is damaged must be in quarantine")
    subject.run(0)
    for other in (".hash", ".seen"):
        entry.with_suffix(other).write_bytes(b"\xff" * 40)
        entry.touch()
        subject.run(0, warning="is damaged" if other == ".hash" else None)
    for note in (subject.store / "notes").iterdir():
        note.write_bytes(note.read_bytes()[:-1] + b"x")
    subject.run(0)
    subject.require_quiet(entries=1)


def check_trust(subject: Subject) -> None:
    subject.run(0)
    (entry,) = subject.entries()
    entries = subject.store / "entries"
    for path, mode in ((subject.store, 0o777), (entries, 0o775), (subject.store / "notes", 0o1777)):
        before = path.stat().st_mode & 0o7777
        path.chmod(mode)
        subject.run(0, warning=f"'chmod go-w {path}'")
        path.chmod(before)
    entry.chmod(0o666)
    subject.run(0, warning=f"'chmod go-w {entry}'")
    # It has been replaced by one that is ours alone.
    subject.run(0)
    elsewhere = subject.work / "elsewhere.so"
    shutil.copy(entry, elsewhere)
    entry.unlink()
    entry.symlink_to(elsewhere)
    subject.run(0, warning="is a symbolic link")
    subject.run(0)
    entries.rename(subject.store / "moved")
    entries.symlink_to("moved")
    subject.run(0, warning="is a symbolic link")
    entries.unlink()
    (subject.store / "moved").rename(entries)
    subject.run(0)
    if os.geteuid() == 0:
        os.chown(entry, 12345, 12345)
        subject.run(0, warning="belongs to user 12345")
        os.chown(subject.store, 12345, 12345)
        subject.run(0, warning="belongs to user 12345")
        os.chown(subject.store, 0, 0)
    else:
        print("no foreign owners: only root can give files away")
    subject.run(0)
    subject.require_quiet(entries=1)


def library_of(subject: Subject) -> pathlib.Path:
    found = pathlib.Path(subject.command).parent.parent / "lib/libwasm2native-compiler.so"
    return pathlib.Path(os.environ.get("WASM2NATIVE_COMPILER", found)).resolve()


def check_versions(subject: Subject) -> None:
    old, new = subject.work / "old.so", subject.work / "new.so"
    content = library_of(subject).read_bytes()
    identity = bytes.fromhex(subprocess.check_output(["readelf", "-n", str(library_of(subject))], text=True)
                             .split("Build ID: ")[1].split()[0])
    if content.count(identity) != 1:
        fail("the compiler has no build ID")
    old.write_bytes(content)
    new.write_bytes(content.replace(identity, identity[::-1]))
    variables = {path: subject.variables(WASM2NATIVE_COMPILER=str(path)) for path in (old, new)}
    subject.run(0, variables=variables[old])
    subject.run(0, variables=variables[new])
    if len(subject.entries()) != 2:
        fail(f"{len(subject.entries())} entries of two compilers, must be 2")
    times = {entry: entry.stat().st_mtime_ns for entry in subject.entries()}
    # Rolled back, and again: all hits.
    for path in (old, new, old, new):
        subject.run(0, variables=variables[path])
    # An upgrade in place.
    shutil.copy(new, old)
    subject.run(0, variables=variables[old])
    if times != {entry: entry.stat().st_mtime_ns for entry in subject.entries()}:
        fail("something was compiled again")
    # Without a compiler there are hits.
    subject.run(0, variables=subject.variables(WASM2NATIVE_COMPILER=str(subject.work / "nothing.so")))


def check_evicted(subject: Subject) -> None:
    variables = subject.variables(WASM2NATIVE_CACHE_SIZE="50K")
    running = [subprocess.Popen(subject.run_command(i % 3), env=variables, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE) for i in range(60)]
    for i, process in enumerate(running):
        output, errors = process.communicate(timeout=300)
        subject.require_number(i % 3, process.returncode, output, errors)
    # Two that store at once leave each other's entry, which is in use; whoever comes next removes one.
    subject.cache("gc", WASM2NATIVE_CACHE_SIZE="50K")
    subject.require_quiet(entries=1)
    subject.clear()
    subject.run(0, variables=subject.variables(WASM2NATIVE_CACHE_SIZE="1K"), warning="larger than the cache may be")


def make_image(subject: Subject, number: int, image: pathlib.Path) -> bool:
    """An image with a module as its one file. Everything but the module's byte is the same in each."""
    content = subject.work / f"content{number}"
    content.mkdir()
    shutil.copy(subject.modules[number], content / "module.wasm")
    identity = "12345678-1234-1234-1234-123456789abc"
    commands = [["mkfs.ext4", "-q", "-F", "-U", identity, "-E", f"hash_seed={identity}", "-d", str(content), str(image), "2M"]]
    commands += [["debugfs", "-w", "-R", f"set_inode_field module.wasm {time} 20010909014640", str(image)]
                 for time in ("atime", "mtime", "ctime")]
    try:
        return all(subprocess.run(command, capture_output=True).returncode == 0 for command in commands)
    except FileNotFoundError:
        return False


def check_mounts(subject: Subject) -> None:
    images = [subject.work / f"image{number}" for number in range(2)]
    place = subject.work / "place"
    place.mkdir()
    if os.geteuid() != 0 or not all(make_image(subject, number, image) for number, image in enumerate(images)):
        print("not checked: only root can mount images, and mkfs.ext4 makes them")
        return
    module = place / "module.wasm"
    command = [subject.command, "run", "-O0", "-j1", "--invoke", "f", str(module)]
    seen = set()
    for options in ("loop,ro", "loop,noatime"):
        for number in (0, 1, 0):
            if subprocess.run(["mount", "-o", options, str(images[number]), str(place)]).returncode != 0:
                print("not checked: images cannot be mounted here")
                return
            try:
                status = module.stat()
                seen.add((status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
                # The second time there may be a note.
                for _ in range(2):
                    done = subprocess.run(command, capture_output=True, env=subject.variables(), timeout=120)
                    subject.require_number(number, done.returncode, done.stdout, done.stderr)
            finally:
                subprocess.run(["umount", str(place)], check=True)
    if len(seen) != 1:
        print(f"the images can be told apart, so this shows little: {seen}")


def check_locked(subject: Subject) -> None:
    subject.run(0)
    (entry,) = subject.entries()
    name = subject.store / "locks" / entry.stem
    for path in entry, entry.with_suffix(".hash"):
        path.unlink()
    with name.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subject.run(0, variables=subject.variables(WASM2NATIVE_CACHE_WAIT="1"), warning="has held the lock")
        # The artifact that was compiled is there, and needs no lock.
        subject.run(0)
        if subject.entries() != [entry]:
            fail("what was compiled without the lock is not kept")
    name.unlink()
    subject.require_quiet(entries=1)


if __name__ == "__main__":
    main({"full": check_full, "read-only": check_read_only, "corrupted": check_corrupted, "trust": check_trust,
          "versions": check_versions, "mounts": check_mounts, "locked": check_locked, "evicted": check_evicted}, modules=3)
