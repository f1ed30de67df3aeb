# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Runs wasi/sockets.c with a listener of each kind, and is its client."""

import argparse
import pathlib
import socket
import subprocess

from harness import Outcome, build, environment, fail, fresh_directory
from run_wasi import differences, listed

FOLDER = pathlib.Path(__file__).resolve().parent
TIMEOUT_SECONDS = 60


def talk(connection: socket.socket) -> bytes:
    connection.sendall(b"hello")
    got = b""
    while len(got) < 5 and (more := connection.recv(5)):
        got += more
    connection.shutdown(socket.SHUT_WR)
    return got + connection.recv(1)


def serve(command: list[str], listen: str, family: int, address: object) -> None:
    with subprocess.Popen([*command[:2], "--listen", listen, *command[2:]], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, env=environment()) as server:
        begun = b""
        while line := server.stdout.readline():
            begun += line
            if line.startswith(b"again "):
                break
        with socket.socket(family) as client:
            client.settimeout(TIMEOUT_SECONDS)
            try:
                client.connect(address)
                got = talk(client)
            except OSError as error:
                server.kill()
                fail(f"{listen}: the client could not talk to the program: {error}\n{server.communicate()}")
        output, errors = server.communicate(timeout=TIMEOUT_SECONDS)
    if got != b"reply":
        fail(f"{listen}: the program sent {got!r}, must be b'reply'")
    if found := differences(listen, Outcome(server.returncode, begun + output, errors, {})):
        fail(f"{listen}: found something else than wanted\n{listed(found)}")


def free_port(family: int, host: str) -> int:
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def main() -> None:
    parser = argparse.ArgumentParser()
    for option in ("--wasm2native", "--clang"):
        parser.add_argument(option, required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    options = parser.parse_args()
    fresh_directory(options.work)

    wasm, artifact = options.work / "sockets.wasm", options.work / "sockets.so"
    build([options.clang, "-O1", "-Wall", "-Werror", "-Wno-deprecated", "--target=wasm32-wasi",
           str(FOLDER / "wasi" / "sockets.c"), "-o", str(wasm)])
    build([options.wasm2native, "-O0", str(wasm), "-o", str(artifact)])
    command = [options.wasm2native, "run", "--dir", str(options.work), str(artifact)]
    # The name of a socket has at most 107 bytes.
    path = f"/tmp/w2n-{options.work.name}-{free_port(socket.AF_INET, '127.0.0.1')}"
    try:
        serve(command, f"unix:{path}", socket.AF_UNIX, path)
    finally:
        pathlib.Path(path).unlink(missing_ok=True)
    port = free_port(socket.AF_INET, "127.0.0.1")
    serve(command, f"127.0.0.1:{port}", socket.AF_INET, ("127.0.0.1", port))


if __name__ == "__main__":
    main()
