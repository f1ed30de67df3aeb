;; The table of phases has a row for each, in order; -v adds LLVM's passes. Without the option nothing is said.
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native -j1 --time-report %t.wasm -o %t.so 2>&1 | FileCheck %s
;; RUN: wasm2native -j1 -v --time-report %t.wasm -o %t.so 2>&1 | FileCheck --check-prefix=PASSES %s
;; RUN: wasm2native --time-report --stop-after=validate %t.wasm 2>&1 | FileCheck --check-prefix=VALIDATE %s
;; RUN: wasm2native %t.wasm -o %t.so 2>&1 | count 0
;; CHECK: phase         wall s     cpu s     cpu
;; CHECK-NEXT: {{^decode +[0-9]+\.[0-9]{3} +[0-9]+\.[0-9]{3} +[0-9]+\.[0-9]%$}}
;; CHECK-NEXT: {{^validate }}
;; CHECK-NEXT: {{^plan }}
;; CHECK-NEXT: {{^lower }}
;; CHECK-NEXT: {{^optimize }}
;; CHECK-NEXT: {{^generate }}
;; CHECK-NEXT: {{^link }}
;; CHECK-NEXT: {{^all +[0-9]+\.[0-9]{3} +[0-9]+\.[0-9]{3}$}}
;; CHECK-NEXT: {{^thread 1 }}
;; CHECK-NEXT: slowest partitions
;; CHECK: add{{.*}} bytes
;; CHECK-NOT: passes
;; CHECK: peak memory {{[0-9]+}} MB
;; CHECK-NEXT: {{^write }}
;; PASSES: slowest passes of optimize
;; PASSES: InstCombinePass
;; VALIDATE: {{^all }}
(module (func $add (export "add") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))
