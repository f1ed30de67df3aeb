# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Exceptions and their tracebacks, deep recursion, context managers; the last exception is not caught.
# STATUS: 1
import contextlib
import sys
import traceback


class Problem(Exception):
    def __init__(self, text, code):
        super().__init__(text)
        self.code = code


def level(n):
    if n == 0:
        raise Problem("at the bottom", 42)
    try:
        level(n - 1)
    except Problem as error:
        if n == 2:
            raise RuntimeError(f"level {n}") from error
        raise
    finally:
        print("leaving", n)


try:
    level(4)
except RuntimeError as error:
    traceback.print_exc(file=sys.stdout)
    print(error.__cause__.code, error.__context__ is error.__cause__)

MISTAKES = """
1/0; [][1]; {}['k']; None.x; int('x'); undefined; 'a' + 1; f(; x = = 1; import nothing; assert 0, 'no'; next(iter([]));
(lambda: x)(); open('/none'); [1,2].remove(3); a, b = [1]; ' '.join([1]); del y; raise 5
"""
for code in map(str.strip, MISTAKES.split(";")):
    try:
        exec(code, {})
    except BaseException as error:
        print(f"{code:20} {type(error).__name__}: {error}")


def endless(n):
    return endless(n + 1)


sys.setrecursionlimit(500)
try:
    endless(0)
except RecursionError as error:
    print(error)
sys.setrecursionlimit(1000)


@contextlib.contextmanager
def section(name, swallow=False):
    print("enter", name)
    try:
        yield name.upper()
    except Problem as error:
        print("saw", error)
        if not swallow:
            raise
    finally:
        print("exit", name)


with contextlib.ExitStack() as stack:
    stack.enter_context(section("outer", swallow=True))
    print(stack.enter_context(section("inner")))
    stack.callback(print, "callback")
    raise Problem("through both", 1)
try:
    raise ExceptionGroup("several", [ValueError("a"), TypeError("b"), ExceptionGroup("more", [ValueError("c")])])
except* ValueError as group:
    print([str(error) for error in group.exceptions])
except* TypeError as group:
    print(group.exceptions)
for i in range(3000):
    try:
        level.missing
    except AttributeError:
        continue
    else:
        print("never")
try:
    sys.exit("not yet")
except SystemExit as exit:
    print("exit", exit.code)
print("written to the error stream", file=sys.stderr)
level(3)
