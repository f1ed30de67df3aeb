# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Modules by another generator: Binaryen's `wasm-opt --translate-to-fuzz`, with what the runners call around them.

Of a number's random bytes Binaryen makes a module, in which NaNs are removed. What it imports, to log values and the
like, is another module here, which adds all values to a hash. A third one has the exports that the runners call
(module.py): `f0`, `f1`, ... and `hash`. The three are merged to one, by Binaryen as well.
"""

import os
import random
import re
import subprocess

# Features that both Node.js 20 and the compiler know.
FEATURES = ("simd bulk-memory sign-ext nontrapping-float-to-int multivalue reference-types tail-call mutable-globals "
            "extended-const").split()
FLAGS = ["--mvp-features"] + [f"--enable-{feature}" for feature in FEATURES]
MODULE = "module"
ATTEMPTS = 10
PRIME = "(i64.const 0x100000001b3)"
# A parameter from one of two numbers.
ARGUMENTS = {"i32": "(i32.wrap_i64 {})", "i64": "{}", "f32": "(call $f32 (f32.reinterpret_i32 (i32.wrap_i64 {})))",
             "f64": "(call $f64 (f64.reinterpret_i64 {}))",
             "v128": "(i64x2.splat (i64.and {} (i64.const 0x3fffffff3fffffff)))",
             "funcref": "(ref.null func)", "externref": "(ref.null extern)"}
# A result as i64. A reference is nothing that could be compared.
BITS = {"i32": "(i64.extend_i32_u {})", "i64": "{}", "f32": "(i64.extend_i32_u (i32.reinterpret_f32 (call $f32 {})))",
        "f64": "(i64.reinterpret_f64 (call $f64 {}))",
        "v128": "(i64.add (i64.mul (i64x2.extract_lane 0 {0}) (i64.const 31)) (i64x2.extract_lane 1 {0}))",
        "funcref": "(i64.extend_i32_u (ref.is_null {}))", "externref": "(i64.extend_i32_u (ref.is_null {}))"}
ZEROS = {"i32": "(i32.const 0)", "i64": "(i64.const 0)", "f32": "(f32.const 0)", "f64": "(f64.const 0)",
         "v128": "(v128.const i64x2 0 0)", "funcref": "(ref.null func)", "externref": "(ref.null extern)"}
CANONICAL = """
  (func $f32 (param $x f32) (result f32)
    (select (local.get $x) (f32.const 0) (f32.eq (local.get $x) (local.get $x))))
  (func $f64 (param $x f64) (result f64)
    (select (local.get $x) (f64.const 0) (f64.eq (local.get $x) (local.get $x))))
"""

# The first page is where most accesses are.
HASH_MEMORY = f"""(loop $next
      (local.set $h (i64.mul (i64.xor (i64.rotl (local.get $h) (i64.const 9)) (i64.load (local.get $at))) {PRIME}))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const 65536))))"""


def types_of(kind, text):
    """Types of all `kind`, param or result, of a function's text: names of parameters do not matter."""
    groups = re.findall(rf"\({kind}([^)]*)\)", text)
    return [name for group in groups for name in group.split() if not name.startswith("$")]


def knows(types):
    return all(name in ZEROS for name in types)


def signature(params, results):
    """Parameters $0, $1, ..."""
    return " ".join([f"(param ${index} {name})" for index, name in enumerate(params)] +
                    [f"(result {name})" for name in results])


class Text:
    """The needed parts of a module's text, as Binaryen prints it: imports, exported functions, its memory."""

    def __init__(self, text):
        self.imports = re.findall(r'^ \(import "logs" "([^"]*)" \(func \S+(.*)\)\)$', text, re.MULTILINE)
        functions = {name: rest for name, rest in re.findall(r"^ \(func (\$\S+)(.*)$", text, re.MULTILINE)}
        self.functions = []
        for export, name in re.findall(r'^ \(export "([^"]*)" \(func (\$\S+)\)\)$', text, re.MULTILINE):
            params, results = (types_of(kind, functions.get(name, "")) for kind in ("param", "result"))
            if name in functions and knows(params + results):
                self.functions.append((export, params, results))
        memory = re.search(r"^ \(memory \S+ (\d+)", text, re.MULTILINE)
        self.pages = int(memory[1]) if memory else 0


def without_imported_globals(text):
    """`text` with zeros in the place of imported globals: merged, they would be in constant expressions."""
    pattern = r'^ \(import "[^"]*" "[^"]*" \(global (\S+) (\w+)\)\)\n'
    for name, type_ in re.findall(pattern, text, re.MULTILINE):
        text = re.sub(rf"\(global\.get {re.escape(name)}\s*\)", ZEROS[type_], text)
    # Exported ones are of no use here.
    text = re.sub(r'^ \(export "[^"]*" \(global \S+\)\)\n', "", text, flags=re.MULTILINE)
    return re.sub(pattern, "", text, flags=re.MULTILINE)


def imported(text):
    """The module that has what the generated one imports, and the hash of what was logged."""
    items = []
    for name, rest in text.imports:
        params, results = types_of("param", rest), types_of("result", rest)
        values = [BITS[its].format(f"(local.get ${index})") for index, its in enumerate(params)]
        steps = [f"(global.set $h (i64.add (i64.mul (global.get $h) {PRIME}) {value}))" for value in values]
        steps += [ZEROS[its] for its in results]
        items.append(f'(func (export "{name}") {signature(params, results)} {" ".join(steps)})')
    newline = "\n  "
    return f"""(module (global $h (mut i64) (i64.const 0))
  (func (export "logged") (result i64) (global.get $h)){CANONICAL}
  {newline.join(items)})"""


def called(text):
    """The module that has the runners' exports."""
    imports, items = ['(import "logs" "logged" (func $logged (result i64)))'], []
    for index, (export, params, results) in enumerate(text.functions):
        imports.append(f'(import "{MODULE}" "{export}" (func $g{index} {signature(params, results)}))')
        arguments = " ".join(ARGUMENTS[its].format("(local.get $a)" if position % 2 == 0 else "(local.get $b)")
                             for position, its in enumerate(params))
        locals_ = " ".join(f"(local $r{position} {its})" for position, its in enumerate(results))
        takes = " ".join(f"(local.set $r{position})" for position in reversed(range(len(results))))
        value = f"(i64.const {len(results)})"
        for position, its in enumerate(results):
            value = f"(i64.add (i64.mul {value} {PRIME}) {BITS[its].format(f'(local.get $r{position})')})"
        items.append(f'(func (export "f{index}") (param $a i64) (param $b i64) (result i64) {locals_}\n'
                     f"    (call $g{index} {arguments}) {takes} {value})")
    hash_ = f"""(func (export "hash") (result i64) (local $h i64) (local $at i32)
    (local.set $h (call $logged))
    {HASH_MEMORY if text.pages else ""}
    (local.get $h))"""
    if text.pages:
        imports.append(f'(import "{MODULE}" "memory" (memory {text.pages}))')
    newline = "\n  "
    return f"(module {newline.join(imports)}{CANONICAL}  {newline.join(items)}\n  {hash_})"


class ToolFailed(Exception):
    pass


class Binaryen:
    """Runs Binaryen's tools in `tools`, a folder, with intermediate files in `work`."""

    def __init__(self, tools, work):
        self.tools, self.work = tools, work

    def run(self, tool, *arguments):
        # The tools are programs for Node.js, of which one may be beside them.
        environment = os.environ | {"PATH": f"{self.tools}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run([self.tools / tool, *FLAGS, *arguments], cwd=self.work, capture_output=True, text=True,
                              env=environment)
        if done.returncode:
            raise ToolFailed(f"{tool} {' '.join(map(str, arguments))} fails: {done.stderr[-1000:]}")
        return done.stdout

    def generate(self, seed):
        """The bytes of module `seed`. Some modules Binaryen cannot read again: others stand for them."""
        for attempt in range(ATTEMPTS):
            try:
                return self.try_to_generate(random.Random(f"binaryen {seed} {attempt}"))
            except ToolFailed as failed:
                last = failed
        raise SystemExit(last)

    def try_to_generate(self, rng):
        (self.work / "seed").write_bytes(rng.randbytes(rng.choice([2000, 8000, 20000])))
        # Text, which the other tools read as well, saves runs.
        text = self.run("wasm-opt", "-ttf", "--denan", *rng.choice([[], [], ["-O1"], ["-O3"]]), "seed", "-S", "-o", "-")
        text = re.sub(r'^ \(import "[^"]*"', ' (import "logs"', text, flags=re.MULTILINE)
        text = without_imported_globals(text)
        found = Text(text)
        # No module exports its memory by a name that is known.
        text = re.sub(r"^ \(memory (\S+) ", r' (memory \1 (export "memory") ', text, count=1, flags=re.MULTILINE)
        (self.work / "module.wat").write_text(text)
        (self.work / "logs.wat").write_text(imported(found))
        (self.work / "calls.wat").write_text(called(found))
        names = ["logs", MODULE, "calls"]
        parts = [each for name in names for each in (f"{name}.wat", name)]
        self.run("wasm-merge", *parts, "--skip-export-conflicts", "-o", "merged.wasm")
        return (self.work / "merged.wasm").read_bytes()
