# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""WebAssembly, compiled ahead of time: the C API of wasm2native/runtime.h for Python."""

from ._api import Caller, Function, Global, Instance, Linker, Memory, Module
from ._errors import Error, Exit, Frame, Interrupted, LinkError, Trap
from ._library import EXTERNREF, F32, F64, FUNCREF, I32, I64, V128, version

__all__ = ["EXTERNREF", "F32", "F64", "FUNCREF", "I32", "I64", "V128", "Caller", "Error", "Exit", "Frame", "Function",
           "Global", "Instance", "Interrupted", "LinkError", "Linker", "Memory", "Module", "Trap", "version"]
