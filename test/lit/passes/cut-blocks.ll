; A block of very many calls is cut behind every 128th. Calls whose result is returned at once are no reason to.
; RUN: w2n-opt -passes=w2n-cut-blocks --verify-each %s | FileCheck %s
; RUN: python3 %S/Inputs/limits.py cut_calls > %t.ll
; RUN: w2n-opt -passes=w2n-cut-blocks --verify-each %t.ll | FileCheck --check-prefix=MANY %s
; RUN: python3 %S/Inputs/limits.py cut_tail_calls > %t.ll
; RUN: w2n-opt -passes=w2n-cut-blocks --verify-each %t.ll | FileCheck --check-prefix=TAIL %s

; CHECK-LABEL: define i32 @few(
; CHECK-NOT: br
; CHECK: ret
define i32 @few(ptr %pointer) {
  %a = call i32 %pointer(i32 1)
  %b = call i32 %pointer(i32 %a)
  ret i32 %b
}

; MANY-LABEL: define void @large(
; MANY-COUNT-128: {{^}}  call void @outside()
; MANY-NEXT: br label
; MANY-COUNT-128: {{^}}  call void @outside()
; MANY-NEXT: br label
; MANY-COUNT-44: {{^}}  call void @outside()
; MANY-NEXT: ret void

; TAIL-LABEL: define void @large(
; TAIL-NOT: br label
; TAIL: ret void
