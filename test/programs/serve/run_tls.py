# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Serves by TLS, and asks by curl, by OpenSSL's client, and by sockets that send what no client should."""

import argparse
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from harness import add_command_options, build, compiler, fresh_directory, runner, fail  # noqa: E402
from run_serve import Served, expect, make_certificate  # noqa: E402

GUESTS = pathlib.Path(__file__).resolve().parents[1] / "wasip3"
HELLO = b"hello from 0.3\n"


def curl(server: Served, path: str, certificate: pathlib.Path, *arguments: str, data: bytes = b"") -> bytes:
    url = f"https://localhost:{server.ports['serving']}{path}"
    done = subprocess.run(["curl", "-sS", "--max-time", "60", "--noproxy", "*", "--cacert", str(certificate),
                           *arguments, url], input=data, capture_output=True)
    return done.stdout if done.returncode == 0 else f"curl: {done.returncode} {done.stderr.decode()}".encode()


def connect(server: Served, certificate: pathlib.Path, **limits) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(certificate))
    for name, value in limits.items():
        setattr(context, name, value)
    return context.wrap_socket(server.connect(), server_hostname="localhost")


def until_end(connection: socket.socket) -> bytes:
    received = b""
    with contextlib.suppress(ConnectionResetError, ssl.SSLEOFError):
        while piece := connection.recv(65536):
            received += piece
    return received


def metric(server: Served, name: str) -> int:
    text = server.get("/metrics", "metrics")[1].decode()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(f"wasm2native_{name} "))


def check_answers(server: Served, certificate: pathlib.Path) -> None:
    expect(curl(server, "/hello", certificate), HELLO, "a page")
    expect(curl(server, "/hello", certificate, "--tlsv1.2", "--tls-max", "1.2"), HELLO, "TLS 1.2")
    expect(curl(server, "/hello", certificate, "--http1.1", "-w", "%{http_version}"), HELLO + b"1.1", "a protocol")
    body = os.urandom(3_000_000)
    expect(curl(server, "/echo", certificate, "--http1.1", "--data-binary", "@-", data=body), body,
           "a body in both directions")
    with connect(server, certificate, minimum_version=ssl.TLSVersion.TLSv1_3) as connection:
        for _ in range(2):
            connection.sendall(b"GET /hello HTTP/1.1\r\nhost: a\r\n\r\n")
            received = b""
            while not received.endswith(b"\r\n\r\n") or b"0\r\nx-after" not in received:
                received += connection.recv(65536)
        connection.sendall(b"GET /hello HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        received = b""
        while piece := connection.recv(65536):
            received += piece
        # An end that is not said would have been an error.
        expect(received.startswith(b"HTTP/1.1 203"), True, "the last answer of a connection")
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{server.ports['serving']}", "-quiet",
                           "-verify_return_error", "-CAfile", str(certificate)],
                          input=b"GET /hello HTTP/1.0\r\n\r\n", capture_output=True, timeout=60)
    expect(HELLO in done.stdout, True, f"OpenSSL's client: {done}")


def refusal(server: Served, *arguments: str) -> bytes:
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{server.ports['serving']}", *arguments],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    return done.stderr + (b" accepted" if done.returncode == 0 else b"")


def check_refused(server: Served, certificate: pathlib.Path) -> None:
    """Bytes that are no handshake, or not one of ours, end the connection, and nothing else."""
    failed = metric(server, "failed_handshakes_total")
    refused = [("alert protocol version", ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]),
               ("alert handshake failure", ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"]),
               ("alert no application protocol", ["-alpn", "ftp"])]
    for wanted, arguments in refused:
        text = refusal(server, *arguments)
        expect(wanted.encode() in text, True, f"{wanted} in {text!r}")
    for garbage in (b"\x00" * 600, os.urandom(40_000), b"\x16\x03\x01\x40\x00" + b"\xff" * 20_000):
        expect(b"HTTP" in server.raw(garbage), False, "an answer to garbage")
    answer = server.raw(b"GET /hello HTTP/1.1\r\nhost: a\r\n\r\n")
    expect(answer.startswith(b"HTTP/1.1 400 ") and b"https" in answer, True, f"HTTP without TLS: {answer!r}")
    with server.connect() as silent, server.connect() as gone, server.connect() as half:
        gone.sendall(b"\x16\x03\x01")
        gone.close()
        half.sendall(b"\x16\x03\x01\x02\x00\x01")
        expect(curl(server, "/hello", certificate), HELLO, "a page meanwhile")
        for connection in (silent, half):
            expect(until_end(connection), b"", "the end of a handshake that takes too long")
    expect(metric(server, "failed_handshakes_total") - failed, len(refused) + 3 + 1 + 3, "failed handshakes")
    # Clients that go in the middle: of a request, and without saying so of an answer.
    with connect(server, certificate) as connection:
        connection.sendall(b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nabc")
    with connect(server, certificate) as connection:
        connection.sendall(b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n" + b"a" * 500_000)
        os.close(connection.detach())
    # Garbage in a session.
    with server.connect() as plain:
        context = ssl.create_default_context(cafile=str(certificate))
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        session = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        while True:
            with contextlib.suppress(ssl.SSLWantReadError):
                session.do_handshake()
                break
            plain.sendall(outgoing.read())
            incoming.write(plain.recv(65536))
        plain.sendall(outgoing.read() + b"\x17\x03\x03\x00\x20" + b"\0" * 32)
        expect(b"HTTP" in until_end(plain), False, "an answer to garbage")
    expect(curl(server, "/hello", certificate), HELLO, "a page afterwards")


def check_slow(server: Served, certificate: pathlib.Path) -> None:
    """A client that sends a byte at a time, and one that does not read, hold up nobody."""
    with connect(server, certificate) as slow, connect(server, certificate) as deaf:
        body = b"b" * 4_000_000
        sender = threading.Thread(target=lambda: deaf.sendall(
            b"POST /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 4000000\r\n\r\n" + body))
        sender.start()
        for byte in b"GET /hello HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n":
            slow.sendall(bytes([byte]))
        expect(b"203" in until_end(slow), True, "an answer to a slow client")
        expect(curl(server, "/hello", certificate), HELLO, "a page meanwhile")
        received = b""
        while piece := deaf.recv(65536):
            received += piece
        sender.join()
        expect(received.count(b"b" * 1000) > 3000, True, "a body that was taken late")


def check_reload(command: list[str], artifact: pathlib.Path, work: pathlib.Path) -> None:
    """A certificate is taken over when it is replaced and by SIGHUP, a bad one is not."""
    first, second = make_certificate(work, "first"), make_certificate(work, "second")
    certificate, key = work / "used.pem", work / "used.key"
    shutil.copy(first[0], certificate), shutil.copy(first[1], key)
    server = Served(command, "--addr=127.0.0.1:0", "--log=none", f"--certificate={certificate}", f"--key={key}",
                    str(artifact)).start()
    expect(curl(server, "/hello", first[0]), HELLO, "the first certificate")

    def until_said(text: str, known: int) -> None:
        until = time.monotonic() + 30
        while not any(text in line for line in server.errors[known:]):
            if time.monotonic() > until:
                fail(f"no word of '{text}'\n" + "\n".join(server.errors))
            time.sleep(0.05)

    with connect(server, first[0]) as old:
        known = len(server.errors)
        for replacement, file in zip(second, (certificate, key)):
            shutil.copy(replacement, work / "new")
            os.replace(work / "new", file)
        server.process.send_signal(signal.SIGHUP)
        until_said("loaded again", known)
        expect(curl(server, "/hello", second[0]), HELLO, "the second certificate")
        expect(curl(server, "/hello", first[0]).startswith(b"curl: 60"), True, "the first one, afterwards")
        old.sendall(b"GET /hello HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        expect(HELLO in until_end(old), True, "a connection from before")
    known = len(server.errors)
    shutil.copy(first[1], work / "new")
    os.replace(work / "new", key)
    until_said("key values mismatch", known)
    expect(curl(server, "/hello", second[0]), HELLO, "the certificate that was there")
    expect(server.stop(), 0, "the server's end")


def check_errors(command: list[str], artifact: pathlib.Path, work: pathlib.Path, given: list[str]) -> None:
    (work / "empty.pem").write_bytes(b"")
    os.mkfifo(work / "pipe.pem")
    locked = work / "locked.key"
    build(["openssl", "pkey", "-in", given[1], "-aes256", "-passout", "pass:secret", "-out", str(locked)])
    for wanted, arguments in (
            ("given together", [f"--certificate={given[0]}"]), ("given together", [f"--key={given[1]}"]),
            ("names no file", [f"--certificate={given[0]}", "--key="]),
            ("needs --certificate", ["--addr=https://127.0.0.1:0"]),
            ("No such file", [f"--certificate={work}/none.pem", f"--key={given[1]}"]),
            ("empty.pem: no certificates in PEM", [f"--certificate={work}/empty.pem", f"--key={given[1]}"]),
            ("not a regular file", [f"--certificate={work}/pipe.pem", f"--key={given[1]}"]),
            ("locked.key: no key in PEM", [f"--certificate={given[0]}", f"--key={locked}"]),
            ("no key in PEM", [f"--certificate={given[0]}", f"--key={given[0]}"])):
        done = subprocess.run([*command[:-1], "serve", "--addr=127.0.0.1:0", *arguments, str(artifact)],
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
        expect((done.returncode != 0, wanted in done.stderr.decode()), (True, True), f"{arguments}: {done.stderr!r}")


def prepare() -> tuple[argparse.Namespace, pathlib.Path]:
    """The command line of this driver and of run_http2.py, and the handler, in a work directory that is else empty."""
    parser = argparse.ArgumentParser()
    add_command_options(parser)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    options = parser.parse_args()
    work = fresh_directory(options.work)
    wasm, artifact = work / "handler.wasm", work / "handler.so"
    wasm.write_bytes(bytes.fromhex((GUESTS / "handler.hex").read_text()))
    build([*compiler(options), str(wasm), "-o", str(artifact)])
    return options, artifact


def main() -> None:
    options, artifact = prepare()
    work = options.work
    certificate, key = make_certificate(work, "site")

    command = runner(options)
    server = Served(command, "--addr=127.0.0.1:0", "--admin-addr=127.0.0.1:0", "--log=none", "--header-timeout=1s",
                    f"--certificate={certificate}", f"--key={key}", str(artifact)).start("serving", "metrics")
    check_answers(server, certificate)
    check_refused(server, certificate)
    check_slow(server, certificate)
    expect(server.stop(), 0, "the server's end")
    plain = Served(command, "--addr=http://127.0.0.1:0", "--log=none", f"--certificate={certificate}", f"--key={key}",
                   str(artifact)).start()
    expect(plain.get("/hello"), (203, HELLO), "an address without TLS")
    expect(plain.stop(), 0, "the server's end")
    check_reload(command, artifact, work)
    check_errors(command, artifact, work, [str(certificate), str(key)])


if __name__ == "__main__":
    main()
