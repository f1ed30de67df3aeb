;; --fuel wants a module that counts; a module that is compiled for the run does.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native %t.wasm -o %t.so && wasm2native --meter=fuel %t.wasm -o %t.metered.so
;; RUN: not wasm2native run --fuel 10 --invoke=add %t.so 1 2>&1 | FileCheck --check-prefix=PLAIN %s
;; PLAIN: error: {{.*}}.so: the module has no count of fuel: it was compiled without --meter=fuel
;; RUN: wasm2native run -v --fuel 10 --invoke=add %t.metered.so 1 2>&1 | FileCheck %s
;; RUN: wasm2native run --fuel 10 --invoke=add %t.wasm 1 2>&1 | FileCheck --check-prefix=RESULT %s
;; CHECK: fuel left: 7
;; RESULT: {{^}}2{{$}}
;; RUN: not wasm2native run --fuel 2 --invoke=add %t.metered.so 1 2>&1 | FileCheck --check-prefix=EMPTY %s
;; EMPTY: trap: all fuel consumed
;; RUN: not wasm2native run --fuel=lots --invoke=add %t.so 1 2>&1 | FileCheck --check-prefix=NUMBER %s
;; NUMBER: error: --fuel is 'lots', must be a number
;; RUN: not wasm2native --meter=time %t.wasm 2>&1 | FileCheck --check-prefix=METER %s
;; METER: error: --meter is 'time', must be one of fuel
(module (func (export "add") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))
