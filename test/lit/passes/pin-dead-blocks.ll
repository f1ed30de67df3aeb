; A guest load becomes volatile if nothing but assumptions uses it, also by way of other instructions.
; RUN: w2n-opt -passes=w2n-pin-dead-blocks --verify-each %s | FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; CHECK-LABEL: define void @unused(
; CHECK: load volatile i32
define void @unused(ptr %address) {
  %value = load i32, ptr %address, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i32 %value)]
  ret void
}

; Both loads: the second one's address is all that the first is for.
; CHECK-LABEL: define void @transitive(
; CHECK: load volatile i32
; CHECK: load volatile i32
define void @transitive(ptr %base, ptr %address) {
  %index = load i32, ptr %address, !tbaa !13
  %sum = add i32 %index, 8
  %wide = zext i32 %sum to i64
  %next = getelementptr i8, ptr %base, i64 %wide
  %value = load i32, ptr %next, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i32 %value)]
  ret void
}

; CHECK-LABEL: define i32 @used(
; CHECK: = load i32
define i32 @used(ptr %address) {
  %value = load i32, ptr %address, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i32 %value)]
  ret i32 %value
}

; A condition that decides whether something is stored has an effect.
; CHECK-LABEL: define void @decides(
; CHECK: = load i32
define void @decides(ptr %address) {
  %value = load i32, ptr %address, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i32 %value)]
  %is = icmp eq i32 %value, 7
  br i1 %is, label %then, label %done
then:
  store i32 0, ptr %address, !tbaa !13
  br label %done
done:
  ret void
}

; The context is the compiler's own: reading it cannot trap.
; CHECK-LABEL: define void @context(
; CHECK: = load i32
define void @context(ptr %address) {
  %value = load i32, ptr %address, !tbaa !12
  call void @llvm.assume(i1 true) ["noundef"(i32 %value)]
  ret void
}

!0 = !{!"wasm2native"}
!1 = !{!"context", !0, i64 0}
!4 = !{!"memory", !0, i64 0}
!12 = !{!1, !1, i64 0} ; in the context
!13 = !{!4, !4, i64 0} ; in guest memory
