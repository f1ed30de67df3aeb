# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Files that comments and documents name must exist; build products, binary files outside of tests, and files at the
top that do not belong there, are not tracked."""

import pathlib
import re
import sys

from sources import ROOT, tracked_files

PRODUCTS = (".pyc", ".o", ".so", ".a", ".class")
# All that is at the top, besides names that begin with a dot.
TOP = {"CMakeLists.txt", "CMakePresets.json", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md",
       "LICENSE.TXT", "Dockerfile", "bindings", "cmake", "compiler", "docs", "include", "lib", "runtime", "test",
       "tools", "utils"}
# The name of a file: with a folder or without, but no pattern and no part of an address.
SUFFIX = "cpp|h|hpp|def|py|md|smt2|cmake|mjs|wat|ll"
NAME = re.compile(r"(?<![\w/.<*$%{}-])((?:[\w.-]+/)*[A-Za-z_][\w-]*\.(?:" + SUFFIX + r"))\b(?![\w*{/])")
# The beginning of a comment; documents are comments from end to end.
COMMENT = {".cpp": "//", ".h": "//", ".hpp": "//", ".def": "//", ".c": "//", ".S": "//", ".py": "#", ".txt": "#",
           ".cmake": "#", ".sh": "#", ".wat": ";;", ".ll": ";", ".md": ""}
# Files of others: of systems, of tools, of a reader who follows a document.
FOREIGN = ("llvm/", "asm/", "arch/arm64/", "uapi/", "wasm_simd128.h", "wizer_initialize.h",
           # The component model's texts.
           "design/mvp/", "Binary.md", "CanonicalABI.md", "Explainer.md", "Subtyping.md", "WIT.md")
# Names that are wrong and to be mended; the entry goes then.
WRONG = {"lib/artifact/Abi.h": "Runtime.h"}
READERS = {"docs/bindgen.md": ("local_kv_counter.hpp", "main.cpp"), "docs/embedding-in-depth.md": ("shop_imports.hpp",),
           "docs/preinit.md": ("script.py",)}


def comments(path: str, text: str) -> list[tuple[int, str]]:
    mark = COMMENT.get(pathlib.PurePath(path).suffix)
    if mark is None:
        return []
    return [(number, line[line.index(mark):]) for number, line in enumerate(text.split("\n"), 1)
            if mark in line and "RUN:" not in line]


def exists(name: str, path: str, files: set[str], names: set[str]) -> bool:
    if "/" not in name:
        return name in names
    return (any(file == name or file.endswith("/" + name) for file in files)
            or (ROOT / path).parent.joinpath(name).exists())


def is_excused(name: str, path: str) -> bool:
    # Proofs come with the passes that they are of.
    if name.startswith("test/proofs/") and not (ROOT / "test/proofs").exists():
        return True
    return name.startswith(FOREIGN) or name in READERS.get(path, ()) or WRONG.get(path) == name


def is_stray(file: str) -> bool:
    top = file.split("/")[0]
    return top not in TOP and not top.startswith(".") or file.endswith(PRODUCTS)


def is_binary(file: str) -> bool:
    return not file.startswith("test/") and b"\0" in (ROOT / file).read_bytes()[:65536]


def main() -> None:
    assert is_stray("x.wasm") and is_stray("lib/a.o") and not is_stray("lib/a.cpp") and not is_stray(".ci/run")
    files = set(tracked_files())
    names = {pathlib.PurePath(file).name for file in files}
    wrong = [f"{file}: does not belong into the repository" for file in sorted(files)
             if is_stray(file) or is_binary(file)]
    found = 0
    for path in sorted(files):
        if path.startswith("test/tidy/") or path.endswith("CMakeLists.txt"):
            continue
        for number, line in comments(path, (ROOT / path).read_text(errors="replace")):
            for name in NAME.findall(line):
                found += 1
                if not is_excused(name, path) and not exists(name, path, files, names):
                    wrong.append(f"{path}:{number}: there is no {name}")
    assert found > 100 and NAME.findall("as in passes/None.cpp, *.cpp and <x.h>") == ["passes/None.cpp"]
    print("\n".join(wrong) or f"{found} names of files")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
