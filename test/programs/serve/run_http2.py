# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Serves by HTTP/2, and asks by curl, and by frames that no client should send."""

import contextlib
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from harness import fail, runner  # noqa: E402
from run_serve import Served, build_command, expect, make_certificate  # noqa: E402
from run_tls import HELLO, prepare  # noqa: E402

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RESET, SETTINGS, _, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS = 1, 1, 4
CALM = 11


def integer(value: int) -> bytes:
    """An integer of HPACK, with a prefix of 7 bits."""
    if value < 127:
        return bytes([value])
    coded, value = b"\x7f", value - 127
    while value >= 128:
        coded, value = coded + bytes([value % 128 + 128]), value // 128
    return coded + bytes([value])


def fields(*pairs: tuple[str, str]) -> bytes:
    """Literals, which no table keeps."""
    return b"".join(b"\0" + integer(len(name)) + name.encode() + integer(len(value)) + value.encode()
                    for name, value in pairs)


def request(path: str, method: str = "GET", *more: tuple[str, str]) -> bytes:
    return fields((":method", method), (":scheme", "http"), (":authority", "a"), (":path", path), *more)


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


class Client:
    """A connection whose frames the test makes itself."""

    def __init__(self, server: Served, settings: bytes = b"", acknowledges: bool = True):
        self.socket = server.connect()
        self.buffer = b""
        self.frames = []
        self.socket.sendall(PREFACE + frame(SETTINGS, 0, 0, settings) + acknowledges * frame(SETTINGS, ACK, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *frames: bytes) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(b"".join(frames))

    def receive(self) -> bool:
        """One piece. False at the end."""
        try:
            piece = self.socket.recv(65536)
        except ConnectionResetError:
            piece = b""
        self.buffer += piece
        while len(self.buffer) >= 9:
            length = int.from_bytes(self.buffer[:3], "big")
            if len(self.buffer) < 9 + length:
                break
            self.frames.append((self.buffer[3], self.buffer[4], int.from_bytes(self.buffer[5:9], "big"),
                                self.buffer[9:9 + length]))
            self.buffer = self.buffer[9 + length:]
        return piece != b""

    def until(self, known) -> None:
        while not known(self):
            if not self.receive():
                fail(f"the connection has ended\n{self.frames}")

    def until_end(self) -> None:
        while self.receive():
            pass

    def of(self, kind: int, stream: int | None = None) -> list[tuple[int, bytes]]:
        return [(flags, payload) for found, flags, number, payload in self.frames
                if found == kind and stream in (None, number)]

    def body(self, stream: int) -> bytes:
        return b"".join(payload for _, payload in self.of(DATA, stream))

    def ended(self, *streams: int) -> bool:
        return all(any(flags & END_STREAM for kind in (DATA, HEADERS) for flags, _ in self.of(kind, stream))
                   or self.of(RESET, stream) for stream in streams)

    def reset_code(self, stream: int) -> int | None:
        return next((int.from_bytes(payload, "big") for _, payload in self.of(RESET, stream)), None)

    def goaway_code(self) -> int | None:
        codes = [int.from_bytes(payload[4:8], "big") for _, payload in self.of(GOAWAY)]
        return codes[-1] if codes else None


def curl(server: Served, path: str, *arguments: str, data: bytes = b"", scheme: str = "http") -> bytes:
    done = subprocess.run(["curl", "-sS", "--max-time", "60", "--noproxy", "*", "--http2-prior-knowledge", *arguments,
                           f"{scheme}://localhost:{server.ports['serving']}{path}"], input=data, capture_output=True)
    return done.stdout if done.returncode == 0 else done.stdout + f"curl: {done.returncode}".encode()


def instances(server: Served) -> int:
    text = server.get("/metrics", "metrics")[1].decode()
    return int(re.search(r"^wasm2native_instances_running (\d+)$", text, re.MULTILINE)[1])


def check_answers(server: Served) -> None:
    version = ["-w", "%{http_version} %{http_code}"]
    expect(curl(server, "/hello", *version), HELLO + b"2 203", "a page")
    head = curl(server, "/hello", "-D", "-", "-o", os.devnull).lower()
    expect(head.count(b"x-after: 1"), 2, f"a field and a trailer: {head!r}")
    expect(b"content-length: 13" in curl(server, "/cgi/x", "-I", "-X", "HEAD").lower(), False, "an answer to HEAD")
    body = os.urandom(3_000_000)
    expect(curl(server, "/echo", "--data-binary", "@-", data=body), body, "a body in both directions")
    expect(curl(server, "/echo", "-T", "-", data=body), body, "a body without a length")
    expect(curl(server, "/trap", *version)[-5:], b"2 500", "a trap")
    expect(curl(server, "/echo", "-H", "x: " + "y" * 20_000, *version)[-5:], b"2 431", "fields that are too large")
    expect(curl(server, "/echo", "-T", "-", *version, data=b"x" * 5_000_000)[:5] in (b"", b"xxxxx"), True, "a body")
    lines = curl(server, "/cgi/a?b", "-H", "cookie: c=1", "-H", "x-a: 1", "-H", "x-a: 2").decode().splitlines()
    for wanted in ("SERVER_PROTOCOL=HTTP/2.0", "PATH_INFO=/a", "HTTP_COOKIE=c=1", "HTTP_X_A=1, 2"):
        expect(wanted in lines, True, f"{wanted} in {lines}")
    expect(server.get("/hello"), (203, HELLO), "HTTP/1.1 at the same port")
    with Client(server) as client:
        client.send(frame(HEADERS, END_HEADERS, 1, request("/echo", "POST", ("content-length", "5000000"))),
                    frame(DATA, 0, 1, b"x" * 10_000))
        client.until(lambda self: self.of(RESET, 1))
        expect((client.body(1), client.reset_code(1)), (b"the body is too large\n", 0), "a body that is too large")
    with Client(server) as client:
        client.send(frame(HEADERS, END_HEADERS, 1, request("/echo", "POST", ("expect", "100-continue"))))
        client.until(lambda self: self.of(HEADERS, 1))
        client.send(frame(DATA, END_STREAM, 1, b"abc"))
        client.until(lambda self: self.ended(1))
        expect(client.body(1), b"abc", "the answer to a client that waited")
    with Client(server) as client:
        cookies = request("/cgi/", "GET", ("cookie", "a=1"), ("cookie", "b=2"))
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, cookies),
                    frame(HEADERS, END_HEADERS, 3, request("/echo", "POST")), frame(DATA, 0, 3, b"abc"),
                    frame(HEADERS, END_STREAM | END_HEADERS, 3, fields(("x-mine", "z"))))
        client.until(lambda self: self.ended(1, 3))
        expect(b"HTTP_COOKIE=a=1; b=2\n" in client.body(1), True, "cookies in pieces")
        expect((client.body(3), len(client.of(HEADERS, 3))), (b"abc", 2), "a trailer in both directions")


def check_tls(command: list[str], artifact: pathlib.Path, work: pathlib.Path) -> None:
    certificate, key = make_certificate(work, "site")
    server = Served(command, "--addr=127.0.0.1:0", "--log=none", f"--certificate={certificate}", f"--key={key}",
                    str(artifact)).start()
    body = os.urandom(3_000_000)
    given = ["--cacert", str(certificate), "-w", "%{http_version}"]
    expect(curl(server, "/echo", "--http2", *given, "--data-binary", "@-", data=body, scheme="https"), body + b"2",
           "HTTP/2 by TLS")
    expect(curl(server, "/hello", "--http1.1", *given, scheme="https"), HELLO + b"1.1", "HTTP/1.1 by TLS")
    expect(server.stop(), 0, "the server's end")


def check_streams(server: Served) -> None:
    """Guests of one connection wait at the same time; one that does not read, or is not read, holds up none."""
    streams = range(1, 61, 2)
    with Client(server) as client:
        client.send(*(frame(HEADERS, END_STREAM | END_HEADERS, stream, request("/cgi/wait300")) for stream in streams))
        client.until(lambda self: self.ended(*streams))
        expect([client.body(stream) for stream in streams], [b"hello\n"] * len(streams), "answers")
    with Client(server) as client:
        client.send(*(frame(HEADERS, END_STREAM | END_HEADERS, stream, request("/cgi/wait20000"))
                      for stream in streams))
        until_instances(server, len(streams))
    until_instances(server, 0)
    with Client(server) as client:
        client.send(frame(HEADERS, END_HEADERS, 1, request("/cgi/wait3000", "POST")),
                    *(frame(DATA, 0, 1, b"x" * 13_000) for _ in range(5)),
                    frame(HEADERS, END_HEADERS, 3, request("/echo", "POST")),
                    *(frame(DATA, 0, 3, b"y" * 13_000) for _ in range(5)),
                    frame(DATA, END_STREAM, 3))
        client.until(lambda self: self.ended(3))
        expect((client.ended(1), len(client.body(3))), (False, 65_000), "a stream beside one that is not read")
        client.until(lambda self: self.ended(1))
        expect((client.of(WINDOW, 1), client.body(1)), ([], b"hello\n"), "a guest that does not read")
    # More than the window was given to it.
    with Client(server) as client:
        client.send(frame(HEADERS, END_HEADERS, 1, request("/cgi/wait3000", "POST")),
                    *(frame(DATA, 0, 1, b"x" * 16_000) for _ in range(5)))
        client.until(lambda self: self.ended(1) or self.of(GOAWAY))
        expect(3 in (client.reset_code(1), client.goaway_code()), True, f"too many bytes {client.frames}")
    with Client(server, struct.pack(">HI", 4, 0)) as client:
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, request("/cgi/big")),
                    frame(HEADERS, END_STREAM | END_HEADERS, 3, request("/cgi/hello")), frame(PING, 0, 0, bytes(8)))
        client.until(lambda self: self.of(HEADERS, 1) and self.of(HEADERS, 3) and self.of(PING))
        expect(client.body(1) + client.body(3), b"", "a client without a window")
        client.send(frame(WINDOW, 0, 3, struct.pack(">I", 3)))
        client.until(lambda self: self.body(3) == b"hel")
        client.send(frame(WINDOW, 0, 3, struct.pack(">I", 3)))
        client.until(lambda self: self.ended(3))
        client.send(frame(WINDOW, 0, 0, struct.pack(">I", 1 << 20)), frame(WINDOW, 0, 1, struct.pack(">I", 1 << 20)))
        client.until(lambda self: self.ended(1))
        expect(client.body(1), b"x" * 400_000, "a body that was waited for")
    # A request that is given up ends its guest.
    with Client(server) as client:
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, request("/cgi/wait20000")))
        until_instances(server, 1)
        client.send(frame(RESET, 0, 1, struct.pack(">I", 8)))
        until_instances(server, 0)
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, 3, request("/cgi/wait20000")))
        until_instances(server, 1)
    until_instances(server, 0)


def check_given_up(command: list[str], artifact: pathlib.Path, cgi: pathlib.Path) -> None:
    """A request that is given up before its guest begins has no answer: neither the log nor the metrics say 500."""
    server = Served(command, "--addr=127.0.0.1:0", "--admin-addr=127.0.0.1:0", "--log=json", "--threads=1",
                    f"--route=/cgi={cgi}", str(artifact)).start("serving", "metrics")
    begun = frame(HEADERS, END_STREAM | END_HEADERS, 1, request("/cgi/wait20000"))
    with Client(server) as client:
        client.send(begun + frame(RESET, 0, 1, struct.pack(">I", 8)))
        expect(json.loads(server.log_line(0))["status"], 0, "the log of a request that is reset at once")
    with Client(server) as client:
        client.send(begun)
    expect(json.loads(server.log_line(1))["status"], 0, "the log of a request whose connection ends at once")
    text = server.get("/metrics", "metrics")[1].decode()
    found = re.findall(r'^wasm2native_requests_total\{status="(.)xx"\} [^0]', text, re.MULTILINE)
    expect(found, [], "answers that are counted")
    expect(server.stop(), 0, "the server's end")


def until_instances(server: Served, wanted: int) -> None:
    until = time.monotonic() + 15
    while instances(server) != wanted:
        if time.monotonic() > until:
            fail(f"not {wanted} instances")
        time.sleep(0.02)


def check_wrong(server: Served) -> None:
    """Requests that are none end their stream, what is no HTTP/2 ends the connection."""
    pseudo = [(":method", "GET"), (":scheme", "http"), (":path", "/hello")]
    host = (":authority", "a")
    for wrong in (fields(*pseudo[1:], host), fields(*pseudo[:2], host), fields(*pseudo, host, ("X-Upper", "1")),
                  fields(*pseudo, host, ("connection", "close")), fields(*pseudo, host, ("x", "a\r\nb: c")),
                  fields(("x", "y"), *pseudo, host), fields(*pseudo, host, ("transfer-encoding", "chunked")),
                  fields(*pseudo, host, ("content-length", "5"))):
        with Client(server) as client:
            client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, wrong),
                        frame(HEADERS, END_STREAM | END_HEADERS, 3, request("/hello")))
            client.until(lambda self: self.ended(1, 3))
            expect((client.reset_code(1), client.body(3)), (1, HELLO), f"an answer to {wrong!r}")
    for wrong in (fields(*pseudo), fields(*pseudo, host, ("host", "b")), fields(*pseudo, (":authority", "a,b")),
                  fields(*pseudo, (":authority", "a:99999")), request("hello"), request("*"), request("/hello#x")):
        with Client(server) as client:
            client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, wrong))
            client.until(lambda self: self.ended(1))
            # 400, in the table of HPACK.
            expect((client.of(HEADERS, 1) + [(0, b"-")])[0][1][:1] == b"\x8c" or client.reset_code(1) == 1, True,
                   f"an answer to {wrong!r}: {client.frames}")
    for wrong in (frame(DATA, 0, 1, b"x"), frame(HEADERS, END_HEADERS, 2, request("/hello")), frame(PING, 0, 0, b"x"),
                  frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\xff" * 50), frame(SETTINGS, 0, 1),
                  b"\xff\xff\xff" + bytes(6), frame(CONTINUATION, END_HEADERS, 1, b""),
                  os.urandom(100) + b"\xff" * 20_000,
                  frame(HEADERS, 0, 1, request("/hello")) + frame(CONTINUATION, 0, 1, b"") * 50,
                  frame(WINDOW, 0, 0, struct.pack(">I", 0)), frame(HEADERS, 0, 1) + frame(PING, 0, 0, bytes(8))):
        with Client(server) as client:
            client.send(wrong)
            client.until_end()
            expect(client.goaway_code() not in (None, 0), True, f"the end after {wrong[:60]!r}: {client.frames}")
    with server.connect() as other:
        other.sendall(PREFACE + b"GET / HTTP/1.1\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            while other.recv(65536):
                pass
    expect(server.raw(PREFACE[:-2] + b"xx").startswith(b"HTTP/1.1 "), True, "almost a preface")


def check_floods(server: Served) -> None:
    """Frames that cost their sender little."""
    page = request("/cgi/wait2000")
    # The dynamic table's largest entry, again and again.
    bomb = b"\x40" + integer(1) + b"x" + integer(3900) + b"y" * 3900 + b"\xbe" * 12_000
    given_up = struct.pack(">I", 8)
    floods = {
        "resets": [frame(HEADERS, END_STREAM | END_HEADERS, stream, page) + frame(RESET, 0, stream, given_up)
                   for stream in range(1, 6001, 2)],
        "pings": [frame(PING, 0, 0, bytes(8))] * 20_000,
        "settings": [frame(SETTINGS, 0, 0, struct.pack(">HI", 3, 100))] * 5000,
        "priorities": [frame(PRIORITY, 0, 1, struct.pack(">IB", 3, 1))] * 5000,
        "empty data": [frame(HEADERS, END_HEADERS, 1, request("/echo", "POST"))] + [frame(DATA, 0, 1)] * 5000,
    }
    for name, frames in floods.items():
        with Client(server) as client:
            # In pieces, since the server may close the connection at any of them.
            for begin in range(0, len(frames), 500):
                client.send(*frames[begin:begin + 500])
            client.until_end()
            expect(client.goaway_code() in (None, CALM), True, f"{name}: {client.frames[-3:]}")
    with Client(server) as client:
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, request("/hello") + bomb),
                    frame(HEADERS, END_STREAM | END_HEADERS, 3, request("/hello")))
        client.until(lambda self: self.ended(1, 3))
        expect((client.body(1), client.body(3)), (b"", HELLO), "an answer to a bomb")
    # More than may be at a time, by a client that knows it and by one that does not yet.
    pages = [frame(HEADERS, END_STREAM | END_HEADERS, stream, request("/cgi/wait300")) for stream in range(1, 301, 2)]
    with Client(server) as client:
        client.send(*pages)
        client.until_end()
        expect(client.goaway_code(), 1, "too many streams")
    with Client(server, acknowledges=False) as client:
        client.send(*pages)
        client.until(lambda self: self.ended(*range(1, 301, 2)))
        refused = sum(client.reset_code(stream) == 7 for stream in range(1, 301, 2))
        expect(0 < refused < 150, True, f"{refused} of 150 streams refused")
    until_instances(server, 0)
    expect(curl(server, "/hello"), HELLO, "a page afterwards")


def check_end(command: list[str], artifact: pathlib.Path, cgi: pathlib.Path) -> None:
    server = Served(command, "--addr=127.0.0.1:0", "--admin-addr=127.0.0.1:0", "--log=none", f"--route=/cgi={cgi}",
                    str(artifact)).start("serving", "metrics")
    with Client(server) as client, Client(server) as idle, server.connect() as silent:
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, request("/cgi/wait2000")))
        until_instances(server, 1)
        server.process.send_signal(signal.SIGTERM)
        client.until(lambda self: self.of(GOAWAY) and self.of(PING))
        # Until it has acknowledged, the client may ask for more.
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, 3, request("/hello")), frame(PING, ACK, 0, bytes(8)))
        client.until_end()
        last = [int.from_bytes(payload[:4], "big") for _, payload in client.of(GOAWAY)]
        expect((client.body(1), client.body(3), last), (b"hello\n", HELLO, [2**31 - 1, 3]), "the last answers")
        idle.until_end()
        expect(idle.goaway_code(), 0, "the end of a connection without requests")
        expect(silent.recv(10), b"", "the end of a connection without anything")
        expect(server.process.wait(60), 0, "the server's end")


def main() -> None:
    options, artifact = prepare()
    work = options.work
    cgi = build_command(options, work)

    command = runner(options)
    server = Served(command, "--addr=127.0.0.1:0", "--admin-addr=127.0.0.1:0", "--log=none", "--max-body=4M",
                    "--threads=1", f"--route=/cgi={cgi}", str(artifact)).start("serving", "metrics")
    check_answers(server)
    check_streams(server)
    check_wrong(server)
    check_floods(server)
    expect(server.stop(), 0, "the server's end")
    check_tls(command, artifact, work)
    check_given_up(command, artifact, cgi)
    check_end(command, artifact, cgi)


if __name__ == "__main__":
    main()
