;; A profile is written however the program ends: by a trap in a loop, a deadline in an endless one, proc_exit. What
;; the loops have counted until then is in it.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native --profile-generate %t.wasm -o %t.so
;; RUN: rm -f %t.trap %t.exit %t.deadline
;; RUN: not wasm2native run --profile-file %t.trap --invoke=trap %t.so 2>&1 | FileCheck --check-prefix=STATUS %s
;; STATUS: trap: integer divide by zero
;; RUN: llvm-profdata show --function=trap --counts %t.trap | FileCheck --check-prefix=TRAP %s
;; TRAP: Block counts: [{{.*}}100{{.*}}]
;; RUN: env WASM2NATIVE_PROFILE_FILE=%t.exit wasm2native run %t.so
;; RUN: llvm-profdata show --function=_start --counts %t.exit | FileCheck --check-prefix=EXIT %s
;; EXIT: Block counts: [1]
;; RUN: not wasm2native run --timeout 200ms --profile-file %t.deadline --invoke=endless %t.so 2>&1 | FileCheck --check-prefix=TIMEOUT %s
;; TIMEOUT: deadline exceeded
;; RUN: llvm-profdata show --function=endless --counts %t.deadline | FileCheck --check-prefix=ENDLESS %s
;; ENDLESS: Block counts: [{{.*}}{{[0-9][0-9][0-9][0-9]}}
;; RUN: rm -rf %t.folder && mkdir %t.folder && cd %t.folder && wasm2native run %t.so && ls | FileCheck --check-prefix=FOLDER %s
;; FOLDER: {{^}}default.proftext{{$}}
;; FOLDER-NOT: {{.}}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func $_start (export "_start") (call $exit (i32.const 0)))
  (func $endless (export "endless") (local i32)
    (loop $next
      (local.set 0 (i32.add (local.get 0) (i32.const 1)))
      (if (i32.and (local.get 0) (i32.const 3)) (then (i32.store (i32.const 8) (local.get 0))))
      (br $next)))
  (func $trap (export "trap") (local i32)
    (local.set 0 (i32.const 100))
    (loop $next
      (i32.store (i32.const 0) (i32.div_u (i32.const 1000) (local.get 0)))
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br $next))))
