# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Segments of one byte each, far apart; the last one overwrites the first.
count, distance = 8000, 40960
print(f"(module (memory {count * distance // 65536 + 1})")
for i in range(count):
    print(f'(data (i32.const {i * distance}) "\\{i % 250 + 1:02x}")')
print('(data (i32.const 0) "\\ff")')
print('(func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0))))')
