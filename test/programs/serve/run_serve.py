# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Serves a handler of wasi:http and a command, and asks them: by well-behaved clients, and by sockets that send what no
client should."""

import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from harness import add_command_options, build, compiler, fail, fresh_directory, runner  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent


class Served:
    """A server on a free port of the loopback interface."""

    def __init__(self, command: list[str], *arguments: str, environment=None, pass_fds=(), prefix=()):
        self.process = subprocess.Popen(
            [*prefix, *command[:-1], "serve", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL, env=environment, pass_fds=pass_fds)
        self.errors, self.log = [], []
        self.ports, self.ready = {}, threading.Event()
        for stream, lines in ((self.process.stderr, self.errors), (self.process.stdout, self.log)):
            threading.Thread(target=self.read, args=(stream, lines), daemon=True).start()

    def read(self, stream, lines: list[str]) -> None:
        for line in stream:
            lines.append(line.decode(errors="replace").rstrip("\n"))
            if match := re.search(r": (serving|metrics) at (?:https?://127\.0\.0\.1:(\d+)|a socket)", lines[-1]):
                self.ports[match[1]] = int(match[2] or 0)
                self.ready.set()
        self.ready.set()

    def start(self, *wanted: str) -> "Served":
        until = time.monotonic() + 60
        while not all(name in self.ports for name in wanted or ("serving",)):
            if self.process.poll() is not None or time.monotonic() > until:
                fail("the server does not start\n" + "\n".join(self.errors))
            time.sleep(0.01)
        return self

    def wait_until_running(self, count: int) -> None:
        """Waits until there are `count` instances. For a server with metrics."""
        while f"wasm2native_instances_running {count}\n".encode() not in self.get("/metrics", "metrics")[1]:
            time.sleep(0.01)

    def log_line(self, index: int) -> str:
        """A line of the log, which comes after the answer."""
        until = time.monotonic() + 60
        while len(self.log) <= index:
            if time.monotonic() > until:
                fail(f"the log has {len(self.log)} lines")
            time.sleep(0.01)
        return self.log[index]

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.ports["serving"]), timeout=30)

    def raw(self, data: bytes) -> bytes:
        """All that the server sends, until it closes the connection."""
        with self.connect() as connection:
            connection.sendall(data)
            received = b""
            with contextlib.suppress(ConnectionResetError):
                while piece := connection.recv(65536):
                    received += piece
            return received

    def get(self, path: str, name: str = "serving", data=None, headers=None) -> tuple[int, bytes]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.ports[name]}{path}", data, headers or {})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


def expect(found, wanted, what: str) -> None:
    if found != wanted:
        fail(f"{what}: found {found!r}, wanted {wanted!r}")


def make_certificate(work: pathlib.Path, name: str,
                     owner: str = "DNS:localhost,IP:127.0.0.1") -> tuple[pathlib.Path, pathlib.Path]:
    """A certificate and its key, which are trusted where the certificate is."""
    certificate, key = work / f"{name}.pem", work / f"{name}.key"
    build(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
           "-days", "30", "-subj", f"/CN={name}", "-addext", f"subjectAltName={owner}",
           "-keyout", str(key), "-out", str(certificate)])
    return certificate, key


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def check_answers(server: Served) -> None:
    expect(server.get("/hello?x=1"), (200, b"hello\n"), "a page")
    expect(server.get("/other"), (404, b"what?\n"), "another page")
    body = os.urandom(300_000)
    expect(server.get("/echo", data=body), (200, body), "a body in both directions")
    expect(server.get("/forbidden"), (200, b"forbidden\n"), "a field that is the server's")
    expect(server.get("/timeout"), (200, b"refused\n"), "a timeout that is not supported")
    expect(server.raw(b"HEAD /hello HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").endswith(b"\r\n\r\n"), True,
           "the answer to HEAD")
    expect(body_of(server.raw(b"GET /hello HTTP/1.0\r\n\r\n")), b"hello\n", "an answer to HTTP/1.0")
    expect(body_of(server.raw(b"GET http://a/hello HTTP/1.0\r\n\r\n")), b"hello\n", "an absolute target")
    expect(body_of(server.raw(b"\r\nGET /hello HTTP/1.0\r\n\r\n")), b"hello\n", "an empty line before a request")
    # Two requests at once on one connection, the second with chunks, an extension and a trailer.
    answer = server.raw(b"GET /hello HTTP/1.1\r\nhost: a\r\n\r\nPOST /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\n"
                        b"transfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nx-after: z\r\n\r\n")
    expect(answer.count(b"HTTP/1.1 200 OK"), 2, "two requests on one connection")
    expect(b"x-after: z\r\n\r\n" in answer, True, f"a trailer: {answer!r}")
    with server.connect() as connection:
        connection.sendall(b"POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n")
        expect(connection.recv(100), b"HTTP/1.1 100 Continue\r\n\r\n", "the word to a client that waits")
        connection.sendall(b"ok")
        expect(connection.recv(100).startswith(b"HTTP/1.1 200 OK"), True, "the answer to a client that waited")


def check_lengths(server: Served) -> None:
    """An answer whose length a client could read wrongly is not sent: the connection may have others."""
    expect(server.get("/lengths/5"), (200, b"12345"), "an answer with its length")
    expect(server.get("/bodiless/0"), (200, b""), "an answer without a body")
    for path in ("lengths/+5", "lengths/5,5", "lengths/5,6", "lengths/0x5", "lengths/", "bodiless/40", "bodiless/-1"):
        answer = server.raw(f"GET /{path} HTTP/1.1\r\nhost: a\r\n\r\n"
                            "GET /hello HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".encode())
        statuses = [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+) ", answer)]
        expect(statuses, [500, 200], f"{path} and another request")
    head = server.raw(b"HEAD /bodiless/40 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
    expect(b"\r\nContent-Length: 40\r\n" in head, True, "the length in an answer to HEAD")


def check_failures(server: Served) -> None:
    expect(server.get("/trap")[0], 500, "a trap")
    expect(server.get("/nothing")[0], 500, "no answer")
    expect(server.get("/loop")[0], 504, "an endless loop")
    expect(server.get("/grow"), (200, b"no room\n"), "the limit of memory")
    half = server.raw(b"GET /half HTTP/1.1\r\nhost: a\r\n\r\n")
    expect(body_of(half), b"12345", "half an answer ends the connection")
    expect(server.get("/hello")[0], 200, "the server afterwards")
    if not any("trap: unreachable" in line for line in server.errors):
        fail("no word of the trap\n" + "\n".join(server.errors))
    if not any("at wasm-function" in line for line in server.errors):
        fail("no backtrace of the trap\n" + "\n".join(server.errors))


# Requests that two servers might read differently, and ones that are too much.
WRONG = (
    (400, b"GET /hello HTTP/1.1\r\n\r\n"),
    (400, b"GET /hello HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n"),
    (400, b"GET /hello HTTP/1.1\r\nhost: a\r\nx : y\r\n\r\n"),
    (400, b"GET /hello HTTP/1.1\r\nhost: a\r\nx: \x01\r\n\r\n"),
    (400, b"GET hello HTTP/1.1\r\nhost: a\r\n\r\n"),
    (400, b"CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n"),
    (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 no TLS here\r\n\r\n"),
    (400, b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
    (400, b"POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 1\r\n\r\n0\r\n\r\n"),
    (400, b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\na"),
    (400, b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\na"),
    (400, b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 1 1\r\n\r\na"),
    (400, b"POST /echo HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
    (501, b"POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    (400, b"POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n"
          b"0\r\n\r\n"),
    (431, b"GET /hello HTTP/1.1\r\nhost: a\r\nx: " + b"y" * 20000 + b"\r\n\r\n"),
    (431, b"GET /hello HTTP/1.1\r\nhost: a\r\n" + b"x: y\r\n" * 5000 + b"\r\n"),
    (400, b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 4, 4\r\n\r\nabcd"),
    (400, b"GET /hello HTTP/1.1\r\nhost: a\r\nx: y\r\n z: w\r\n\r\n"),
    (400, b"GET /hello HTTP/1.1\r\nhost: a b/..@c\r\n\r\n"),
    (400, b"GET /hello HTTP/1.1\r\nhost: a,b\r\n\r\n"),
    (400, b"GET http://u@a/hello HTTP/1.1\r\nhost: a\r\n\r\n"),
    (400, b"GET http://a:99999/hello HTTP/1.1\r\nhost: a\r\n\r\n"),
    (400, b"GET /hello#x HTTP/1.1\r\nhost: a\r\n\r\n"),
    (400, b"GET http://a/hello#x HTTP/1.1\r\nhost: a\r\n\r\n"),
    *((400, b"GET /hello HTTP/1.1\r\nhost: " + host + b"\r\n\r\n")
      for host in (b"a:99999", b"a:+1", b"a:b", b"::1", b"[::1", b"[::1]1", b"a]:1")),
    (400, b"\r\n\r\nGET /hello HTTP/1.0\r\n\r\n"),
    (413, b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 9999999\r\n\r\n"),
)


def check_malformed(server: Served) -> None:
    for wanted, data in WRONG:
        answer = server.raw(data)
        expect(status_of(answer), wanted, f"{data[:100]!r} answered by {answer[:200]!r}")
        expect(answer.count(b"HTTP/1.1 "), 1, f"answers to {data[:100]!r}")
    # A chunk that is none, after the head: the answer may have begun.
    server.raw(b"POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n")
    # A client that goes, and one that sends its head a byte at a time, for too long.
    with server.connect() as gone:
        gone.sendall(b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nabc")
    expect(status_of(server.raw(b"GET /hel")), 408, "a head that does not end")
    expect(server.get("/hello")[0], 200, "the server afterwards")


# Bodies that never end, of which nothing but the bytes of the body itself would be counted.
ENDLESS = (
    b"1;a=" + b"a" * 256_000,
    b"1;a=" + b"a" * 15_000 + b"\r\nx\r\n1;a=" + b"a" * 15_000 + b"\r\nx\r\n",
    b"0\r\n" + b"a: b\r\n" * 40_000,
)


def check_commands(command: list[str], artifact: pathlib.Path) -> None:
    """Cases that only a command meets, or shows best."""
    server = Served(command, "--addr=127.0.0.1:0", "--log=none", "--threads=1", "--timeout=20s", str(artifact)).start()
    for body in ENDLESS:
        answer = server.raw(b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n" + body)
        expect(status_of(answer), 201, f"a body that does not end: {body[:10]!r}")
    lines = body_of(server.raw(b"GET http://b:1/a%41%2f?%41 HTTP/1.0\r\nhost: a\r\nx-a: 1\r\nX-A: 2\r\n"
                               b"cookie: c=1\r\ncookie: d=2\r\n\r\n")).decode().splitlines()
    for name, wanted in (("PATH_INFO", "/aA/"), ("QUERY_STRING", "%41"), ("HTTP_HOST", "b:1"), ("HTTP_X_A", "1, 2"),
                         ("HTTP_COOKIE", "c=1; d=2")):
        expect([line for line in lines if line.startswith(f"{name}=")], [f"{name}={wanted}"], "a variable")
    expect([server.get(path)[0] for path in ("/%", "/%4", "/%4g", "/%00")], [400] * 4, "paths with bad escapes")
    for host in ("a:65535", "a:", "[::1]", "[::1]:080"):
        lines = body_of(server.raw(f"GET / HTTP/1.0\r\nhost: {host}\r\nx_a: 1\r\n\r\n".encode())).decode().splitlines()
        expect([line for line in lines if line.startswith(("HTTP_HOST", "HTTP_X_A"))], [f"HTTP_HOST={host}"],
               "a host, and a field with an underscore")
    expect(status_of(server.raw(b"GET / HTTP/1.0\r\ncontent-type: a/b\r\nContent-Type: c/d\r\n\r\n")), 400,
           "two types of the content")
    expect(server.get("/big"), (200, b"x" * 400_000), "fields and a body in one write")
    expect(server.stop(), 0, "the server's end")


def check_waiting(command: list[str], artifact: pathlib.Path) -> None:
    """Hundreds wait in two threads, longer than two threads could one after the other."""
    server = Served(command, "--addr=127.0.0.1:0", "--threads=2", "--max-instances=250", "--max-queue=50",
                    "--log=none", str(artifact)).start()
    connections = []
    for _ in range(300):
        connection = server.connect()
        connection.sendall(b"GET /wait1000 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        connections.append(connection)
    threads = len(os.listdir(f"/proc/{server.process.pid}/task"))
    for connection in connections:
        data = b""
        while piece := connection.recv(65536):
            data += piece
        expect(body_of(data).count(b"waited"), 1, "a guest that waits")
        connection.close()
    # The main one, the two, the watchdog of deadlines.
    if threads > 4:
        fail(f"{threads} threads for 300 guests")
    expect(server.stop(), 0, "the server's end")


def check_queue(command: list[str], artifact: pathlib.Path) -> None:
    """More than may wait are refused; a server that is to end does not wait for ever."""
    server = Served(command, "--addr=127.0.0.1:0", "--admin-addr=127.0.0.1:0", "--max-instances=1", "--max-queue=0",
                    "--log=none", "--drain-timeout=10ms", str(artifact)).start("serving", "metrics")
    with server.connect() as connection:
        connection.sendall(b"GET /wait20000 HTTP/1.1\r\nhost: a\r\n\r\n")
        server.wait_until_running(1)
        expect(server.get("/hello")[0], 503, "a request without a place")
        expect(server.stop(), 1, "the end of a server that cuts a request off")


def check_deadline(command: list[str], artifact: pathlib.Path) -> None:
    """The time in the queue is a part of a request's time."""
    server = Served(command, "--addr=127.0.0.1:0", "--admin-addr=127.0.0.1:0", "--max-instances=1", "--log=none",
                    "--timeout=3s", str(artifact)).start("serving", "metrics")
    with server.connect() as first, server.connect() as second:
        for connection, path in ((first, b"/wait20000"), (second, b"/wait2500")):
            connection.sendall(b"GET " + path + b" HTTP/1.1\r\nhost: a\r\n\r\n")
            server.wait_until_running(1)
        expect([status_of(connection.recv(4096)) for connection in (first, second)], [504, 504], "requests in a queue")
    expect(server.stop(), 0, "the server's end")


def check_life(command: list[str], artifact: pathlib.Path, other: pathlib.Path, work: pathlib.Path) -> None:
    """Metrics, a file that is replaced, requests that end after SIGTERM."""
    served = work / "served.so"
    shutil.copy(artifact, served)
    server = Served(command, "--addr=127.0.0.1:0", "--admin-addr=127.0.0.1:0", "--log=json",
                    f"--route=/cgi={other}", str(served)).start("serving", "metrics")
    expect(server.get("/hello"), (200, b"hello\n"), "a page")
    expect(server.get("/health", "metrics"), (200, b"ok\n"), "health")
    status, text = server.get("/metrics", "metrics")
    if b'wasm2native_requests_total{status="2xx"} 1' not in text and b'2xx"} 2' not in text:
        fail(f"metrics {status}\n{text.decode()}")
    expect(json.loads(server.log_line(0))["target"], "/hello", "the log")
    status, text = server.get("/cgi/a/b?c=d", data=b"body", headers={"X-Mine": "1", "Proxy": "evil"})
    lines = text.decode().splitlines()
    for wanted in ("REQUEST_METHOD=POST", "PATH_INFO=/a/b", "QUERY_STRING=c=d", "SCRIPT_NAME=/cgi", "HTTP_X_MINE=1",
                   "CONTENT_LENGTH=4", "body: body"):
        if wanted not in lines:
            fail(f"the command lacks {wanted}: {lines}")
    expect(any(line.startswith("HTTP_PROXY") for line in lines), False, "httpoxy")
    expect((status, server.get("/cgi?bad")[0]), (201, 500), "statuses of a command")
    expect(server.get("/cgi/wait20"), (200, b"hello\n"), "a command that waits")

    # The replaced file is another application: the command.
    replacement = work / "replacement.so"
    shutil.copy(other, replacement)
    os.replace(replacement, served)
    until = time.monotonic() + 30
    while server.get("/other")[0] != 201:
        if time.monotonic() > until:
            fail("a replaced file is not taken over\n" + "\n".join(server.errors))
        time.sleep(0.05)
    shutil.copy(artifact, replacement)
    os.replace(replacement, served)
    server.process.send_signal(signal.SIGHUP)
    while server.get("/hello") != (200, b"hello\n"):
        time.sleep(0.05)

    # Files that cannot be loaded are reported once, and leave the old application; a pipe is not waited for.
    for make in (lambda: replacement.write_bytes(b"\0asm damaged"), lambda: os.mkfifo(replacement)):
        known = len(server.errors)
        make()
        os.replace(replacement, served)
        until = time.monotonic() + 30
        while not any("not loaded again" in line for line in server.errors[known:]):
            if time.monotonic() > until:
                fail("a file that cannot be loaded is not reported\n" + "\n".join(server.errors))
            time.sleep(0.05)
        time.sleep(1.5)
        expect(sum("not loaded again" in line for line in server.errors[known:]), 1, "reports of one file")
    expect(server.get("/hello"), (200, b"hello\n"), "the old application")

    server.wait_until_running(0)
    with server.connect() as connection:
        connection.sendall(b"GET /wait1000 HTTP/1.1\r\nhost: a\r\n\r\n")
        server.wait_until_running(1)
        server.process.send_signal(signal.SIGTERM)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    if b"waited\n" not in body_of(answer):
        fail(f"a request that runs at SIGTERM gets {answer!r}")
    expect(server.process.wait(60), 0, "the server's end")


def check_requests(command: list[str], artifact: pathlib.Path) -> None:
    """Requests of guests: only to what is allowed."""
    target = Served(command, "--addr=127.0.0.1:0", "--log=none", str(artifact)).start()
    port = target.ports["serving"]
    allowed = Served(command, "--addr=127.0.0.1:0", "--log=none", f"--allow-http=127.0.0.1:{port}",
                     str(artifact)).start()
    expect(allowed.get(f"/fetch/127.0.0.1:{port}"), (200, b"hello\n"), "a guest's request")
    # destination-IP-prohibited: another port, and a name that leads inside.
    expect(allowed.get("/fetch/127.0.0.1:1"), (502, b"not sent: 04\n"), "a port that is not allowed")
    expect(target.get(f"/fetch/127.0.0.1:{port}"), (502, b"not sent: 15\n"), "a guest that may make no requests")
    named = Served(command, "--addr=127.0.0.1:0", "--log=none", "--allow-http=*", str(artifact)).start()
    expect(named.get(f"/fetch/localhost:{port}"), (502, b"no answer: 04\n"), "a name that leads inside")
    local = Served(command, "--addr=127.0.0.1:0", "--log=none", "--allow-http=localhost", str(artifact)).start()
    expect(local.get(f"/fetch/localhost:{port}"), (200, b"hello\n"), "localhost by its name")
    # A server that says nothing but to go on.
    with socket.create_server(("127.0.0.1", 0)) as upstream:
        def go_on() -> None:
            with upstream.accept()[0] as connection, contextlib.suppress(OSError):
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)
                connection.recv(1)
                connection.recv(65536)

        threading.Thread(target=go_on, daemon=True).start()
        expect(local.get(f"/fetch/localhost:{upstream.getsockname()[1]}"), (502, b"no answer: 35\n"),
               "a server that does not come to its answer")
    for server in (target, allowed, named, local):
        expect(server.stop(), 0, "a server's end")


def check_secure_requests(command: list[str], artifact: pathlib.Path, work: pathlib.Path) -> None:
    """Requests of guests by TLS: to servers whose certificate is trusted, and of their name."""
    certificate, key = make_certificate(work, "target")
    other, other_key = make_certificate(work, "other", "DNS:elsewhere")
    target = Served(command, "--addr=127.0.0.1:0", "--log=none", f"--certificate={certificate}", f"--key={key}",
                    str(artifact)).start()
    wrong = Served(command, "--addr=127.0.0.1:0", "--log=none", f"--certificate={other}", f"--key={other_key}",
                   str(artifact)).start()
    plain = Served(command, "--addr=127.0.0.1:0", "--log=none", str(artifact)).start()
    trusted = work / "trusted.pem"
    trusted.write_bytes(certificate.read_bytes() + other.read_bytes())
    arguments = ("--addr=127.0.0.1:0", "--log=none", "--allow-http=127.0.0.1", "--allow-http=localhost", str(artifact))
    trusting = Served(command, *arguments, environment=os.environ | {"SSL_CERT_FILE": str(trusted)}).start()
    doubting = Served(command, *arguments, environment=os.environ | {"SSL_CERT_FILE": str(other)}).start()

    def fetch(server: Served, host: str, to: Served) -> tuple[int, bytes]:
        return server.get(f"/fetch-secure/{host}:{to.ports['serving']}")

    for host in ("localhost", "127.0.0.1"):
        expect(fetch(trusting, host, target), (200, b"hello\n"), f"a request by TLS to {host}")
        # TLS-certificate-error.
        expect(fetch(doubting, host, target), (502, b"no answer: 13\n"), "a certificate of nobody who is trusted")
        expect(fetch(trusting, host, wrong), (502, b"no answer: 13\n"), "a certificate of another name")
    expect(fetch(trusting, "localhost", plain), (502, b"no answer: 12\n"), "a server without TLS")
    expect(trusting.get(f"/fetch/localhost:{target.ports['serving']}")[0], 200, "HTTP to a port that speaks TLS")
    with socket.create_server(("127.0.0.1", 0)) as upstream:
        def end() -> None:
            upstream.accept()[0].close()

        threading.Thread(target=end, daemon=True).start()
        status, text = trusting.get(f"/fetch-secure/localhost:{upstream.getsockname()[1]}")
        expect((status, text), (502, b"no answer: 07\n"), "a server that ends the handshake")
    for server in (target, wrong, plain, trusting, doubting):
        expect(server.stop(), 0, "a server's end")


def check_sockets(command: list[str], artifact: pathlib.Path, work: pathlib.Path) -> None:
    """A Unix socket, and one that is given as systemd does."""
    path = work / "socket"
    server = Served(command, f"--addr=unix:{path}", "--log=none", str(artifact)).start()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(b"GET /hello HTTP/1.0\r\n\r\n")
        expect(connection.makefile("rb").read().endswith(b"hello\n"), True, "a Unix socket")
    expect(server.stop(signal.SIGINT), 0, "the server's end")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        given = ["/bin/sh", "-c", f'exec 3<&{listener.fileno()}; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"', "sh"]
        server = Served(command, "--log=none", str(artifact), prefix=given, pass_fds=[listener.fileno()]).start()
        expect(server.ports["serving"], listener.getsockname()[1], "a socket that is given")
        expect(server.get("/hello")[0], 200, "a socket that is given")
    expect(server.stop(), 0, "the server's end")


def build_command(options: argparse.Namespace, work: pathlib.Path) -> pathlib.Path:
    """The command that answers in the manner of CGI."""
    module, artifact = work / "cgi.wasm", work / "cgi.so"
    build(["clang-22", "--target=wasm32-wasi", "-Wno-deprecated", "-O2", str(FOLDER / "cgi.c"), "-o", str(module)])
    build([*compiler(options), "-O1", str(module), "-o", str(artifact)])
    return artifact


def main() -> None:
    parser = argparse.ArgumentParser()
    add_command_options(parser)
    for option in ("--node", "--packages"):
        parser.add_argument(option, required=True)
    parser.add_argument("--tls", action="store_true", help="also requests by TLS")
    for option in ("--wit", "--work"):
        parser.add_argument(option, required=True, type=pathlib.Path)
    options = parser.parse_args()
    work = fresh_directory(options.work)
    core, component, handler = work / "core.wasm", work / "handler.wasm", work / "handler.so"
    build(["clang-22", "--target=wasm32", "-O2", "-nostdlib", "-fno-builtin", "-Wl,--no-entry",
           str(FOLDER / "handler.c"), "-o", str(core)])
    build([options.node, str(FOLDER / "make_handler.mjs"), options.packages, str(options.wit), str(core),
           str(component)])
    build([*compiler(options), "-O1", str(component), "-o", str(handler)])
    cgi = build_command(options, work)

    command = runner(options)
    server = Served(command, "--addr=127.0.0.1:0", "--timeout=500ms", "--header-timeout=300ms", "--max-memory=8M",
                    "--max-body=1M", str(handler)).start()
    check_answers(server)
    check_lengths(server)
    check_failures(server)
    check_malformed(server)
    expect(server.stop(), 0, "the server's end")
    check_waiting(command, handler)
    check_queue(command, handler)
    check_deadline(command, handler)
    check_commands(command, cgi)
    check_life(command, handler, cgi, work)
    check_requests(command, handler)
    if options.tls:
        check_secure_requests(command, handler, work)
    check_sockets(command, handler, work)


if __name__ == "__main__":
    main()
