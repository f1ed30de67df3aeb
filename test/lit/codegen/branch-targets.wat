;; Functions, landing pads and cases of jump tables say that indirect branches may lead there, and so does a note of the
;; artifact, which needs all of its parts to do so, builtins as well.
;; RUN: wat2wasm --enable-all %s -o %t.wasm
;; RUN: wasm2native --emit=asm %t.wasm -o - | FileCheck --check-prefix=X86 %s
;; RUN: wasm2native --target=aarch64 --emit=asm %t.wasm -o - | FileCheck --check-prefix=AARCH64 %s
;; RUN: wasm2native --target=x86_64 %t.wasm -o %t.so
;; RUN: llvm-readelf --notes %t.so | FileCheck --check-prefix=X86-NOTE %s
;; RUN: wasm2native --target=aarch64 %t.wasm -o %t.so
;; RUN: llvm-readelf --notes %t.so | FileCheck --check-prefix=AARCH64-NOTE %s

;; X86-NOTE: x86 feature: IBT
;; AARCH64-NOTE: aarch64 feature: BTI

(module
  (memory 1)
  (tag $tag (param i32))

  ;; X86-LABEL: fn0:
  ;; X86: endbr64
  ;; AARCH64-LABEL: fn0:
  ;; AARCH64: hint #34
  (func $throw (param i32) (throw $tag (local.get 0)))

  ;; X86-LABEL: fn1:
  ;; X86: endbr64
  ;; X86: callq
  ;; X86: endbr64
  ;; AARCH64-LABEL: fn1:
  ;; AARCH64: hint #34
  ;; AARCH64: blr
  ;; AARCH64: hint #36
  (func (export "catch") (param i32) (result i32)
    (try (result i32)
      (do (call $throw (local.get 0)) (i32.const 1))
      (catch $tag (i32.add (i32.const 100)))))

  ;; The table is not writable, so x86-64 need not look.
  ;; X86-LABEL: fn2:
  ;; X86: notrack jmpq
  (func $switch (export "switch") (param i32) (result i32)
    (block $d (block $e (block $c (block $b (block $a
      (br_table $a $b $c $e $d (local.get 0)))
      (return (i32.mul (call $switch (i32.const 9)) (i32.const 17))))
      (return (call $switch (i32.const 2))))
      (return (i32.load (local.get 0))))
      (return (i32.const 12345)))
    (i32.const 4))

  (func (export "fill") (param i32) (memory.fill (local.get 0) (i32.const 1) (local.get 0))))
