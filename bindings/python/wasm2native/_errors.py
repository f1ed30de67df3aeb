# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Errors of the C API as exceptions."""

import ctypes
from dataclasses import dataclass

from ._library import ERROR_EXIT, ERROR_INTERRUPTED, ERROR_LINK, ERROR_TRAP, FrameStruct, library


@dataclass(frozen=True)
class Frame:
    """A function of a guest that was active."""
    index: int
    name: str | None
    function_offset: int
    artifact_offset: int
    is_inlined: bool


class Error(Exception):
    """The base of all errors of this package."""


class LinkError(Error):
    """An import is missing or has another type."""


class Trap(Error):
    """The guest did something undefined, or a host function failed; `frames` has the innermost first."""

    def __init__(self, text: str, name: str = "host function failed", frames: tuple[Frame, ...] = ()) -> None:
        super().__init__(text)
        self.name = name
        self.frames = frames


class Interrupted(Trap):
    """The guest was stopped by its deadline."""


class Exit(Error):
    """The guest ended the program; no failure if `status` is 0."""

    def __init__(self, status: int) -> None:
        super().__init__(f"exit with status {status}")
        self.status = status


def _frame(error: int, index: int) -> Frame:
    found = FrameStruct(size=ctypes.sizeof(FrameStruct))
    library.w2n_error_frame(error, index, ctypes.byref(found))
    name = found.function_name.decode(errors="replace") if found.function_name else None
    return Frame(found.function_index, name, found.function_offset, found.artifact_offset, found.is_inlined)


def _exception(error: int) -> Error:
    kind = library.w2n_error_kind_of(error)
    text = library.w2n_error_text(error).decode(errors="replace")
    if kind == ERROR_EXIT:
        return Exit(library.w2n_error_exit_status(error))
    if kind in (ERROR_TRAP, ERROR_INTERRUPTED):
        name = (library.w2n_error_trap_name(error) or b"interrupted").decode()
        frames = tuple(_frame(error, index) for index in range(library.w2n_error_frame_count(error)))
        return (Trap if kind == ERROR_TRAP else Interrupted)(text, name, frames)
    return (LinkError if kind == ERROR_LINK else Error)(text)


def check(error: int | None) -> None:
    """Raises what `error`, which it frees, says; nothing if it is null."""
    if not error:
        return
    try:
        exception = _exception(error)
    finally:
        library.w2n_error_free(error)
    raise exception
