; A small function is inlined where the lowering has said that it may be.
; RUN: w2n-opt -passes=w2n-inline-calls --verify-each %s | FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; CHECK-LABEL: define i32 @calls(
; CHECK-NOT: call i32 @small(
; CHECK: call i32 @unmarked(
; CHECK: call i32 %pointer(
; CHECK: ret i32
define i32 @calls(i32 %x, ptr %pointer) {
  %a = call i32 @small(i32 %x)
  %b = call i32 @unmarked(i32 %a)
  %c = call i32 %pointer(i32 %b)
  ret i32 %c
}

define i32 @small(i32 %x) inlinehint {
  %y = add i32 %x, 1
  ret i32 %y
}

define i32 @unmarked(i32 %x) {
  %y = add i32 %x, 1
  ret i32 %y
}

; A function is not inlined into itself.
; CHECK-LABEL: define i32 @recursive(
; CHECK: call i32 @recursive(
define i32 @recursive(i32 %x) inlinehint {
  %y = call i32 @recursive(i32 %x)
  ret i32 %y
}

; A body that was there to be inlined alone is gone.
; CHECK-LABEL: define i32 @callsElsewhere(
; CHECK-NEXT: ret i32 %x
; CHECK: declare i32 @elsewhere(
define i32 @callsElsewhere(i32 %x) {
  %y = call i32 @elsewhere(i32 %x)
  ret i32 %y
}

define available_externally i32 @elsewhere(i32 %x) inlinehint {
  ret i32 %x
}
