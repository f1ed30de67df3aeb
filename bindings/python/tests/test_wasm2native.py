# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""python3 -m unittest; WASM2NATIVE_TEST_GUEST is guest.wat of test/programs/embedding/cpp, compiled or not."""

import os
import pathlib
import unittest

from wasm2native import F32, F64, I32, I64, Error, Exit, Linker, LinkError, Module, Trap, version

GUEST = pathlib.Path(os.environ["WASM2NATIVE_TEST_GUEST"])


class Guest(unittest.TestCase):
    def setUp(self) -> None:
        wasm = GUEST.read_bytes()
        self.module = Module.compile(wasm) if wasm.startswith(b"\0asm") else Module.load(wasm)
        self.noted: list[bytes] = []
        self.linker = Linker()
        self.linker.define("host", "scale", [F64, I64], [F64], lambda caller, number, by: number * by)
        self.linker.define("host", "note", [I32, I32], [], self.note)
        self.linker.define("host", "pair", [I32], [I32, F32], lambda caller, number: (number + 1, number / 2))
        self.instance = self.linker.instantiate(self.module)

    def note(self, caller, address: int, count: int) -> None:
        if address + count > len(caller.memory):
            raise ValueError("the text lies outside")
        self.noted.append(bytes(caller.memory[address:address + count]))

    def test_calls(self) -> None:
        self.assertEqual(self.instance.function("add")(40, 2), 42)
        self.assertEqual(self.instance.function("add")(2**32 - 1, 0), -1)
        self.assertIsNone(self.instance.function("nothing")())
        self.assertEqual(self.instance.function("scale")(0.5, -6), -3)
        self.assertEqual(self.instance.function("pair")(7), (8, 3.5))
        with self.assertRaises(OverflowError):
            self.instance.function("add")(2**32, 0)
        with self.assertRaises(TypeError):
            self.instance.function("add")(1)
        with self.assertRaises(KeyError):
            self.instance.function("missing")

    def test_memory(self) -> None:
        memory = self.instance.memory()
        self.assertEqual((len(memory), bytes(memory[16:21])), (65536, b"hello"))
        memory[16:21] = b"world"
        self.instance.function("greet")()
        self.assertEqual(self.noted, [b"world"])
        memory.grow(1)
        self.assertEqual(len(memory), 131072)
        count = self.instance.global_("count")
        count.value += 1
        self.assertEqual(count.value, 6)

    def test_errors(self) -> None:
        with self.assertRaises(Trap) as caught:
            self.instance.function("divide")(1, 0)
        self.assertEqual(caught.exception.name, "integer divide by zero")
        self.assertEqual([frame.index for frame in caught.exception.frames], [9])
        with self.assertRaisesRegex(ValueError, "the text lies outside"):
            self.instance.function("stray")()
        with self.assertRaises(LinkError):
            Linker().instantiate(self.module)
        with self.assertRaises(Error):
            Module.load(b"no artifact")

    def test_exit(self) -> None:
        linker = Linker()
        linker.trap_unknown_imports()

        def leave(caller, address: int, count: int) -> None:
            raise Exit(7)
        linker.define("host", "note", [I32, I32], [], leave)
        with self.assertRaises(Exit) as caught:
            linker.instantiate(self.module).function("greet")()
        self.assertEqual(caught.exception.status, 7)

    def test_lifetimes(self) -> None:
        add = self.linker.instantiate(self.module).function("add")
        view = self.linker.instantiate(self.module).memory().view()
        self.assertEqual(add(1, 2), 3)
        self.assertEqual(view[16], ord("h"))

    def test_module(self) -> None:
        self.assertIn(("host", "pair"), self.module.imports)
        self.assertIn("memory", self.module.exports)
        self.assertTrue(version().startswith("wasm2native "))


if __name__ == "__main__":
    unittest.main()
