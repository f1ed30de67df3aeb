// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// An artifact with code for several CPUs runs the last that the machine can run, or the one that is asked for. Which one
// runs shows in whether a relaxed multiplication and addition rounds once: with FMA, which x86-64-v3 has.
// REQUIRES: x86_64
// RUN: %clang-wasi -mrelaxed-simd -nostdlib -Wl,--no-entry %s -o %t.wasm
// RUN: wasm2native --mcpu=x86-64-v3,x86-64-v2 %t.wasm -o %t.so
// RUN: wasm2native run --invoke=fused %t.so 0x39800000 | FileCheck --check-prefix=TWICE %s
// RUN: wasm2native run --cpu-level=x86-64-v2 --invoke=fused %t.so 0x39800000 | FileCheck --check-prefix=TWICE %s
// A CPU that no machine of today has all of is passed over.
// RUN: wasm2native --mcpu=x86-64-v2,bdver4 %t.wasm -o %t.old.so
// RUN: wasm2native run --invoke=fused %t.old.so 0x39800000 | FileCheck --check-prefix=TWICE %s
// RUN: wasm2native inspect %t.old.so | FileCheck --check-prefix=INSPECT %s
// RUN: not wasm2native run --cpu-level=bdver4 --invoke=fused %t.old.so 0x39800000 2>&1 | FileCheck --check-prefix=LACKS %s
// RUN: not wasm2native run --cpu-level=bdver5 --invoke=fused %t.old.so 0x39800000 2>&1 | FileCheck --check-prefix=UNKNOWN %s
// TWICE: {{^0$}}
// INSPECT: processors: 2
// INSPECT-NEXT: x86-64-v2 {{.*}}sse4.2,ssse3 codeBytes={{[1-9][0-9]*}} taken here
// INSPECT-NEXT: bdver4 {{.*}}xop codeBytes={{[1-9][0-9]*}} does not run here
// LACKS: error: {{.*}}: module needs the processor feature "{{.*}}", which this machine does not have
// UNKNOWN: error: {{.*}}: module has no code for the CPU 'bdver5', only for x86-64-v2, bdver4
#include <wasm_simd128.h>

__attribute__((export_name("fused"))) int fused(int bits) {
  v128_t one = wasm_f32x4_splat(1), a = wasm_f32x4_add(one, wasm_i32x4_splat(bits));
  v128_t c = wasm_f32x4_neg(wasm_f32x4_mul(a, a));
  return !wasm_f32x4_extract_lane(wasm_f32x4_eq(wasm_f32x4_relaxed_madd(a, a, c), wasm_f32x4_splat(0)), 0);
}
