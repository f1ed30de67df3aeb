// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// -g: locations and variables of C. What lies in the frame in memory is found through the context and the local that
// holds the frame's address; without optimization, through a stack slot.
// RUN: %clang-wasi -g -O0 -nostdlib -Wl,--no-entry -Wl,--export=sum %s -o %t.wasm
// RUN: wasm2native -g -O2 --stop-after=lower %t.wasm -o %t.ll && FileCheck --input-file %t.ll %s
// RUN: wasm2native -g -O0 --stop-after=lower %t.wasm -o %t.ll && FileCheck --check-prefix=SLOT --input-file %t.ll %s
// RUN: wasm2native -O2 --stop-after=lower %t.wasm -o %t.ll && FileCheck --check-prefix=NONE --input-file %t.ll %s
// CHECK: #dbg_value(!DIArgList(ptr %0, i32 %{{[0-9a-z]+}}), ![[COUNT:[0-9]+]],
// CHECK-SAME: !DIExpression(DW_OP_LLVM_arg, 0, DW_OP_plus_uconst, {{[0-9]+}}, DW_OP_deref, DW_OP_LLVM_arg, 1,
// CHECK-SAME: DW_OP_constu, 4294967295, DW_OP_and, DW_OP_plus, DW_OP_plus_uconst, 12, DW_OP_deref)
// CHECK: ![[SUM:[0-9]+]] = distinct !DISubprogram(name: "sum",
// CHECK: ![[COUNT]] = !DILocalVariable(name: "count", arg: 1, scope: ![[SUM]],
// SLOT: #dbg_declare(ptr %{{[0-9a-z]+}}, ![[COUNT:[0-9]+]], !DIExpression(DW_OP_deref, DW_OP_plus_uconst, 12)
// SLOT: ![[COUNT]] = !DILocalVariable(name: "count", arg: 1,
// NONE-NOT: DISubprogram(name: "sum"
// NONE-NOT: DILocalVariable
int sum(int count) {
  int total = 0;
  for (int i = 0; i < count; ++i)
    total += i;
  return total;
}
