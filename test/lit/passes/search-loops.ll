; A search steps over vectors in which there is nothing to be found.
; RUN: w2n-opt -passes=loop-simplify,lcssa,w2n-search-loops --verify-each %s | FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; CHECK-LABEL: define i64 @byte(
; CHECK: search.vector:
; CHECK: load <16 x i8>
; CHECK: icmp ne <16 x i8> {{.*}}, splat (i8 7)
define i64 @byte(ptr %p, ptr %q, i8 %x) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %at = getelementptr inbounds i8, ptr %p, i64 %i
  %value = load i8, ptr %at, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i8 %value)]
  %next = add nuw nsw i64 %i, 1
  %more = icmp ne i8 %value, 7
  br i1 %more, label %loop, label %done
done:
  ret i64 %i
}

; A value that is not known before is as good.
; CHECK-LABEL: define i64 @variable(
; CHECK: load <16 x i8>
define i64 @variable(ptr %p, ptr %q, i8 %x) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %at = getelementptr inbounds i8, ptr %p, i64 %i
  %value = load i8, ptr %at, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i8 %value)]
  %next = add nuw nsw i64 %i, 1
  %more = icmp ne i8 %value, %x
  br i1 %more, label %loop, label %done
done:
  ret i64 %i
}

; A loop with an effect is none.
; CHECK-LABEL: define i64 @stores(
; CHECK-NOT: search.
define i64 @stores(ptr %p, ptr %q, i8 %x) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %at = getelementptr inbounds i8, ptr %p, i64 %i
  %value = load i8, ptr %at, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i8 %value)]
  store i8 0, ptr %q, align 1, !tbaa !13
  %next = add nuw nsw i64 %i, 1
  %more = icmp ne i8 %value, 7
  br i1 %more, label %loop, label %done
done:
  ret i64 %i
}

; Volatile loads are not repeated.
; CHECK-LABEL: define i64 @volatile(
; CHECK-NOT: search.
define i64 @volatile(ptr %p, ptr %q, i8 %x) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %at = getelementptr inbounds i8, ptr %p, i64 %i
  %value = load volatile i8, ptr %at, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i8 %value)]
  %next = add nuw nsw i64 %i, 1
  %more = icmp ne i8 %value, 7
  br i1 %more, label %loop, label %done
done:
  ret i64 %i
}

; Elements that are apart share no vector.
; CHECK-LABEL: define i64 @apart(
; CHECK-NOT: search.
define i64 @apart(ptr %p, ptr %q, i8 %x) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %at = getelementptr inbounds i8, ptr %p, i64 %i
  %value = load i8, ptr %at, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i8 %value)]
  %next = add nuw nsw i64 %i, 3
  %more = icmp ne i8 %value, 7
  br i1 %more, label %loop, label %done
done:
  ret i64 %i
}

; Nor does a loop end at what it loads that compares something else.
; CHECK-LABEL: define i64 @otherExit(
; CHECK-NOT: search.
define i64 @otherExit(ptr %p, ptr %q, i8 %x) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %at = getelementptr inbounds i8, ptr %p, i64 %i
  %value = load i8, ptr %at, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i8 %value)]
  %next = add nuw nsw i64 %i, 1
  %more = icmp ne i64 %next, 1000
  br i1 %more, label %loop, label %done
done:
  ret i64 %i
}

!0 = !{!"wasm2native"}
!4 = !{!"memory", !0, i64 0}
!13 = !{!4, !4, i64 0} ; in guest memory
