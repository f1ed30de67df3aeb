# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Modules, linkers, instances and what they export. What is got from an instance keeps it alive."""

import ctypes
import os
from collections.abc import Callable, Iterable, Sequence
from ctypes import POINTER, byref, c_uint8, c_uint64, c_void_p
from typing import Any

from . import _library as c
from ._errors import Error, Exit, check
from ._library import library

Number = int | float
_FIELDS = {c.I32: "i32", c.I64: "i64", c.F32: "f32", c.F64: "f64"}
_MASKS = {c.I32: 2**32, c.I64: 2**64}


def _set_value(value: c.Value, kind: int, number: Any) -> None:
    """Integers may be signed or unsigned, as long as they fit."""
    if kind not in _FIELDS:
        raise TypeError(f"values of kind {kind} cannot be passed")
    value.kind = kind
    if kind in _MASKS:
        number = int(number)
        if not -_MASKS[kind] // 2 <= number < _MASKS[kind]:
            raise OverflowError(f"{number} does not fit into {_FIELDS[kind]}")
    setattr(value.of, _FIELDS[kind], number)


def _number(value: c.Value) -> Number:
    if value.kind not in _FIELDS:
        raise TypeError(f"values of kind {value.kind} cannot be passed")
    return getattr(value.of, _FIELDS[value.kind])


def _kinds(kinds: Sequence[int]) -> Any:
    return (c_uint8 * max(len(kinds), 1))(*kinds)


def _type(params: Sequence[int], results: Sequence[int]) -> c.FunctionType:
    return c.FunctionType(ctypes.cast(_kinds(params), POINTER(c_uint8)), len(params),
                          ctypes.cast(_kinds(results), POINTER(c_uint8)), len(results))


class _Owner:
    """Frees a handle with its last user."""
    _free: str

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            getattr(library, self._free)(self._handle)


class _Cache(_Owner):
    _free = "w2n_cache_free"
    shared: "_Cache | None" = None

    @classmethod
    def open(cls) -> "_Cache":
        if cls.shared is None:
            handle = c_void_p()
            check(library.w2n_cache_open(None, byref(handle)))
            cls.shared = cls(handle.value)
        return cls.shared


class Module(_Owner):
    """A compiled module; any number of instances share it."""
    _free = "w2n_module_free"

    @classmethod
    def compile(cls, wasm: bytes) -> "Module":
        """Compiles a module, or finds it in the machine's cache."""
        handle = c_void_p()
        check(library.w2n_cache_load(_Cache.open()._handle, wasm, len(wasm), None, byref(handle)))
        return cls(handle.value)

    @classmethod
    def load(cls, artifact: bytes | str | os.PathLike) -> "Module":
        """Loads what the compiler made: its bytes, or the path of its file. Load only what your compiler made."""
        handle = c_void_p()
        if isinstance(artifact, bytes):
            check(library.w2n_module_load_bytes(artifact, len(artifact), c.VERIFY_EVERYTHING, byref(handle)))
        else:
            check(library.w2n_module_load_file(os.fsencode(artifact), c.VERIFY_EVERYTHING, byref(handle)))
        return cls(handle.value)

    @property
    def imports(self) -> list[tuple[str, str]]:
        """Module and name of each."""
        return [(found.module.decode(), found.name.decode()) for found in self._each("import", c.Import)]

    @property
    def exports(self) -> list[str]:
        return [found.name.decode() for found in self._each("export", c.Export)]

    def _each(self, what: str, kind: type) -> Iterable[Any]:
        index, found = 0, kind()
        while getattr(library, f"w2n_module_{what}")(self._handle, index, byref(found)):
            yield found
            index, found = index + 1, kind()


class Memory:
    """A guest's memory: `memory[address:end]` reads and writes it in place."""

    def __init__(self, handle: int, owner: object) -> None:
        self._handle, self._owner = handle, owner

    def __len__(self) -> int:
        return library.w2n_memory_size_bytes(self._handle)

    def view(self) -> memoryview:
        """All of it as it is now. Memories never move; a view lacks what is grown later."""
        count = len(self)
        array = (c_uint8 * count).from_address(library.w2n_memory_at(self._handle, 0, 0))
        array._owner = self._owner
        return memoryview(array).cast("B")

    def __getitem__(self, where: int | slice) -> Any:
        return self.view()[where]

    def __setitem__(self, where: int | slice, value: Any) -> None:
        self.view()[where] = value

    def grow(self, pages: int) -> None:
        check(library.w2n_memory_grow(self._handle, pages))


class Global:
    """A guest's global of a number."""

    def __init__(self, handle: int, owner: object) -> None:
        self._handle, self._owner = handle, owner

    @property
    def value(self) -> Number:
        return _number(library.w2n_global_get(self._handle))

    @value.setter
    def value(self, number: Number) -> None:
        value = c.Value()
        _set_value(value, library.w2n_global_get(self._handle).kind, number)
        check(library.w2n_global_set(self._handle, byref(value)))


class Function:
    """An exported function: called with numbers, returns None, a number, or a tuple of them."""

    def __init__(self, handle: int, owner: "Instance") -> None:
        self._handle, self._owner = handle, owner
        kind = library.w2n_function_type_of(handle)
        self.params = list(kind.params[:kind.param_count])
        self.results = list(kind.results[:kind.result_count])

    def __call__(self, *args: Number) -> Any:
        if len(args) != len(self.params):
            raise TypeError(f"the function takes {len(self.params)} arguments, not {len(args)}")
        values = (c.Value * max(len(args), 1))()
        for value, kind, number in zip(values, self.params, args):
            _set_value(value, kind, number)
        results = (c.Value * max(len(self.results), 1))()
        error = library.w2n_function_call(self._handle, values, len(args), results, len(self.results))
        raised = self._owner._take_raised()
        if raised:
            if error:
                library.w2n_error_free(error)
            raise raised
        check(error)
        numbers = tuple(_number(value) for value in results[:len(self.results)])
        return numbers if len(numbers) > 1 else numbers[0] if numbers else None


class Caller:
    """The guest that calls a host function."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @property
    def memory(self) -> Memory:
        handle = library.w2n_caller_memory(self._handle)
        if not handle:
            raise Error("the guest has no memory")
        return Memory(handle, self)


class Instance(_Owner):
    """An instance of a module."""
    _free = "w2n_instance_free"

    def __init__(self, handle: int, linker: "Linker") -> None:
        super().__init__(handle)
        self._linker = linker

    def function(self, name: str) -> Function:
        return Function(self._find("function", name), self)

    def memory(self, name: str = "memory") -> Memory:
        return Memory(self._find("memory", name), self)

    def global_(self, name: str) -> Global:
        return Global(self._find("global", name), self)

    @property
    def fuel(self) -> int | None:
        """The fuel that is left; None if the module does not count. Can be set."""
        left = c_uint64()
        return left.value if library.w2n_instance_fuel(self._handle, byref(left)) else None

    @fuel.setter
    def fuel(self, fuel: int) -> None:
        check(library.w2n_instance_set_fuel(self._handle, fuel))

    def _find(self, what: str, name: str) -> int:
        handle = getattr(library, f"w2n_instance_{what}")(self._handle, name.encode())
        if not handle:
            raise KeyError(f"the instance exports no {what} {name}")
        return handle

    def _take_raised(self) -> BaseException | None:
        return self._linker._take_raised()


class Linker(_Owner):
    """The imports that guests may have; one linker makes any number of instances."""
    _free = "w2n_linker_free"

    def __init__(self) -> None:
        super().__init__(library.w2n_linker_new())
        self._callbacks: list[Any] = []
        self._raised: BaseException | None = None

    def define(self, module: str, name: str, params: Sequence[int], results: Sequence[int],
               function: Callable[..., Any]) -> None:
        """Defines a function of the host, which gets the Caller and the arguments. What it raises ends the guest, and
        comes out of the call that entered it."""
        kinds = list(results)

        @c.CALLBACK
        def callback(caller: int, _user: int, args: Any, out: Any) -> int | None:
            try:
                numbers = [_number(args[index]) for index in range(len(params))]
                result = function(Caller(caller), *numbers)
                values = (result,) if len(kinds) == 1 else result if kinds else ()
                for index, (kind, number) in enumerate(zip(kinds, values, strict=True)):
                    _set_value(out[index], kind, number)
            except Exit as exited:
                return library.w2n_error_new_exit(exited.status)
            except BaseException as raised:
                self._raised = raised
                return library.w2n_error_new(str(raised).encode())
            return None

        check(library.w2n_linker_define_function(self._handle, module.encode(), name.encode(),
                                                 byref(_type(params, results)), callback, None, None))
        self._callbacks.append(callback)

    def define_instance(self, module: str, instance: Instance) -> None:
        """Makes the exports of `instance` imports."""
        check(library.w2n_linker_define_instance(self._handle, module.encode(), instance._handle))
        self._callbacks.append(instance)

    def define_wasi(self, args: Sequence[str] = (), env: dict[str, str] | None = None,
                    directories: dict[str, str] | None = None, inherit_streams: bool = False) -> None:
        """WASI: nothing but what is given. `directories` has the guest's names of the host's."""
        config = library.w2n_wasi_config_new()
        try:
            for argument in args:
                library.w2n_wasi_config_add_argument(config, argument.encode())
            for name, value in (env or {}).items():
                check(library.w2n_wasi_config_add_variable(config, name.encode(), value.encode()))
            for guest, host in (directories or {}).items():
                library.w2n_wasi_config_add_directory(config, os.fsencode(host), guest.encode(), False)
            if inherit_streams:
                library.w2n_wasi_config_set_streams(config, 0, 1, 2)
            check(library.w2n_linker_define_wasi(self._handle, config))
        finally:
            library.w2n_wasi_config_free(config)

    def trap_unknown_imports(self) -> None:
        library.w2n_linker_trap_unknown_imports(self._handle, True)

    def instantiate(self, module: Module) -> Instance:
        """Links, makes an instance, and runs its start function."""
        handle = c_void_p()
        error = library.w2n_linker_instantiate(self._handle, module._handle, byref(handle))
        raised = self._take_raised()
        if raised:
            if error:
                library.w2n_error_free(error)
            raise raised
        check(error)
        return Instance(handle.value, self)

    def _take_raised(self) -> BaseException | None:
        raised, self._raised = self._raised, None
        return raised
