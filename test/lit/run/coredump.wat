;; --coredump: the frames of a trap, and memory and globals as they were, in a file of the owner's.
;; RUN: rm -f %t.core && wat2wasm --debug-names %s -o %t.wasm && wasm2native -O0 %t.wasm -o %t.so
;; RUN: not wasm2native run --coredump %t.core %t.so 2>&1 | FileCheck --check-prefix=TRAP %s
;; RUN: stat -c %%a %t.core | FileCheck --check-prefix=MODE %s
;; RUN: %python %S/Inputs/decode_coredump.py %t.core | FileCheck %s
;; TRAP: integer divide by zero
;; MODE: 600
;; CHECK: core: {{.*}}coredump.wat.tmp.so
;; CHECK-NEXT: corestack: main
;; CHECK-NEXT: frame: instance 0 function 0 offset 0
;; CHECK-NEXT: frame: instance 0 function 1 offset 0
;; CHECK-NEXT: module: 'shop'
;; CHECK-NEXT: instance: module 0 memories [0] globals [0, 1, 2]
;; CHECK-NEXT: memory: flags 0 pages 3
;; CHECK-NEXT: global: i32 -7
;; CHECK-NEXT: global: i64 12
;; CHECK-NEXT: global: f64 2.5
;; CHECK-NEXT: data: memory 0 opcode 0x41 address 65536 bytes 4096 'price'
;; CHECK-NOT: {{.}}
;;
;; An end that is no trap leaves none.
;; RUN: rm -f %t.core && not wasm2native run --coredump %t.core --invoke none %t.so
;; RUN: not test -e %t.core
;; RUN: not wasm2native run --coredump= %t.so 2>&1 | FileCheck --check-prefix=NAME %s
;; NAME: --coredump is '', must be the name of a file

;; Beyond the greatest size of files nothing is left: neither the dump, nor a part of it, nor the process.
;; RUN: rm -rf %t.d && mkdir %t.d
;; RUN: not %python %S/Inputs/limit_files.py 2048 wasm2native run --coredump %t.d/core %t.so > %t.out 2>&1
;; RUN: FileCheck --check-prefix=LIMIT %s < %t.out && ls -A %t.d | count 0
;; LIMIT: no core dump is written: cannot write '{{.*}}core': File too large
;; LIMIT: integer divide by zero
(module $shop (memory (export "memory") 2)
  (global (mut i32) (i32.const 1)) (global i64 (i64.const 12)) (global f64 (f64.const 2.5))
  (data (i32.const 65536) "price")
  (func $divide (result i32) (i32.div_u (i32.const 1) (i32.const 0)))
  (func (export "_start")
    (global.set 0 (i32.const -7)) (drop (memory.grow (i32.const 1))) (drop (call $divide))))
