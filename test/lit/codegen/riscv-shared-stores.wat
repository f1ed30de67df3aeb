;; On RISC-V an access that is not aligned may be one to each of its bytes. So stores to neighbors become one, which may be aligned less,
;; only where no other thread can see half of them; and loops become vectors only where vectors of whole elements may be unaligned.
;; RUN: sed 's/(memory 1)/(memory 1 1 shared)/' %s > %t.shared.wat
;; RUN: wat2wasm --enable-threads --debug-names %t.shared.wat -o %t.shared.wasm
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native --target=riscv64 -O3 --mattr=+v --emit=asm %t.wasm -o - | FileCheck --check-prefixes=OWN %s
;; RUN: wasm2native --target=riscv64 -O3 --mattr=+v --emit=asm %t.shared.wasm -o - | FileCheck --check-prefixes=SHARED %s
;; RUN: wasm2native --target=riscv64 -O3 --mcpu=rva23 --emit=asm %t.shared.wasm -o - | FileCheck --check-prefixes=RVA23 %s
(module
  (memory 1)
  ;; OWN-LABEL: {{^}}fn0.pair:
  ;; OWN: sd
  ;; OWN: ret
  ;; SHARED-LABEL: {{^}}fn0.pair:
  ;; SHARED: sw
  ;; SHARED: sw
  ;; SHARED: ret
  (func $pair (export "pair") (param i32)
    (i32.store (local.get 0) (i32.const 7))
    (i32.store offset=4 (local.get 0) (i32.const 7)))
  ;; SHARED-LABEL: {{^}}fn1.sum:
  ;; SHARED-NOT: vle
  ;; SHARED: {{[^a-z]}}lw
  ;; RVA23-LABEL: {{^}}fn1.sum:
  ;; RVA23: vle32.v
  (func $sum (export "sum") (param $at i32) (param $count i32) (result i32)
    (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (local.get $sum)))
