;; Without a try nothing unwinds as LLVM means it, also where something is thrown.
;; RUN: wat2wasm --enable-exceptions --debug-names %s -o %t.wasm && wasm2native compile --stop-after=lower %t.wasm -o - | FileCheck %s
;; CHECK: define {{.*}}@fn0.callee({{.*}}) [[NOUNWIND:#[0-9]+]]
;; CHECK-NOT: personality
;; CHECK: attributes [[NOUNWIND]] = { {{.*}}nounwind
(module (tag $t) (func $callee (throw $t)) (func $caller (call $callee)))
