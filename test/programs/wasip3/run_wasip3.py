# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Runs guests of WASI 0.3. Their texts are beside this; GUEST.hex has the digits of the component in GUEST.wat."""

import argparse
import os
import pathlib
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "serve"))
from harness import (add_command_options, build, compiler, environment, fail, fresh_directory, run,  # noqa: E402
                     runner, text_of)
from run_serve import Served, expect  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent
HELLO = b"hello from 0.3\n"


def component(name: str, options: argparse.Namespace, work: pathlib.Path) -> pathlib.Path:
    wasm, artifact = work / f"{name}.wasm", work / f"{name}.so"
    wasm.write_bytes(bytes.fromhex((FOLDER / f"{name}.hex").read_text()))
    build([*compiler(options), str(wasm), "-o", str(artifact)])
    return artifact


def output_of(command: list[str], standard_input: bytes = b"") -> bytes:
    done = run(command, standard_input=standard_input)
    if done.status != 0:
        fail(f"{' '.join(command)}: status {done.status}\n{text_of(done.errors)}")
    return done.output


def check_command(options: argparse.Namespace, artifact: pathlib.Path) -> None:
    command = runner(options)
    expect(output_of([*command, str(artifact)]), HELLO, "a command")
    for name, wanted in (("two", b"2\n"), ("cancel", b"4\n"), ("block", b"1\n"), ("later", b"3\n"), ("unread", b"2\n")):
        expect(output_of([*command, f"--invoke={name}()", str(artifact)]), wanted, name)
    expect(sorted(output_of([*command, "--invoke=leave()", str(artifact)]).splitlines()), [b"0", HELLO.strip()],
           "bytes that are left with the host")
    data = os.urandom(300_000)
    expect(output_of([*command, "--invoke=echo()", str(artifact)], data), data + b"0\n", "standard input, given on")
    expect(output_of([*command, "--invoke=copy()", str(artifact)], data), data + b"300000\n", "standard input, copied")
    # A wait for input that does not come ends with the deadline.
    with subprocess.Popen([*command, "--timeout=200ms", "--invoke=copy()", str(artifact)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as waiting:
        waiting.wait(60)
        expect(b"deadline" in waiting.stderr.read(), True, "what ends a wait for input")


def check_files(options: argparse.Namespace, artifact: pathlib.Path, directory: pathlib.Path) -> None:
    command = [*runner(options), f"--dir={directory}::/", str(artifact)]
    expect(output_of(command), b"from 0.3\na.txt\n", "a file that was written and read")
    expect((directory / "a.txt").read_bytes(), HELLO, "the file")


def processor_seconds(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def check_handler(options: argparse.Namespace, artifact: pathlib.Path) -> None:
    server = Served([*runner(options)], "--addr=127.0.0.1:0", "--log=none", "--threads=1", "--timeout=20s",
                    str(artifact)).start()
    answer = server.raw(b"GET /hello HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
    expect(answer.startswith(b"HTTP/1.1 203"), True, f"a status: {answer!r}")
    expect(b"\r\nx-after: 1\r\n" in answer, True, f"a field: {answer!r}")
    expect(answer.endswith(b"\r\n0\r\nx-after: 1\r\n\r\n"), True, f"a trailer: {answer!r}")
    body = os.urandom(1_000_000)
    expect(server.get("/echo", data=body), (200, body), "a body in both directions")
    chunks = (b"POST /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
              b"3\r\nabc\r\n2\r\nde\r\n0\r\nx-mine: z\r\n\r\n")
    expect(b"x-mine: z\r\n\r\n" in server.raw(chunks), True, "a trailer that the client has sent")
    expect(server.get("/trap")[0], 500, "a guest that traps")
    # Guests that wait hold neither the thread nor the processor.
    before, begun = processor_seconds(server.process.pid), time.monotonic()
    answers = []
    clients = [threading.Thread(target=lambda: answers.append(server.get("/wait"))) for _ in range(20)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    expect(answers, [(203, HELLO)] * 20, "guests that wait")
    if time.monotonic() - begun > 20 * 0.3:
        fail("guests waited one after the other")
    if processor_seconds(server.process.pid) - before > 20 * 0.3 / 2:
        fail("guests that wait use the processor")
    with server.connect() as gone:
        gone.sendall(b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nabc")
    expect(server.get("/hello")[0], 203, "the server after a client that has gone")
    expect(server.stop(), 0, "the server's end")


def main() -> None:
    parser = argparse.ArgumentParser()
    add_command_options(parser)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--serve", action="store_true", help="also serve HTTP")
    options = parser.parse_args()
    work = fresh_directory(options.work)
    check_command(options, component("command", options, work))
    check_files(options, component("files", options, work), fresh_directory(work / "directory"))
    if options.serve:
        check_handler(options, component("handler", options, work))


if __name__ == "__main__":
    main()
