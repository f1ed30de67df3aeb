;; Profiles and traces of the calls between a program and its host.
;; RUN: rm -rf %t && mkdir %t && wat2wasm --debug-names %s -o %t/m.wasm && wasm2native -O0 %t/m.wasm
;; RUN: wasm2native run --profile-host %t/m.so 2>&1 | FileCheck %s --check-prefix=TABLE
;; TABLE: calls {{.*}} bytes function, and its callers
;; TABLE-DAG: {{^ +}}5 {{.*}} 160 wasi_snapshot_preview1.random_get
;; TABLE-DAG: {{^ +}}3 {{.*}} first
;; TABLE-DAG: {{^ +}}2 {{.*}} second
;; RUN: wasm2native run --flame-graph %t/folded %t/m.so && FileCheck %s --check-prefix=FOLDED < %t/folded
;; FOLDED-DAG: {{^}}start;first;wasi_snapshot_preview1.random_get {{[0-9]+$}}
;; FOLDED-DAG: {{^}}start;second;wasi_snapshot_preview1.random_get {{[0-9]+$}}
;; RUN: wasm2native run --flame-graph %t/graph.json %t/m.so && %python %S/Inputs/check_speedscope.py %t/graph.json
;; RUN: wasm2native run --trace=json %t/m.so 2>&1 | FileCheck %s --check-prefix=JSON
;; JSON-COUNT-4: {"call":"wasi_snapshot_preview1.random_get","args":[128,32],"results":[0],"startNs":
;; JSON: "args":[128,32],"results":[0],"startNs":{{[0-9]+}},"ns":{{[0-9]+}},"text":"random_get(buffer=0x80[32]) = 0"}
;; RUN: not wasm2native run --trace=xml %t/m.so 2>&1 | FileCheck %s --check-prefix=FORMAT
;; FORMAT: --trace is 'xml', must be one of

;; All of them at once, of a run that is recorded, too.
;; RUN: wasm2native run --profile-host --flame-graph %t/both --trace=json --record %t/rec %t/m.so 2> %t/all
;; RUN: FileCheck %s --check-prefix=JSON < %t/all && FileCheck %s --check-prefix=TABLE < %t/all
;; RUN: wasm2native replay %t/rec | FileCheck %s --check-prefix=SAME
;; SAME: the same: 5 host calls
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func $first (drop (call $random (i32.const 128) (i32.const 32))))
  (func $second (drop (call $random (i32.const 128) (i32.const 32))))
  (func $start (export "_start")
    (call $first) (call $first) (call $first) (call $second) (call $second)))
