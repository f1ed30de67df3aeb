;; Branch hints become branch weights of br_if and if; a branch without a hint has none.
;; RUN: wat2wasm --enable-annotations --enable-code-metadata %s -o %t.wasm
;; RUN: wasm2native -O1 --stop-after=lower %t.wasm -o - | FileCheck %s
;; CHECK: br i1 %{{.*}}, label %block.end, label %next, !prof ![[UNLIKELY:[0-9]+]]
;; CHECK: br i1 %{{.*}}, label %then, label %else, !prof ![[LIKELY:[0-9]+]]
;; CHECK: br i1 %{{.*}}, label %return, label %next{{[0-9]*$}}
;; CHECK-DAG: ![[UNLIKELY]] = !{!"branch_weights", i32 1, i32 2000}
;; CHECK-DAG: ![[LIKELY]] = !{!"branch_weights", i32 2000, i32 1}
(module
  (func (param i32) (result i32)
    block
      local.get 0
      (@metadata.code.branch_hint "\00") br_if 0
      i32.const 7
      return
    end
    local.get 0
    (@metadata.code.branch_hint "\01") if
      i32.const 3
      return
    end
    i32.const 5
    local.get 0
    br_if 0))
