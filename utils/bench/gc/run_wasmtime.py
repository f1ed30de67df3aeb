# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Calls `measure` of a module under wasmtime, of whose precompiled form it makes a file first:
run_wasmtime.py compile MODULE FILE, then run_wasmtime.py run FILE TURNS ROUNDS."""
import pathlib
import sys

import wasmtime

config = wasmtime.Config()
config.wasm_gc = True
config.wasm_function_references = True
engine = wasmtime.Engine(config)
action, path, *rest = sys.argv[1:]
if action == "compile":
    pathlib.Path(rest[0]).write_bytes(wasmtime.Module.from_file(engine, path).serialize())
else:
    store = wasmtime.Store(engine)
    store.set_wasi(wasmtime.WasiConfig())
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    instance = linker.instantiate(store, wasmtime.Module.deserialize_file(engine, path))
    print(*instance.exports(store)["measure"](store, *map(int, rest)))
