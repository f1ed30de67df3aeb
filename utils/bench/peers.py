# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The ways in which the kernels are run: one row for each way, with how to build and how to run.

A row's `build` makes what is needed from the source and the wasm, and returns the command that runs it; None where that way cannot run the
kernel. A row is left out of the table if its program is not there.
"""
import dataclasses
import pathlib
import shutil
import subprocess

from measuring import HERE

NODE_RUNNER = """
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';
const wasi = new WASI({ version: 'preview1', args: ['kernel'] });
const module = await WebAssembly.compile(readFileSync(process.argv[2]));
wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
"""


@dataclasses.dataclass
class Kernel:
    """One program: its source, the folder for what is made of it, and the processor of both sides (None: the baseline)."""

    source: pathlib.Path
    folder: pathlib.Path
    march: str | None
    wasm2native: pathlib.Path
    options: list  # further options of wasm2native compile

    def file(self, end):
        return self.folder / (self.source.stem + end)

    def compiler(self):
        if self.source.suffix == ".cpp":
            return ["clang++-22", "-O3", "-fno-exceptions", "-fno-rtti"]
        return ["clang-22", "-O3"]

    def native_processor(self):
        return [f"-march={self.march}"] if self.march else []

    def wasm(self):
        """The module, which is made once for all rows. A line `// Build: ...` in the source has
        options for wasm."""
        wasm = self.file(".wasm")
        if not wasm.exists():
            run([*self.compiler(), "--target=wasm32-wasi", "-Wno-deprecated", *wasm_options(self.source), self.source, "-o", wasm, "-lm"])
        return wasm


def wasm_options(source):
    """The options in the line `// Build: ...`."""
    lines = [line.split() for line in source.read_text().splitlines() if line.startswith("// Build: ")]
    return lines[0][2:] if lines else []


def run(command):
    subprocess.run([str(word) for word in command], check=True)


def attempt(command):
    """Whether `command` succeeded; peers may not know all features."""
    return subprocess.run([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def native(kernel):
    run([*kernel.compiler(), *kernel.native_processor(), "-Wno-deprecated-declarations", kernel.source, "-o", kernel.file(".native"), "-lm"])
    return [kernel.file(".native")]


def wasm2native(*options):
    def build(kernel):
        artifact = kernel.file("".join(options) + ".so")
        processor = [f"--mcpu={kernel.march}"] if kernel.march else []
        run([kernel.wasm2native, "-O3", *processor, *options, *kernel.options, kernel.wasm(), "-o", artifact])
        return [kernel.wasm2native, "run", artifact]

    return build


def node(kernel):
    runner = kernel.folder / "run.mjs"
    runner.write_text(NODE_RUNNER)
    return ["node", "--no-warnings", runner, kernel.wasm()]


def wasm2c(kernel):
    folder = kernel.file(".wasm2c")
    folder.mkdir(exist_ok=True)
    if not attempt(["wasm2c", "-n", "kernel", kernel.wasm(), "-o", folder / "kernel.c"]):
        return None
    run(["clang-22", "-O3", *kernel.native_processor(), "-w", f"-I{folder}", folder / "kernel.c", HERE / "wasm2c_main.c",
         "-o", folder / "kernel", "-lwasm-rt-impl", "-lm"])
    return [folder / "kernel"]


def compiled_by(*words):
    """A peer with a compiler of its own: words with IN and OUT for the files; the last is a tuple, the command to run OUT."""

    def build(kernel):
        files = {"IN": kernel.wasm(), "OUT": kernel.file("." + words[0])}
        *compile_words, run_words = words
        if not attempt([files.get(word, word) for word in compile_words]):
            return None
        return [files.get(word, word) for word in run_words]

    return build


# name: (the program that must be in PATH, build)
WAYS = {
    "native": ("clang-22", native),
    "wasm2native": (None, wasm2native()),
    "explicit": (None, wasm2native("--bounds-checks=explicit")),
    "wasm2c": ("wasm2c", wasm2c),
    "node": ("node", node),
    "wasmtime": ("wasmtime", compiled_by("wasmtime", "compile", "-O", "opt-level=2", "IN", "-o", "OUT",
                                         ("wasmtime", "run", "--allow-precompiled", "OUT"))),
    "wamr": ("wamrc", compiled_by("wamrc", "--opt-level=3", "-o", "OUT", "IN", ("iwasm", "OUT"))),
    "wasmedge": ("wasmedge", compiled_by("wasmedge", "compile", "--optimize", "3", "IN", "OUT", ("wasmedge", "OUT"))),
    "wasmer": ("wasmer", compiled_by("wasmer", "compile", "--llvm", "IN", "-o", "OUT", ("wasmer", "run", "OUT"))),
}

# Engines whose failure is their own: the table goes on without them.
PEERS = set(WAYS) - {"native", "wasm2native", "explicit"}


def installed(only):
    """The rows that can be used, native first; those named in `only`, if any."""
    return {name: build for name, (program, build) in WAYS.items()
            if (name == "native" or not only or name in only) and (not program or shutil.which(program))}
