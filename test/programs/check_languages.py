# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The worked example of bindings/rust or bindings/go: builds it against the build's runtime, and compares what it
prints. Skipped without the toolchain."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "test/programs/embedding/example/plugin.c"
EXPECTED = """plug-in says: working
21 of 50: 42 %
plug-in says: working
error: integer divide by zero
plug-in says: working
1 of 4: 25 %
"""
SKIPPED = 77


def build_rust(tool: str, source: pathlib.Path, program: pathlib.Path, libraries: pathlib.Path) -> None:
    subprocess.run([tool, "--edition", "2021", "-O", "-D", "warnings", source, "-o", program, "-L", libraries,
                    "-l", "wasm2native-runtime", "-C", f"link-arg=-Wl,-rpath,{libraries}"], check=True)


def build_go(tool: str, source: pathlib.Path, program: pathlib.Path, libraries: pathlib.Path) -> None:
    environment = dict(os.environ, CGO_ENABLED="1", GOCACHE=str(program.parent / "go-cache"),
                       CGO_CFLAGS=f"-I{ROOT / 'include'} -O1",
                       CGO_LDFLAGS=f"-L{libraries} -lwasm2native-runtime -Wl,-rpath,{libraries}")
    subprocess.run([tool, "build", "-o", program, source], check=True, env=environment)


LANGUAGES = {"rust": ("rustc", "plugin_host.rs", build_rust), "go": ("go", "plugin_host.go", build_go)}


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("language", "wasm2native", "clang", "libraries", "work"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    tool_name, file, build = LANGUAGES[options.language]
    tool = shutil.which(tool_name)
    if not tool:
        sys.exit(SKIPPED)
    work = pathlib.Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    module, artifact, program = work / "plugin.wasm", work / "plugin.so", work / "plugin_host"
    subprocess.run([options.clang, "--target=wasm32", "-O2", "-nostdlib", "-Wl,--no-entry", PLUGIN, "-o", module],
                   check=True)
    subprocess.run([options.wasm2native, module, "-o", artifact], check=True)
    build(tool, ROOT / "bindings" / options.language / file, program, pathlib.Path(options.libraries))
    done = subprocess.run([program, artifact], capture_output=True, text=True, check=False)
    if done.returncode or done.stdout != EXPECTED:
        sys.exit(f"prints\n{done.stdout}{done.stderr}instead of\n{EXPECTED}")


if __name__ == "__main__":
    main()
