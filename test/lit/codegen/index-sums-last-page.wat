;; Every address is accessible of a memory that begins with all of its 65536 pages, or that is imported and may do so,
;; also those at which a sum has wrapped around: sums stay as they are.
;; RUN: split-file %s %t
;; RUN: wat2wasm %t/whole.wat -o %t.wasm && wasm2native compile -O2 --stop-after=optimize %t.wasm -o - | FileCheck %s
;; RUN: wat2wasm %t/imported.wat -o %t.wasm && wasm2native compile -O2 --stop-after=optimize %t.wasm -o - | FileCheck %s
;; RUN: wat2wasm %t/limited.wat -o %t.wasm && wasm2native compile -O2 --stop-after=optimize %t.wasm -o - | FileCheck %s --check-prefix=LIMITED
;; CHECK-LABEL: define {{.*}}@fn0(
;; CHECK: add i32 %1, 8
;; LIMITED-NOT: add i32
;; LIMITED: getelementptr inbounds{{.*}} i64 8

;--- whole.wat
(module (memory 65536)
  (func (export "sum") (param $p i32) (result i32)
    (i32.add (i32.load (local.get $p)) (i32.load (i32.add (local.get $p) (i32.const 8))))))
;--- imported.wat
(module (memory (import "host" "memory") 1)
  (func (export "sum") (param $p i32) (result i32)
    (i32.add (i32.load (local.get $p)) (i32.load (i32.add (local.get $p) (i32.const 8))))))
;--- limited.wat
(module (memory (import "host" "memory") 1 65535)
  (func (export "sum") (param $p i32) (result i32)
    (i32.add (i32.load (local.get $p)) (i32.load (i32.add (local.get $p) (i32.const 8))))))
