# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# A function of many loops, each of which begins with what the one before it ended with.
print('(module (func (export "f") (param i32) (result i32)')
for i in range(400):
    print(f"(loop (br_if 0 (i32.lt_s (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const {7 * i % 50}))))")
print("local.get 0))")
