# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Measures `wasm2native serve` by wrk, in turns with nginx's `return 200` where it is there, and connections that all
wait in the guest: how many are answered, and the memory of each.

Prints ratios: the two take turns on the same cores. Needs wrk and the handler that test/programs/serve makes:

    utils/bench/serve.py --wasm2native build/release/bin/wasm2native --handler HANDLER.so
"""

import argparse
import contextlib
import pathlib
import re
import resource
import selectors
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time

NGINX = """daemon off; worker_processes auto; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 100000000; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port} reuseport; location / {{ return 200 "hello\\n"; }} }} }}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextlib.contextmanager
def running(command: list[str], port: int):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(500):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.02)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def load(port: int, connections: int, seconds: int) -> tuple[float, float]:
    """Requests in a second, and the 99th percentile in ms."""
    text = subprocess.run(["wrk", "--latency", "-t1", f"-c{connections}", f"-d{seconds}s",
                           f"http://127.0.0.1:{port}/hello"], capture_output=True, check=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"errors under load\n{text}")
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    return rate, float(value) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]


def resident_kib(process: subprocess.Popen, name: str = "VmRSS") -> int:
    return int(re.search(rf"{name}:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text())[1])


def wait_together(process: subprocess.Popen, port: int, count: int, milliseconds: int) -> str:
    before = resident_kib(process) + resident_kib(process, "VmPTE")
    selector, begin = selectors.DefaultSelector(), time.monotonic()
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(b"GET /wait%d HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n" % milliseconds)
        selector.register(connection, selectors.EVENT_READ)
    opened = time.monotonic() - begin
    threads = len(list(pathlib.Path(f"/proc/{process.pid}/task").iterdir()))
    during = resident_kib(process) + resident_kib(process, "VmPTE")
    answered = 0
    while selector.get_map():
        for key, _ in selector.select(60):
            answered += key.fileobj.recv(4096).startswith(b"HTTP/1.1 200")
            selector.unregister(key.fileobj)
            key.fileobj.close()
    return (f"{answered} of {count} answered; {(during - before) / count:.1f} KiB for each that waits, page tables "
            f"included; {threads} threads; asked within {opened:.1f} s, waiting {milliseconds / 1000:g} s each")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wasm2native", required=True)
    parser.add_argument("--handler", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--waiting", type=int, default=10000)
    options = parser.parse_args()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    ours, theirs = free_port(), free_port()
    serve = [options.wasm2native, "serve", f"--addr=127.0.0.1:{ours}", "--log=none", "--max-instances=11000",
             "--timeout=120s", options.handler]
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/bin")
    rates: dict[str, list[tuple[float, float]]] = {"wasm2native": [], "nginx": []}
    with tempfile.TemporaryDirectory() as folder, running(serve, ours) as process:
        config = pathlib.Path(folder, "nginx.conf")
        config.write_text(NGINX.format(folder=folder, port=theirs))
        with running([nginx, "-p", folder, "-c", str(config)], theirs) if nginx else contextlib.nullcontext():
            for _ in range(options.rounds):
                rates["wasm2native"].append(load(ours, options.connections, options.seconds))
                if nginx:
                    rates["nginx"].append(load(theirs, options.connections, options.seconds))
        for name, measured in rates.items():
            if measured:
                print(f"{name}: {statistics.median(rate for rate, _ in measured):.0f} requests/s, 99% within "
                      f"{statistics.median(late for _, late in measured):.2f} ms, {options.connections} connections")
        if nginx:
            ratios = [a[0] / b[0] for a, b in zip(rates["wasm2native"], rates["nginx"], strict=True)]
            print(f"ratio of rates to nginx: {statistics.median(ratios):.2f} "
                  f"({min(ratios):.2f} to {max(ratios):.2f})")
        print(wait_together(process, ours, options.waiting, 1000 if options.waiting < 2000 else 30000))


if __name__ == "__main__":
    main()
