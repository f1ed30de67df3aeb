;; The start function is initialization enough. Memory that was grown and not written to takes no room.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile --preinit --emit=wasm %t.wasm -o %t.baked.wasm
;; RUN: wasm2native run --invoke state %t.baked.wasm | FileCheck %s
;; RUN: wasm-objdump -x %t.baked.wasm | FileCheck --check-prefix=MODULE %s
;; CHECK: 2001
;; MODULE-NOT: Start
;; MODULE: memory[0] pages: initial=2001
;; MODULE: segment[0] {{.*}}size=4
;; MODULE-NOT: segment[1]
(module
  (memory 1)
  (func $start
    (drop (memory.grow (i32.const 2000)))
    (i32.store (i32.const 130000000) (i32.const 0x01020304)))
  (start $start)
  (func (export "state") (result i32) (memory.size)))
