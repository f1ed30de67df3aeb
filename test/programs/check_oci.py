#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""wasm2native-oci with bundles of the OCI runtime specification.

    help        it has one, whether there is another runtime or not
    rewritten   a stand-in for runc records what it is given: bundles of modules are changed, all others are not
    refused     broken bundles and modules, no runtime, no command: an error on standard error and in the log
    run         runc runs a container, where it is installed and may
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
from typing import Callable

from harness import build, environment, fail, fresh_directory

PROGRAM = """(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1) (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00") (data (i32.const 16) "hello\\0a")
  (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"""


class Bundle:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.work = fresh_directory(options.work.resolve())
        self.folder = self.work / "bundle"
        self.root = self.folder / "rootfs"
        (self.root / "bin").mkdir(parents=True)
        (self.work / "program.wat").write_text(PROGRAM)
        self.module = self.root / "bin" / "program.wasm"
        build(["wat2wasm", str(self.work / "program.wat"), "-o", str(self.module)])
        # It records its arguments, and the bundle as it is then.
        self.runtime = self.work / "runtime"
        self.runtime.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {self.work}/arguments\n'
                                f'cp {self.folder}/config.json {self.work}/seen.json\nexit 7\n')
        self.runtime.chmod(0o755)

    def variables(self, **more: str) -> dict[str, str]:
        return environment() | {"WASM2NATIVE_CACHE_DIR": str(self.work / "cache"),
                                "WASM2NATIVE_OCI_COMMAND": self.options.command, "PATH": os.environ["PATH"]} | more

    def config(self, name: str, *arguments: str, **more: object) -> dict:
        config = {"ociVersion": "1.0.2",
                  "process": {"args": [name, *arguments], "cwd": "/", "env": ["PATH=/none:/bin", "A=b"],
                              "user": {"uid": 0, "gid": 0}, "noNewPrivileges": True},
                  "root": {"path": "rootfs"}, "linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}]},
                  "x-number": 18446744073709551615,
                  "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}]} | more
        (self.folder / "config.json").write_text(json.dumps(config))
        return config

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess:
        for name in ("arguments", "seen.json"):
            (self.work / name).unlink(missing_ok=True)
        return subprocess.run([self.options.oci, *arguments], capture_output=True, text=True,
                              env=self.variables(**more), cwd=self.work, stdin=subprocess.DEVNULL, timeout=120)

    def pass_on(self, *arguments: str, wanted: list[str] | None = None, note: str = "", **more: str) -> dict:
        """Runs the stand-in, which must get the arguments; returns the configuration that it saw."""
        done = self.run("--runtime", str(self.runtime), *arguments, **more)
        if done.returncode != 7 or (note not in done.stderr if note else done.stderr):
            fail(f"{arguments} ends with {done.returncode}\n{done.stderr}")
        seen = (self.work / "arguments").read_text().splitlines()
        if seen != (wanted or list(arguments)):
            fail(f"the runtime gets {seen}")
        return json.loads((self.work / "seen.json").read_text())

    def create(self, **more: str) -> dict:
        return self.pass_on("--root", "/run/x", "--log=/dev/null", "create", "--bundle", str(self.folder), "--pid-file",
                            "p", "name", **more)

    def refuse(self, words: str, *arguments: str, **more: str) -> None:
        before = (self.folder / "config.json").read_bytes()
        log = self.work / "log"
        log.unlink(missing_ok=True)
        done = self.run("--log", str(log), "--log-format", "json", *arguments, **more)
        if done.returncode != 1 or words not in done.stderr or (self.work / "arguments").exists():
            fail(f"{arguments} ends with {done.returncode}, wanted '{words}'\n{done.stderr}")
        entry = json.loads(log.read_text())
        if entry["level"] != "error" or words not in entry["msg"]:
            fail(f"the log has {entry}")
        if (self.folder / "config.json").read_bytes() != before:
            fail("the bundle is another")


def require_rewritten(bundle: Bundle, before: dict, seen: dict) -> pathlib.Path:
    arguments, mounts = seen["process"]["args"], seen["mounts"]
    name, *rest = before["process"]["args"]
    end = ["--arg0", name, "/.wasm2native/program.so", "--", *rest]
    if arguments[:2] != ["/.wasm2native/wasm2native", "run"] or arguments[-len(end):] != end:
        fail(f"the arguments are {arguments}")
    added = {mount["destination"]: mount for mount in mounts[len(before["mounts"]):]}
    command, artifact = (added[f"/.wasm2native/{file}"] for file in ("wasm2native", "program.so"))
    if any("ro" not in mount["options"] or "bind" not in mount["options"] for mount in (command, artifact)):
        fail(f"the mounts are {mounts}")
    if command["source"] != str(pathlib.Path(bundle.options.command).resolve()):
        fail(f"the command is {command['source']}")
    # All else is as it was.
    seen["process"]["args"], seen["mounts"] = before["process"]["args"], mounts[:len(before["mounts"])]
    if seen != before:
        fail(f"{before} became {seen}")
    return pathlib.Path(artifact["source"])


def check_help(bundle: Bundle) -> None:
    for arguments in (["--help"], ["-h"], ["--root", "/run/x", "--help"], ["--runtime", str(bundle.runtime), "--help"]):
        done = bundle.run(*arguments, PATH="/nowhere")
        if done.returncode != 0 or done.stderr or not done.stdout.startswith("Usage: wasm2native-oci "):
            fail(f"{arguments} ends with {done.returncode} and prints\n{done.stdout}{done.stderr}")
    # After a command it is asked of the other runtime.
    bundle.config("/bin/program.wasm")
    bundle.pass_on("state", "--help")


def check_rewritten(bundle: Bundle) -> None:
    artifacts = set()
    for name, more in (("/bin/program.wasm", {}), ("program.wasm", {}), ("bin/program.wasm", {}),
                       ("/bin/program.wasm", {"annotations": {"module.wasm.image/variant": "compat"}}),
                       ("/link", {"annotations": {"run.oci.handler": "wasm"}})):
        # A link of the image leads to the image's file, not the host's.
        (bundle.root / "link").unlink(missing_ok=True)
        (bundle.root / "link").symlink_to("/bin/program.wasm")
        before = bundle.config(name, "an argument", "--flag", **more)
        artifacts.add(require_rewritten(bundle, before, bundle.create()))
    if len(artifacts) != 1:
        fail(f"one module has the artifacts {artifacts}")
    # The command line works outside of a container, too.
    seen = json.loads((bundle.work / "seen.json").read_text())["process"]["args"]
    outside = {"/.wasm2native/wasm2native": bundle.options.command, "/::/": f"{bundle.root}::/",
               "/.wasm2native/program.so": str(artifacts.pop())}
    command = [outside.get(word, word) for word in seen]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0 or done.stdout != "hello\n":
        fail(f"{command} ends with {done.returncode}\n{done.stdout}{done.stderr}")
    # Programs that are no modules, not there, or outside of the root are left to the other runtime.
    shutil.copy(bundle.module, bundle.work / "outside.wasm")
    (bundle.root / "out").symlink_to(f"../../{bundle.work.name}/outside.wasm")
    (bundle.root / "script").write_text("#!/bin/sh\n")
    os.mkfifo(bundle.root / "pipe")
    for name in ("/script", "/missing", "/out", "/pipe", "/bin", "missing"):
        before = bundle.config(name)
        if bundle.create() != before:
            fail(f"{name} is changed")
    before = bundle.config("/script", annotations={"run.oci.handler": "wasm"})
    if bundle.create(note="is annotated as WebAssembly, and is none") != before:
        fail("an annotated script is changed")
    bundle.config("/bin/program.wasm")
    before = json.loads((bundle.folder / "config.json").read_text())
    for arguments in (["state", "name"], ["--root", "create", "kill", "name", "9"], ["start", "name"],
                      ["delete", "--force", "name"], ["--version"]):
        if bundle.pass_on(*arguments) != before:
            fail(f"{arguments} changes the bundle")
    # A bundle may be the current folder, and options may follow the name.
    bundle.pass_on("run", "name", f"--bundle={bundle.folder}")
    if bundle.pass_on("state", "x") == before:
        fail("run does not change the bundle")
    # Without --runtime, the first runc in PATH.
    (bundle.work / "bin").mkdir()
    shutil.copy(bundle.runtime, bundle.work / "bin" / "runc")
    done = bundle.run("state", "x", PATH=f"{bundle.work}/bin:{os.environ['PATH']}")
    if done.returncode != 7:
        fail(f"runc in PATH is not found: {done.stderr}")
    if bundle.run("state", "x", WASM2NATIVE_OCI_RUNTIME=str(bundle.runtime)).returncode != 7:
        fail("WASM2NATIVE_OCI_RUNTIME does not count")


def check_refused(bundle: Bundle) -> None:
    create = ["--runtime", str(bundle.runtime), "create", "-b", str(bundle.folder), "name"]
    bundle.config("/bin/program.wasm")
    bundle.refuse("cannot be executed; WASM2NATIVE_OCI_COMMAND names it", *create, WASM2NATIVE_OCI_COMMAND="/nowhere")
    bundle.refuse("cannot load the compiler", *create, WASM2NATIVE_COMPILER="/nowhere")
    bundle.refuse("there is no runc or crun in PATH", *create[2:], PATH="/nowhere")
    bundle.refuse("cannot run '/nowhere'", "--runtime", "/nowhere", "state", "name")
    bundle.config("/bin/program.wasm", root={"path": "missing"})
    bundle.refuse("cannot open", *create)
    bundle.config("/bin/program.wasm")
    bundle.module.write_bytes(b"\0asm\1\0\0\0\1\1")
    bundle.refuse("length out of bounds", *create)
    (bundle.folder / "config.json").write_text("{")
    bundle.refuse("is no JSON object", *create)
    for text in ("{}", '{"process": {"args": [], "cwd": 1}}', '{"process": 1, "root": {"path": "rootfs"}}',
                 '{"process": {"args": [1]}, "root": {"path": "rootfs"}, "annotations": []}'):
        (bundle.folder / "config.json").write_text(text)
        if bundle.create() != json.loads(text):
            fail(f"{text} is changed")


def check_run(bundle: Bundle) -> None:
    runc = shutil.which("runc") or shutil.which("runc", path="/usr/sbin")
    if not runc or not bundle.options.static.exists():
        print("not checked: no runc, or no static command")
        return
    bundle.options.command = str(bundle.options.static)
    namespaces = [{"type": kind} for kind in ("pid", "ipc", "uts", "mount")]
    # A container of a shell shows whether containers run here at all.
    shell = bundle.root / "bin" / "true"
    shutil.copy(bundle.options.command, shell)
    more = {"linux": {"namespaces": namespaces}, "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}]}
    bundle.config("/bin/true", "--help", **more)
    state = ["--root", str(bundle.work / "state")]
    possible = subprocess.run([runc, *state, "run", "-b", str(bundle.folder), "w2n-test-true"], capture_output=True,
                              text=True)
    if possible.returncode != 0:
        print(f"not checked: runc does not work here: {possible.stderr}")
        return
    bundle.config("program.wasm", **more)
    done = bundle.run("--runtime", runc, *state, "run", "-b", str(bundle.folder), "w2n-test-program")
    if done.returncode != 0 or done.stdout != "hello\n":
        fail(f"the container ends with {done.returncode}\n{done.stdout}{done.stderr}")
    print("a container has run")


CHECKS: dict[str, Callable[[Bundle], None]] = {"help": check_help, "rewritten": check_rewritten,
                                               "refused": check_refused, "run": check_run}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--oci", required=True)
    parser.add_argument("--command", required=True, help="the command that containers get")
    parser.add_argument("--static", required=True, type=pathlib.Path, help="one without libraries, if it is built")
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("check", choices=CHECKS)
    options = parser.parse_args()
    # Folders of a cache must not be writable by others.
    os.umask(0o022)
    CHECKS[options.check](Bundle(options))


if __name__ == "__main__":
    main()
