# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The library, and its functions as runtime.h and cache.h declare them."""

import ctypes
import ctypes.util
import os
from ctypes import (CFUNCTYPE, POINTER, Structure, Union, c_bool, c_char_p, c_double, c_float, c_int, c_int32, c_int64,
                    c_size_t, c_uint8, c_uint32, c_uint64, c_void_p)

I32, I64, F32, F64, V128, FUNCREF, EXTERNREF, EXNREF = range(8)
EXTERN_FUNCTION, EXTERN_TABLE, EXTERN_MEMORY, EXTERN_GLOBAL, EXTERN_TAG = range(5)
ERROR_LINK, ERROR_TRAP, ERROR_EXIT, ERROR_INTERRUPTED = 5, 6, 7, 9
VERIFY_EVERYTHING = 0
NO_TIMEOUT = 2**64 - 1


class ValueUnion(Union):
    _fields_ = [("i32", c_int32), ("i64", c_int64), ("f32", c_float), ("f64", c_double), ("v128", c_uint64 * 2),
                ("reference", c_void_p)]


class Value(Structure):
    _fields_ = [("kind", c_uint8), ("of", ValueUnion)]


class FunctionType(Structure):
    _fields_ = [("params", POINTER(c_uint8)), ("param_count", c_size_t), ("results", POINTER(c_uint8)),
                ("result_count", c_size_t)]


class ExternType(Structure):
    _fields_ = [("kind", c_int), ("function", FunctionType), ("value", c_uint8), ("is_mutable", c_bool),
                ("min", c_uint64), ("max", c_uint64), ("page_bytes", c_uint32), ("is_64", c_bool)]


class Import(Structure):
    _fields_ = [("module", c_char_p), ("name", c_char_p), ("type", ExternType)]


class Export(Structure):
    _fields_ = [("name", c_char_p), ("type", ExternType)]


class FrameStruct(Structure):
    _fields_ = [("size", c_size_t), ("function_index", c_uint32), ("is_inlined", c_bool), ("function_name", c_char_p),
                ("function_offset", c_uint64), ("artifact_offset", c_uint64), ("instance_data", c_void_p)]


CALLBACK = CFUNCTYPE(c_void_p, c_void_p, c_void_p, POINTER(Value), POINTER(Value))
FINALIZER = CFUNCTYPE(None, c_void_p)

# Name: result, parameters.
_FUNCTIONS = {
    "w2n_runtime_version": (c_char_p,),
    "w2n_error_new": (c_void_p, c_char_p),
    "w2n_error_new_exit": (c_void_p, c_uint32),
    "w2n_error_free": (None, c_void_p),
    "w2n_error_kind_of": (c_int, c_void_p),
    "w2n_error_text": (c_char_p, c_void_p),
    "w2n_error_trap_name": (c_char_p, c_void_p),
    "w2n_error_backtrace": (c_char_p, c_void_p),
    "w2n_error_exit_status": (c_uint32, c_void_p),
    "w2n_error_frame_count": (c_size_t, c_void_p),
    "w2n_error_frame": (c_bool, c_void_p, c_size_t, POINTER(FrameStruct)),
    "w2n_cache_open": (c_void_p, c_void_p, POINTER(c_void_p)),
    "w2n_cache_load": (c_void_p, c_void_p, c_char_p, c_size_t, c_void_p, POINTER(c_void_p)),
    "w2n_cache_free": (None, c_void_p),
    "w2n_module_load_file": (c_void_p, c_char_p, c_int, POINTER(c_void_p)),
    "w2n_module_load_bytes": (c_void_p, c_char_p, c_size_t, c_int, POINTER(c_void_p)),
    "w2n_module_free": (None, c_void_p),
    "w2n_module_import": (c_bool, c_void_p, c_size_t, POINTER(Import)),
    "w2n_module_export": (c_bool, c_void_p, c_size_t, POINTER(Export)),
    "w2n_linker_new": (c_void_p,),
    "w2n_linker_free": (None, c_void_p),
    "w2n_linker_define_function": (c_void_p, c_void_p, c_char_p, c_char_p, POINTER(FunctionType), CALLBACK, c_void_p,
                                   c_void_p),
    "w2n_linker_define_instance": (c_void_p, c_void_p, c_char_p, c_void_p),
    "w2n_linker_define_wasi": (c_void_p, c_void_p, c_void_p),
    "w2n_linker_trap_unknown_imports": (None, c_void_p, c_bool),
    "w2n_linker_set_fuel": (None, c_void_p, c_uint64),
    "w2n_linker_instantiate": (c_void_p, c_void_p, c_void_p, POINTER(c_void_p)),
    "w2n_wasi_config_new": (c_void_p,),
    "w2n_wasi_config_free": (None, c_void_p),
    "w2n_wasi_config_add_argument": (None, c_void_p, c_char_p),
    "w2n_wasi_config_add_variable": (c_void_p, c_void_p, c_char_p, c_char_p),
    "w2n_wasi_config_set_streams": (None, c_void_p, c_int, c_int, c_int),
    "w2n_wasi_config_add_directory": (None, c_void_p, c_char_p, c_char_p, c_bool),
    "w2n_instance_free": (None, c_void_p),
    "w2n_instance_fuel": (c_bool, c_void_p, POINTER(c_uint64)),
    "w2n_instance_set_fuel": (c_void_p, c_void_p, c_uint64),
    "w2n_instance_function": (c_void_p, c_void_p, c_char_p),
    "w2n_instance_memory": (c_void_p, c_void_p, c_char_p),
    "w2n_instance_global": (c_void_p, c_void_p, c_char_p),
    "w2n_caller_memory": (c_void_p, c_void_p),
    "w2n_function_type_of": (FunctionType, c_void_p),
    "w2n_function_call": (c_void_p, c_void_p, POINTER(Value), c_size_t, POINTER(Value), c_size_t),
    "w2n_interrupt_new": (c_void_p, c_uint64, POINTER(c_void_p)),
    "w2n_interrupt_free": (None, c_void_p),
    "w2n_interrupt_enter": (None, c_void_p),
    "w2n_interrupt_leave": (None,),
    "w2n_memory_size_bytes": (c_uint64, c_void_p),
    "w2n_memory_at": (c_void_p, c_void_p, c_uint64, c_uint64),
    "w2n_memory_grow": (c_void_p, c_void_p, c_uint64),
    "w2n_global_get": (Value, c_void_p),
    "w2n_global_set": (c_void_p, c_void_p, POINTER(Value)),
}


def _load() -> ctypes.CDLL:
    path = os.environ.get("WASM2NATIVE_RUNTIME") or ctypes.util.find_library("wasm2native-runtime")
    if not path:
        raise ImportError("no libwasm2native-runtime: install it, or set WASM2NATIVE_RUNTIME to its path")
    library = ctypes.CDLL(path)
    for name, (result, *params) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, params
    return library


library = _load()


def version() -> str:
    """"wasm2native 0.1.0"."""
    return library.w2n_runtime_version().decode()
