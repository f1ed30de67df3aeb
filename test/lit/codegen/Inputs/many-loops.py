# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception


def function(name, loops):
    """Each loop counts on to the next multiple of 5."""
    count = "(local.set 0 (i32.add (local.get 0) (i32.const 1)))"
    body = "".join(f"(loop $l {count} (br_if $l (i32.lt_s (local.get 0) (i32.const {5 * (index + 1)}))))"
                   for index in range(loops))
    return f'(func ${name} (export "{name}") (param i32) (result i32) {body} (local.get 0))'


print(f"(module {function('few', 8)} {function('many', 520)})")
