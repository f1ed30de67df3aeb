;; --emit and --stop-after choose what is written, and its extension.
;; RUN: rm -rf %t && mkdir %t && wat2wasm %s -o %t/m.wasm
;; RUN: wasm2native compile --emit=obj %t/m.wasm && llvm-readelf -h %t/m.o | FileCheck --check-prefix=OBJ %s
;; RUN: wasm2native compile --emit=asm %t/m.wasm -o - | FileCheck --check-prefix=ASM %s
;; RUN: wasm2native compile --emit=llvm-ir %t/m.wasm && FileCheck --check-prefix=IR %s < %t/m.ll
;; RUN: wasm2native compile --stop-after=lower %t/m.wasm -o - | FileCheck --check-prefix=IR %s
;; RUN: wasm2native compile --stop-after=object %t/m.wasm -o %t/object && llvm-readelf -h %t/object | FileCheck --check-prefix=OBJ %s
;; RUN: wasm2native compile %t/m.wasm -o %t/m.so && llvm-readelf -h %t/m.so | FileCheck --check-prefix=SO %s
;; OBJ: Type: REL
;; ASM: .text
;; IR: define {{.*}}i32
;; SO: Type: DYN
(module (func (export "answer") (result i32) (i32.const 42)))
