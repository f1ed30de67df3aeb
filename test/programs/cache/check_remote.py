#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""A remote cache, on servers that are as they should be and on others.

    shared     one node compiles, signs and stores; another, without a compiler, fetches; tokens; a fleet's new compiler
    untrusted  servers that lie, cut short, or have what others signed: refused, said, compiled; what came unsigned
               gets nobody's signature
    broken     servers that are slow, down, or answer with errors: no run waits longer than its limit, or fails
    webdav     the same as `shared` with nginx, if it is installed
"""

import contextlib
import hashlib
import http.server
import pathlib
import shutil
import socket
import subprocess
import threading
import time
from typing import Callable, Iterator

from subject import Subject, fail, main, text_of

TOKEN = "let-me-in"
Change = Callable[[bytes], bytes]


class Server(http.server.ThreadingHTTPServer):
    """Keeps objects in memory; `change` is what it does to them on their way out."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.change: Change = bytes
        self.status: int | None = None
        self.delay_s = 0.0
        self.cut = 0
        self.token: str | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/ac"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) + self.server.cut))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def is_refused(self) -> bool:
        self.server.requests.append(self.command)
        if self.server.delay_s:
            time.sleep(self.server.delay_s)
        status = self.server.status
        if self.server.token and self.headers["Authorization"] != f"Bearer {self.server.token}":
            status = 401
        if status:
            self.answer(status)
        return status is not None

    def do_GET(self) -> None:
        if self.is_refused():
            return
        if self.path in self.server.objects:
            self.answer(200, self.server.change(self.server.objects[self.path]))
        else:
            self.answer(404)

    do_HEAD = do_GET

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.is_refused():
            self.server.objects[self.path] = body
            self.answer(201)


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class Fleet:
    """Nodes, each with a store of its own, and two keys."""

    def __init__(self, subject: Subject):
        self.subject = subject
        for name in ("release", "other"):
            self.command("keygen", name, store="none", check=True)

    def command(self, *arguments: str, store: str, check: bool = False,
                **variables: str) -> subprocess.CompletedProcess:
        all_variables = self.subject.variables(WASM2NATIVE_CACHE_DIR=str(self.subject.work / store), **variables)
        done = subprocess.run([self.subject.command, *arguments], capture_output=True, text=True, env=all_variables,
                              cwd=self.subject.work, stdin=subprocess.DEVNULL, timeout=120)
        if check and done.returncode != 0:
            fail(f"{arguments} ends with {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def warm(self, url: str, *arguments: str, number: int = 0, store: str = "builder", key: str = "release") -> None:
        self.command("warm", "-O0", "--sign-key", f"{key}.key", "--remote-cache", url, "--remote-cache-mode=read-write",
                     *arguments, str(self.subject.modules[number]), store=store, check=True)

    def run(self, url: str, *arguments: str, number: int = 0, store: str = "node", warning: str | None = None,
            **variables: str) -> None:
        trust = [] if "--remote-cache-unsigned" in arguments else ["--trusted-keys", "release.pub"]
        done = self.command("run", "-O0", "-j1", *trust, "--remote-cache", url, *arguments, "--invoke", "f",
                            str(self.subject.modules[number]), store=store, **variables)
        self.subject.require_number(number, done.returncode, done.stdout.encode(), done.stderr.encode())
        if (warning or "") not in done.stderr or (warning is None and done.stderr):
            fail(f"must warn of '{warning}', but says\n{done.stderr}")

    def forget(self, store: str = "node") -> None:
        shutil.rmtree(self.subject.work / store, ignore_errors=True)


def check_sharing(fleet: Fleet, url: str, *arguments: str) -> None:
    fleet.warm(url, *arguments)
    # A node that cannot compile: neither a compiler nor a module that is signed.
    fleet.run(url, *arguments, WASM2NATIVE_COMPILER="/nowhere")
    # By now it needs no server.
    fleet.run("http://127.0.0.1:9/ac", WASM2NATIVE_COMPILER="/nowhere")
    fleet.forget()


def check_shared(subject: Subject) -> None:
    fleet = Fleet(subject)
    with running(Server()) as server:
        check_sharing(fleet, server.url)
        stored = dict(server.objects)
        fleet.forget("builder")
        fleet.warm(server.url)
        if server.objects.keys() != stored.keys():
            fail("what was there is stored again under another name")
        # Unsigned: for servers that are trusted themselves; `run` stores, too.
        server.objects.clear()
        fleet.run(server.url, "--remote-cache-unsigned", "--remote-cache-mode=read-write", number=1)
        if len(server.objects) != 1:
            fail(f"run stores {len(server.objects)} objects")
        fleet.forget()
        fleet.run(server.url, "--remote-cache-unsigned", number=1)
        done = fleet.command("run", "--remote-cache", server.url, str(subject.modules[0]), store="node")
        if done.returncode != 2 or "--remote-cache needs --trusted-keys" not in done.stderr:
            fail(f"a remote cache without a signature: {done.returncode}\n{done.stderr}")
        # With a token, which a file has.
        server.token = TOKEN
        server.objects.clear()
        fleet.forget()
        token = subject.work / "token"
        token.write_text(TOKEN + "\n")
        check_sharing(fleet, server.url, "--remote-cache-token", str(token))
        token.write_text("wrong")
        fleet.command("sign", "--key", "release.key", str(subject.modules[0]), store="none", check=True)
        fleet.run(server.url, "--remote-cache-token", str(token), warning="answers with status 401")
    check_new_compiler(subject, fleet)


def object_of(data: bytes) -> bytes:
    """An unsigned object, whose frame has one block that is not compressed."""
    frame = bytes.fromhex("28b52ffd20") + bytes([len(data)]) + (len(data) << 3 | 1).to_bytes(3, "little") + data
    digest = hashlib.blake2b(data, digest_size=32).hexdigest()
    return f"wasm2native artifact 1\ncontent {digest}\nbytes {len(data)}\nunsigned\n\n".encode() + frame


def check_new_compiler(subject: Subject, fleet: Fleet) -> None:
    """A node without a compiler has noted another compiler's identity than the server's artifacts are of."""
    fleet.forget()
    with running(Server()) as server:
        unsigned = "--remote-cache-unsigned"
        fleet.command("warm", "-O0", "--remote-cache", server.url, unsigned, "--remote-cache-mode=read-write",
                      str(subject.modules[0]), store="publisher", check=True)
        identity = min(server.objects, key=lambda name: len(server.objects[name]))
        new = server.objects[identity]
        server.objects[identity] = object_of(bytes(32))
        old = fleet.command("run", "-O0", "--remote-cache", server.url, unsigned, str(subject.modules[0]), store="node",
                            WASM2NATIVE_COMPILER="/nowhere")
        if old.returncode == 0 or "libwasm2native-compiler" not in old.stderr and "/nowhere" not in old.stderr:
            fail(f"a node without a compiler: {old.returncode}\n{old.stderr}")
        server.objects[identity] = new
        fleet.run(server.url, unsigned, WASM2NATIVE_COMPILER="/nowhere")
        # From now on that is what it asks for.
        fleet.run("http://127.0.0.1:9/ac", unsigned, WASM2NATIVE_COMPILER="/nowhere")
    fleet.forget()


def check_laundering(subject: Subject, fleet: Fleet) -> None:
    """A server gives another module's artifact, which `run` may take unsigned, but no key may sign."""
    fleet.forget()
    fleet.forget("builder")
    with running(Server()) as server:
        unsigned = ("--remote-cache-unsigned", "--remote-cache-mode=read-write")
        for number in (0, 1):
            fleet.run(server.url, *unsigned, number=number)
        (first, second) = server.objects
        server.objects[first] = server.objects[second]
        done = fleet.command("warm", "-O0", "--sign-key", "release.key", "--remote-cache", server.url,
                             "--remote-cache-unsigned", str(subject.modules[0]), store="builder")
        if done.returncode != 2 or "--sign-key signs nothing that came unsigned" not in done.stderr:
            fail(f"a key and --remote-cache-unsigned: {done.returncode}\n{done.stdout}{done.stderr}")
        done = fleet.command("run", "-O0", "-j1", "--remote-cache", server.url, "--remote-cache-unsigned",
                             "--invoke", "f", str(subject.modules[0]), store="builder", check=True)
        if done.stdout != "1\n":
            fail(f"the server's artifact does not run: {done.stdout}")
        warmed = fleet.command("warm", "-O0", "--sign-key", "release.key", str(subject.modules[0]), store="builder",
                               check=True)
        if "1 compiled" not in warmed.stdout:
            fail(f"it is not compiled again:\n{warmed.stdout}")
        fleet.run("http://127.0.0.1:9/ac", store="builder")


def check_untrusted(subject: Subject) -> None:
    fleet = Fleet(subject)
    modules = [str(module) for module in subject.modules]
    fleet.command("sign", "--key", "release.key", *modules, store="none", check=True)
    with running(Server()) as server:
        fleet.warm(server.url)
        fleet.warm(server.url, number=1)
        whole = dict(server.objects)
        size = max(map(len, whole.values()))

        def flipped(place: int) -> Change:
            def change(data: bytes) -> bytes:
                changed = bytearray(data)
                changed[place % len(data)] ^= 4
                return bytes(changed)
            return change

        # Each line of the header and of the signature, and the frame.
        changes = [flipped(place) for place in (3, 40, 95, 180, 260, 420, size // 2, -1)]
        changes += [lambda data: data[:-1], lambda data: data[:100], lambda data: b"", lambda data: data + b"x",
                    lambda data: b"<html>"]
        for change in changes:
            fleet.forget()
            server.change = change
            fleet.run(server.url, warning="warning: ")
        # Much more than such a module's artifact can have.
        server.change = lambda data: data.replace(b"\nbytes ", b"\nbytes 9999")
        fleet.forget()
        fleet.run(server.url, warning="bytes, most is 671")
        server.change = bytes
        server.cut = 10
        fleet.forget()
        fleet.run(server.url, "--remote-cache-timeout=1s", warning="cannot be used")
        server.cut = 0
        # A right object of another module, and one that another key signed.
        (first, second) = [name for name, data in whole.items() if len(data) > 1000]
        server.objects = {first: whole[second], second: whole[first]}
        fleet.forget()
        fleet.run(server.url, warning="another entry")
        server.objects.clear()
        fleet.warm(server.url, store="stranger", key="other")
        fleet.forget()
        fleet.run(server.url, warning="not among the trusted")
        if "GET" not in server.requests:
            fail("the server was not asked")
    check_laundering(subject, fleet)


def check_broken(subject: Subject) -> None:
    fleet = Fleet(subject)
    fleet.command("sign", "--key", "release.key", str(subject.modules[0]), store="none", check=True)
    with running(Server()) as server:
        server.delay_s = 20
        begin = time.monotonic()
        fleet.run(server.url, "--remote-cache-timeout=500ms", warning="cannot be used")
        if time.monotonic() - begin > 10:
            fail(f"a run waits for {time.monotonic() - begin:.1f} s, must wait for 0.5")
        # The next process does not ask again.
        asked = len(server.requests)
        fleet.run(server.url, warning="not kept")
        if len(server.requests) != asked:
            fail("a server that just failed is asked again at once")
        server.delay_s = 0
        for status in (500, 503, 429, 403, 301):
            fleet.forget()
            server.requests.clear()
            server.status = status
            fleet.run(server.url, warning=f"answers with status {status}")
            attempts = 1 if status in (403, 301) else 3
            if len(server.requests) != attempts:
                fail(f"status {status}: {len(server.requests)} attempts, must be {attempts}")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        fleet.forget()
        fleet.run(f"http://127.0.0.1:{unused.getsockname()[1]}", warning="cannot be used")
    for url in ("ftp://host/x", "cache", "http://host/a b", "http://host/?x"):
        done = fleet.command("run", "--trusted-keys=release.pub", "--remote-cache", url, str(subject.modules[0]),
                             store="node")
        if done.returncode != 2 or "is no address of a cache" not in done.stderr:
            fail(f"{url} is taken: {done.returncode}\n{done.stderr}")


def check_webdav(subject: Subject) -> None:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if not nginx:
        print("not checked: there is no nginx")
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = subject.work / "nginx"
    folder.mkdir()
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, port=port))
    process = subprocess.Popen([nginx, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(configuration)],
                               stderr=subprocess.PIPE)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None:
                said = process.stderr.read() if process.stderr else b""
                fail(f"nginx ends with {process.returncode}\n{text_of(said)}")
            time.sleep(0.05)
        check_sharing(Fleet(subject), f"http://127.0.0.1:{port}/ac")
    finally:
        process.terminate()
        process.wait(timeout=10)
    if not any(path.stat().st_size > 1000 for path in pathlib.Path(folder / "store" / "ac").iterdir()):
        fail("nginx has stored nothing")


# As docs/operations.md has it, for a user's own process.
NGINX = """
daemon off;
master_process off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location /ac/ {{
      root {folder}/store;
      dav_methods PUT;
      create_full_put_path on;
      client_max_body_size 1g;
    }}
  }}
}}
"""

if __name__ == "__main__":
    main({"shared": check_shared, "untrusted": check_untrusted, "broken": check_broken, "webdav": check_webdav},
         modules=2)
