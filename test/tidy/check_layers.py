# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Reads every #include of ours and compares it with the table of layers: a layer includes from itself and from those
that its row names, and what has no LLVM includes nothing of LLVM."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Layer: what it may include besides itself. Longest prefix counts; a row's own includes are not handed on.
LIBRARIES = {"lib/support": ["include"], "lib/wasm": ["lib/support"],
             "lib/component": ["lib/support", "lib/wasm"],
             "lib/dylink": ["lib/support", "lib/wasm"],
             "lib/wit": ["lib/support", "lib/wasm", "lib/component"],
             "lib/artifact": ["lib/support", "lib/wasm", "include"]}
LIB = [*LIBRARIES]
COMPILER_BASE = ["compiler/Options.h", *LIB]
TARGETS, REPORT, IR = ["compiler/targets"], ["compiler/report"], ["compiler/ir"]
DEBUG = ["compiler/debug"]
PLAN = ["compiler/plan", *TARGETS, *REPORT, *DEBUG]
LAYERS = {
    **LIBRARIES,
    "include": ["include"],
    "compiler/Options.h": [],
    "compiler/builtins": [],
    "compiler/component": LIB,
    "compiler/targets": COMPILER_BASE,
    "compiler/report": COMPILER_BASE,
    "compiler/ir": COMPILER_BASE,
    "compiler/debug": COMPILER_BASE,
    "compiler/plan": [*PLAN, "compiler/builtins", *COMPILER_BASE],
    "compiler/lower": [*PLAN, *IR, *COMPILER_BASE],
    "compiler/passes": [*IR, *COMPILER_BASE],
    "compiler/codegen": ["compiler/lower", "compiler/passes", *PLAN, *IR, *COMPILER_BASE],
    "compiler/link": ["compiler/codegen", "compiler/lower", *PLAN, *IR, *COMPILER_BASE],
    "compiler/driver": ["compiler/component", "compiler/link", "compiler/codegen", "compiler/lower",
                        "compiler/passes", *PLAN, *IR, *COMPILER_BASE, "include"],
    "runtime/arch/SignalRegisters.h": [],
    "runtime/platform": ["runtime/arch/SignalRegisters.h", "lib/support"],
    "runtime/arch": ["runtime/arch/SignalRegisters.h", *LIB],
    "runtime/libraries": ["include"],
    "runtime/heap": ["runtime/platform", "lib/artifact/HeapLayout.h", "lib/support"],
    "runtime/core": ["runtime/heap", "runtime/platform", "runtime/arch", *LIB],
    "runtime/component": ["runtime/core", *LIB, "include"],
    "runtime/http": ["runtime/platform", "lib/support"],
    "runtime/record": ["runtime/core", "runtime/platform", *LIB, "include"],
    "runtime/wasi": ["runtime/libraries", "runtime/component", "runtime/core", "runtime/platform", "runtime/http",
                     *LIB, "include"],
    "runtime/checkpoint": ["runtime/wasi", "runtime/core", "runtime/platform", *LIB],
    "runtime/serve": ["runtime/wasi", "runtime/http", "runtime/component", "runtime/core", "runtime/platform", *LIB],
    "runtime/signing": ["runtime/core", *LIB],
    "runtime/cache": ["runtime/signing", "runtime/libraries", "runtime/core", "runtime/arch", "runtime/platform", *LIB,
                      "include"],
    "runtime/api": ["runtime/signing", "runtime/cache", "runtime/record", "runtime/component", "runtime/wasi",
                    "runtime/core", "runtime/platform", "runtime/arch", *LIB, "include"],
    "tools/wasm2native": ["runtime", "compiler/component", *LIB, "include"],
    "tools/wasm2native-oci": ["runtime/cache", "runtime/platform", "lib/support", "include"],
    "tools/wasm2native-bindgen": ["tools/wasm2native-bindgen/wit", *LIB, "include"],
    "tools/wasm2native-bindgen/wit": LIB,
    "tools/w2n-opt": ["compiler", *LIB],
}
WITH_LLVM = ("compiler/targets", "compiler/report", "compiler/ir", "compiler/debug", "compiler/plan", "compiler/lower",
             "compiler/passes", "compiler/codegen", "compiler/link", "compiler/driver", "tools/wasm2native-bindgen",
             "tools/w2n-opt")
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<((?:llvm|lld|clang)(?:-c)?/[^>]+)>)', re.MULTILINE)


def within(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + "/")


def layer_of(path: str) -> str | None:
    return max((layer for layer in LAYERS if within(path, layer)), key=len, default=None)


def wrong_includes(path: str, text: str) -> list[str]:
    layer = layer_of(path)
    if layer is None:
        return [f"{path}: belongs to no layer of check_layers.py"]
    wrong = []
    for ours, llvm in INCLUDE.findall(text):
        if llvm and layer not in WITH_LLVM:
            wrong.append(f"{path}: includes <{llvm}>, and {layer} knows nothing of LLVM")
        # A name without a folder is beside the file, or generated; system headers have angle brackets.
        if ours and "/" in ours and not any(within(ours, allowed) for allowed in [layer, *LAYERS[layer]]):
            wrong.append(f"{path}: includes {ours}, which is not below {layer}")
    return wrong


def self_test() -> list[str]:
    """Wrong includes that must be found, so that the check cannot pass by finding nothing."""
    planted = [("lib/wasm/A.cpp", '#include "runtime/core/Module.h"'),
               ("lib/wasm/A.cpp", "#include <llvm/IR/Module.h>"),
               ("runtime/core/A.cpp", "#include <llvm/ADT/StringRef.h>"),
               ("compiler/ir/A.h", '#include "compiler/plan/Plan.h"'),
               ("compiler/passes/traps/A.cpp", '#include "compiler/lower/module/ModuleLowering.h"'),
               ("compiler/lower/simd/A.cpp", '#include "compiler/passes/traps/PinLoads.h"'),
               ("compiler/plan/A.h", '#include "compiler/lower/module/Signature.h"'),
               ("compiler/targets/A.h", '#include "compiler/report/CodeReport.h"'),
               ("runtime/wasi/A.cpp", '#include "runtime/api/Handles.h"'),
               ("runtime/heap/A.cpp", '#include "runtime/core/Instance.h"'),
               ("tools/wasm2native/A.cpp", '#include "compiler/driver/Compile.h"')]
    return [f"self-test: '{include}' in {path} is not found to be wrong" for path, include in planted
            if not wrong_includes(path, include)]


def main() -> None:
    wrong = self_test()
    for folder in ("lib", "compiler", "runtime", "include", "tools"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".cpp", ".h", ".hpp", ".def", ".c", ".S"):
                wrong += wrong_includes(str(path.relative_to(ROOT)), path.read_text())
    print("\n".join(wrong) or "every include is of the same layer or one below")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
