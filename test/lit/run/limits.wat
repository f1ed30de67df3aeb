;; Limits of a program: beyond them memory.grow and table.grow give -1, recursion traps, and a module that would begin
;; beyond them does not start.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: wasm2native run --max-memory=192K --invoke=grow-memory %t.so 1 | FileCheck %s --check-prefix=GROWN
;; RUN: wasm2native run --max-memory=192K --invoke=grow-memory %t.so 2 | FileCheck %s --check-prefix=FULL
;; RUN: wasm2native run --max-table-elements=5 --invoke=grow-table %t.so 3 | FileCheck %s --check-prefix=GROWN
;; RUN: wasm2native run --max-table-elements=5 --invoke=grow-table %t.so 4 | FileCheck %s --check-prefix=FULL
;; RUN: wasm2native run --max-host-memory=16K --invoke=grow-table %t.so 1000 | FileCheck %s --check-prefix=GROWN
;; RUN: wasm2native run --max-host-memory=16K --invoke=grow-table %t.so 2000 | FileCheck %s --check-prefix=FULL
;; GROWN: {{^}}2{{$}}
;; FULL: {{^}}-1{{$}}
;; RUN: not wasm2native run --max-memory=64K --invoke=grow-memory %t.so 0 2>&1 | FileCheck %s --check-prefix=MEMORY
;; MEMORY: error: {{.*}}limits.wat.tmp.so: memory has 2 pages of 65536 bytes, the limit is 65536 bytes
;; RUN: not wasm2native run --max-table-elements=1 --invoke=grow-table %t.so 0 2>&1 | FileCheck %s --check-prefix=TABLE
;; TABLE: error: {{.*}}limits.wat.tmp.so: table has 2 elements, most is 1
;; RUN: not wasm2native run --max-host-memory=16 --invoke=grow-table %t.so 0 2>&1 | FileCheck %s --check-prefix=HOST
;; HOST: error: {{.*}}limits.wat.tmp.so: an instance needs {{[0-9]+}} bytes of the host's memory, of the 16 that the limit allows
;; 100,000 calls need more than a megabyte, and less than the 8 that there are.
;; RUN: wasm2native run --invoke=recurse %t.so 100000 | FileCheck %s --check-prefix=DEEP
;; RUN: wasm2native run --max-stack=1G --invoke=recurse %t.so 5000000 | FileCheck %s --check-prefix=DEEPER
;; DEEP: {{^}}100000{{$}}
;; DEEPER: {{^}}5000000{{$}}
;; RUN: not wasm2native run --max-stack=1M --invoke=recurse %t.so 100000 2>&1 | FileCheck %s --check-prefix=STACK
;; STACK: trap: call stack exhausted
;; RUN: not wasm2native run --max-memory=many %t.so 2>&1 | FileCheck %s --check-prefix=USAGE
;; USAGE: --max-memory is 'many'
(module
  (memory 2)
  (table 2 funcref)
  (func (export "grow-memory") (param i32) (result i32)
    (memory.grow (local.get 0)))
  (func (export "grow-table") (param i32) (result i32)
    (table.grow 0 (ref.null func) (local.get 0)))
  ;; The store after the call keeps it a call.
  (func $recurse (export "recurse") (param i32) (result i32)
    (local $below i32)
    (if (i32.eqz (local.get 0))
      (then (return (i32.const 0))))
    (local.set $below (call $recurse (i32.sub (local.get 0) (i32.const 1))))
    (i32.store (i32.const 8) (local.get $below))
    (i32.add (local.get $below) (i32.const 1))))
