# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Services that the command gives components: configuration, a log, and buckets in memory, in SQLite and in Redis. The
latter two are left out if the library for them was not built, Redis also without a server to start."""

import argparse
import contextlib
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator

from harness import Outcome, build, fail, fresh_directory, run, text_of

FOLDER = pathlib.Path(__file__).resolve().parent / "worlds"
# Values, what is added, the result: the same in test/component/worlds/keyvalue.c for buckets in memory.
INCREMENTS = (
    ("-5", 3, "the value is no number"),
    ("+5", 3, "the value is no number"),
    ("5 ", 3, "the value is no number"),
    ("x", 1, "the value is no number"),
    ("05", 1, "6"),
    ("0" * 32, 0, "0"),
    ("0" * 30 + "41", 1, "42"),
    ("9999999999", 1, "10000000000"),
    ("9223372036854775807", 1, "9223372036854775808"),
    ("0", 18446744073709551615, "18446744073709551615"),
    ("18446744073709551615", 1, "the number would be too large"),
    ("9999999999", 18446744073709551615, "the number would be too large"),
    ("18446744073709551616", 0, "the value is no number"),
    ("1" * 21, 0, "the value is no number"),
)
TIME = re.compile(rb"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ", re.MULTILINE)


class Checks:
    def __init__(self, options: argparse.Namespace, guest: str) -> None:
        self.command, self.work = options.wasm2native, fresh_directory(options.work / guest)
        wasm, artifact = self.work / "guest.wasm", self.work / "guest.so"
        wasm.write_bytes(bytes.fromhex((FOLDER / f"{guest}.hex").read_text()))
        build([self.command, "compile", "-O0", str(wasm), "-o", str(artifact)])
        self.artifact = artifact

    def file(self, name: str, content: bytes) -> str:
        (self.work / name).write_bytes(content)
        return str(self.work / name)

    def call(self, invoke: str, *options: str) -> Outcome:
        return run([self.command, "run", *options, "--invoke", invoke, str(self.artifact)])

    def expect(self, wanted: str, invoke: str, *options: str) -> None:
        found = self.call(invoke, *options)
        if found.status != 0 or found.output != wanted.encode() + b"\n":
            fail(f"{invoke} {' '.join(options)}: status {found.status}, must be {wanted}\n"
                 f"{text_of(found.output + found.errors)}")

    def refuse(self, text: str, *options: str) -> None:
        found = self.call("leave()", *options)
        if found.status != 2 or text.encode() not in found.errors:
            fail(f"{' '.join(options)}: status {found.status}, must be refused with '{text}'\n"
                 f"{text_of(found.output + found.errors)}")


def check_config(checks: Checks) -> None:
    checks.expect("ok(none)", 'get("mode")')
    checks.expect("ok([])", "all()")
    file = checks.file("values", b"# of the program\nmode=slow\r\n\nurl=http://a/?b=c\nempty=\n")
    given = ["--config-file", file, "--config", "mode=fast", "--config", "more=1"]
    checks.expect('ok(some("fast"))', 'get("mode")', *given)
    checks.expect('ok(some("http://a/?b=c"))', 'get("url")', *given)
    checks.expect('ok(some(""))', 'get("empty")', *given)
    checks.expect("ok(none)", 'get("mod")', *given)
    checks.expect('ok([("mode", "fast"), ("url", "http://a/?b=c"), ("empty", ""), ("more", "1")])', "all()", *given)
    checks.refuse("--config is 'mode', must be NAME=VALUE", "--config", "mode")
    checks.refuse("--config is '=1', must be NAME=VALUE", "--config", "=1")
    checks.refuse(f"--config-file: line 2 of '{checks.file('bad', b'a=b' + bytes([10]) + b'c')}' must be KEY=VALUE",
                  "--config-file", str(checks.work / "bad"))
    checks.refuse("--config-file: ", "--config-file", str(checks.work / "nothing"))


def check_log(checks: Checks) -> None:
    message = 'log(warn, "db", "slow\\n\\u{1b}[2J")'
    silent = checks.call(message)
    if silent.status != 0 or silent.output + silent.errors != b"":
        fail(f"a message without a log: {silent}")
    printed = checks.call(message, "--logging")
    if TIME.sub(b"", printed.errors) != b"warn db: slow\\x0a\\x1b[2J\n":
        fail(f"a message on standard error: {printed}")
    file = checks.work / "log"
    checks.call(message, f"--logging={file}")
    checks.call('draft-log(critical, "", "gone")', f"--logging={file}")
    checks.call(f'log(info, "", "{"x" * 70000}")', f"--logging={file}")
    lines = file.read_bytes()
    wanted = b"warn db: slow\\x0a\\x1b[2J\ncritical gone\ninfo " + b"x" * 65536 + b"...\n"
    if TIME.sub(b"", lines) != wanted or len(TIME.findall(lines)) != 3:
        fail(f"the file of the log:\n{text_of(lines[:300])}")
    checks.refuse("--logging: cannot open", f"--logging={checks.work}")


@contextlib.contextmanager
def redis_server(work: pathlib.Path) -> Iterator[int]:
    """A server that keeps nothing, on a port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no",
               "--dir", str(work)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(600):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.05)
            yield port
        finally:
            server.kill()


@contextlib.contextmanager
def strange_server(reply: bytes) -> Iterator[int]:
    """A server that greets as Redis does, and then sends the same to every request."""
    def serve(server: socket.socket) -> None:
        client, _ = server.accept()
        with client, contextlib.suppress(OSError):
            client.recv(4096)
            client.sendall(b"+PONG\r\n")
            client.recv(4096)
            client.sendall(reply)
            client.recv(1)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def redis_command(port: int, *words: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port)) as client:
        parts = b"".join(b"$%d\r\n%s\r\n" % (len(word), word.encode()) for word in words)
        client.sendall(b"*%d\r\n%s" % (len(words), parts))
        return client.recv(4096)


def check_increments(checks: Checks, where: str) -> None:
    """Values that cannot be added to stay as they are."""
    for number, (value, delta, wanted) in enumerate(INCREMENTS):
        for expected, invoke in (("ok", f'set("b", "i{number}", "{value}")'),
                                 (f'err(other("{wanted}"))' if wanted.startswith("the ") else f"ok({wanted})",
                                  f'increment("b", "i{number}", {delta})'),
                                 (f'ok(some("{value if wanted.startswith("the ") else wanted}"))',
                                  f'get("b", "i{number}")'),
                                 ("ok", f'delete("b", "i{number}")')):
            checks.expect(expected, invoke, "--keyvalue", f"b={where}")


def check_bucket(checks: Checks, where: str) -> None:
    """A bucket keeps its keys from one run to the next, in files and on servers."""
    def expect(wanted: str, invoke: str) -> None:
        checks.expect(wanted, invoke, "--keyvalue", f"b={where}")

    expect("ok(none)", 'get("b", "k")')
    expect("ok(false)", 'exists("b", "k")')
    expect("ok", 'set("b", "k", "first")')
    expect("ok", 'set("b", "k", "a\\u{0}\\u{e9}")')
    expect('ok(some("a\\u{0}\u00e9"))', 'get("b", "k")')
    expect("ok(true)", 'exists("b", "k")')
    expect("ok(none)", 'get("b", "K")')
    expect("ok", 'set("b", "", "")')
    expect('ok(some(""))', 'get("b", "")')
    expect("ok", 'delete("b", "")')
    expect("ok", 'delete("b", "")')
    expect("ok(none)", 'get("b", "")')
    expect("ok(9007199254740993)", 'increment("b", "n", 9007199254740993)')
    expect("ok(9007199254740995)", 'increment("b", "n", 2)')
    expect('ok(some("9007199254740995"))', 'get("b", "n")')
    for key in ("k", "n"):
        expect("ok", f'delete("b", "{key}")')
    check_increments(checks, where)
    expect("ok", 'set-many("b", [("x", "1"), ("y", "2"), ("z", "")])')
    expect('ok([some(("z", "")), none, some(("x", "1"))])', 'get-many("b", ["z", "w", "x"])')
    expect("ok", 'delete-many("b", ["x", "w", "y"])')
    expect('ok({keys: ["z"], cursor: none})', 'list("b", none)')
    expect("ok", 'grow("b", 2500)')
    expect("2501", 'count("b")')
    found = checks.call('increment("b", "z", 1)', "--keyvalue", f"b={where}")
    expect('ok(some(""))', 'get("b", "z")')
    if not found.output.startswith(b"err(other("):
        fail(f"{where}: what is no number was added to: {found}")
    found = checks.call('set("b", "z", "x")', "--keyvalue", f"a={where}")
    if found.output != b"err(no-such-store)\n":
        fail(f"{where}: a bucket that was not granted: {found}")


def check_limits(checks: Checks, where: str) -> None:
    def expect(wanted: str, invoke: str, *options: str) -> None:
        checks.expect(wanted, invoke, "--keyvalue", f"b={where}", *options)

    expect("ok", f'set("b", "{"k" * 1024}", "")')
    expect('err(other("the key has 1025 bytes, at most 1024 are possible"))', f'get("b", "{"k" * 1025}")')
    expect("ok", 'fill("b", "k", 4194304)')
    expect('err(other("the value has 4194305 bytes, at most 4194304 are possible"))', 'fill("b", "k", 4194305)')


def check_memory(checks: Checks) -> None:
    checks.expect("err(no-such-store)", 'get("b", "k")')
    checks.expect("err(no-such-store)", 'increment("b", "k", 1)')
    checks.expect("err(no-such-store)", 'list("b", none)')
    given = ("--keyvalue", "b=memory")
    checks.expect("ok(none)", 'get("b", "k")', *given)
    checks.expect("ok(5)", 'increment("b", "k", 5)', *given)
    checks.expect("ok(18446744073709551615)", 'increment("b", "k", 18446744073709551615)', *given)
    checks.expect("ok", 'set-many("b", [("x", "1"), ("y", "2")])', *given)
    checks.expect('err(other("the bucket is full"))', 'fill("b", "k", 100000)', *given, "--keyvalue-size", "64K")
    checks.expect("ok", 'fill("b", "k", 60000)', *given, "--keyvalue-size", "64K")
    checks.expect('err(other("the bucket is full"))', 'grow("b", 4000)', *given, "--keyvalue-size", "64K")
    check_limits(checks, "memory")
    # A replay needs no bucket.
    record = checks.work / "record"
    checks.expect("0", 'count("b")', *given, "--record", str(record))
    replayed = run([checks.command, "replay", str(record)])
    if replayed.status != 0:
        fail(f"a replay: {replayed}")
    checks.refuse("must be NAME=WHERE", "--keyvalue", "b")
    checks.refuse("must be memory, a file FILE.db or redis://HOST:PORT", "--keyvalue", "b=memmory")
    checks.refuse("gives the bucket 'b' twice", *given, *given)


def check_sqlite(checks: Checks) -> None:
    path = checks.work / "bucket.db"
    if b"libwasm2native-sqlite.so" in checks.call('get("b", "k")', "--keyvalue", f"b={path}").errors:
        return
    check_bucket(checks, str(path))
    check_limits(checks, str(checks.work / "limits.db"))
    with contextlib.closing(sqlite3.connect(path)) as database:
        if database.execute("SELECT (SELECT count(*) FROM entries), (SELECT keys FROM counts)").fetchall() != [
                (2501, 2501)]:
            fail("the number of keys in the database is wrong")
        if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            fail("the database is damaged")
        # A limit of keys that is reached, as the database says.
        database.execute("UPDATE counts SET keys = 1048575")
        database.commit()
    checks.expect("ok", 'set("b", "new", "")', "--keyvalue", f"b={path}")
    checks.expect("ok", 'set("b", "new", "1")', "--keyvalue", f"b={path}")
    checks.expect('err(other("the bucket has as many keys as it may have"))', 'set("b", "newer", "")', "--keyvalue",
                  f"b={path}")
    checks.expect("ok(2)", 'increment("b", "new", 1)', "--keyvalue", f"b={path}")
    checks.expect('err(other("the number would be too large"))', 'increment("b", "new", 18446744073709551615)',
                  "--keyvalue", f"b={path}")
    # One that is full, and takes more once something is gone.
    small = ("--keyvalue", f"b={checks.work / 'small.db'}", "--keyvalue-size", "256K")
    checks.expect('err(other("database or disk is full"))', 'fill("b", "k", 400000)', *small)
    checks.expect("ok", 'fill("b", "k", 100000)', *small)
    # Several processes at a time: nothing is lost.
    counters = [subprocess.Popen([checks.command, "run", "--keyvalue", f"b={checks.work / 'shared.db'}", "--invoke",
                                  'increment("b", "n", 1)', str(checks.artifact)], stdout=subprocess.DEVNULL)
                for _ in range(8)]
    if any(counter.wait() for counter in counters):
        fail("a process could not count")
    checks.expect('ok(some("8"))', 'get("b", "n")', "--keyvalue", f"b={checks.work / 'shared.db'}")
    checks.file("garbage.db", b"no database at all" * 100)
    checks.refuse("file is not a database", "--keyvalue", f"b={checks.work / 'garbage.db'}")
    checks.refuse("unable to open database file", "--keyvalue", f"b={checks.work / 'nowhere/b.db'}")


def check_limit_of_keys(checks: Checks, port: int, where: str) -> None:
    """The script makes the keys: by single commands it would take minutes."""
    redis_command(port, "EVAL", "for i=1,1048575 do redis.call('HSET','b','k'..i,'1') end", "0")
    for wanted, invoke in (("ok(1)", 'increment("b", "last", 1)'),
                           ('err(other("the bucket has as many keys as it may have"))', 'increment("b", "more", 1)'),
                           ('err(other("the bucket has as many keys as it may have"))', 'set("b", "more", "")'),
                           ("ok", 'set("b", "last", "7")'), ("ok(8)", 'increment("b", "last", 1)')):
        checks.expect(wanted, invoke, "--keyvalue", f"b={where}")


def check_redis(checks: Checks) -> None:
    refused = checks.call('get("b", "k")', "--keyvalue", "b=redis://127.0.0.1:1")
    if b"libwasm2native-redis.so" in refused.errors:
        return
    if refused.status != 2 or b"cannot connect to Redis: Connection refused" not in refused.errors:
        fail(f"a server that is not there: {refused}")
    checks.refuse("a server of Redis is HOST:PORT", "--keyvalue", "b=redis://localhost")
    for reply, text in ((b"$99999999\r\n" + bytes(9 << 20), b"the reply is too long"), (b":1\r\n", b"has another type"),
                        (b"*-5\r\n", b"Redis: "), (b"nonsense\r\n", b"Redis: "), (b"", b"deadline")):
        with strange_server(reply) as port:
            found = checks.call('get("b", "k")', "--timeout=60s" if reply else "--timeout=200ms", "--keyvalue",
                                f"b=redis://127.0.0.1:{port}")
        if found.status != (0 if reply else 124) or text not in found.output + found.errors:
            fail(f"a server that sends {reply[:20]!r}: {found}")
    if not shutil.which("redis-server"):
        return
    with redis_server(checks.work) as port:
        where = f"redis://127.0.0.1:{port}"
        check_bucket(checks, where)
        if redis_command(port, "HLEN", "b") != b":2501\r\n":
            fail("the bucket is another hash")
        redis_command(port, "DEL", "b")
        check_limits(checks, where)
        # Values that others have put there.
        redis_command(port, "SET", "b2", "a string")
        for invoke in ('get("b2", "k")', 'set("b2", "k", "")', 'increment("b2", "k", 1)', 'list("b2", none)'):
            found = checks.call(invoke, "--keyvalue", f"b2={where}")
            if b"WRONGTYPE" not in found.output or b"script" in found.output:
                fail(f"{invoke} of a hash that is none: {found}")
        redis_command(port, "DEL", "b")
        check_limit_of_keys(checks, port, where)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--wasm2native", required=True)
    parser.add_argument("--clang", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    options = parser.parse_args()
    fresh_directory(options.work)
    services = Checks(options, "services")
    check_config(services)
    check_log(services)
    keyvalue = Checks(options, "keyvalue")
    check_memory(keyvalue)
    check_sqlite(keyvalue)
    check_redis(keyvalue)


if __name__ == "__main__":
    main()
