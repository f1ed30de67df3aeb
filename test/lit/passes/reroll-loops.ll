; A body that the producer has written twice is written once.
; RUN: w2n-opt -passes=loop-simplify,lcssa,w2n-reroll-loops --verify-each %s | FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; CHECK-LABEL: define void @scale(
; CHECK: load i32
; CHECK-NOT: load i32
; CHECK: store i32
; CHECK-NOT: store i32
; CHECK: add {{.*}}i64 %{{.*}}, 4
; CHECK: }
define void @scale(ptr %p, ptr %q, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %from0 = getelementptr inbounds i8, ptr %p, i64 %i
  %from1 = getelementptr inbounds i8, ptr %from0, i64 4
  %to0 = getelementptr inbounds i8, ptr %q, i64 %i
  %to1 = getelementptr inbounds i8, ptr %to0, i64 4
  %a0 = load i32, ptr %from0, align 1, !tbaa !13
  %b0 = mul i32 %a0, 7
  store i32 %b0, ptr %from0, align 1, !tbaa !13
  %a1 = load i32, ptr %from1, align 1, !tbaa !13
  %b1 = mul i32 %a1, 7
  store i32 %b1, ptr %from1, align 1, !tbaa !13
  %i.next = add nuw nsw i64 %i, 8
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; Another factor.
; CHECK-LABEL: define {{.*}} @otherFactor(
; CHECK: %a0 = load i32
; CHECK: %a1 = load i32
define void @otherFactor(ptr %p, ptr %q, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %from0 = getelementptr inbounds i8, ptr %p, i64 %i
  %from1 = getelementptr inbounds i8, ptr %from0, i64 4
  %to0 = getelementptr inbounds i8, ptr %q, i64 %i
  %to1 = getelementptr inbounds i8, ptr %to0, i64 4
  %a0 = load i32, ptr %from0, align 1, !tbaa !13
  %b0 = mul i32 %a0, 7
  store i32 %b0, ptr %from0, align 1, !tbaa !13
  %a1 = load i32, ptr %from1, align 1, !tbaa !13
  %b1 = mul i32 %a1, 9
  store i32 %b1, ptr %from1, align 1, !tbaa !13
  %i.next = add nuw nsw i64 %i, 8
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; Another operation.
; CHECK-LABEL: define {{.*}} @otherOperation(
; CHECK: %a0 = load i32
; CHECK: %a1 = load i32
define void @otherOperation(ptr %p, ptr %q, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %from0 = getelementptr inbounds i8, ptr %p, i64 %i
  %from1 = getelementptr inbounds i8, ptr %from0, i64 4
  %to0 = getelementptr inbounds i8, ptr %q, i64 %i
  %to1 = getelementptr inbounds i8, ptr %to0, i64 4
  %a0 = load i32, ptr %from0, align 1, !tbaa !13
  %b0 = mul i32 %a0, 7
  store i32 %b0, ptr %from0, align 1, !tbaa !13
  %a1 = load i32, ptr %from1, align 1, !tbaa !13
  %b1 = add i32 %a1, 7
  store i32 %b1, ptr %from1, align 1, !tbaa !13
  %i.next = add nuw nsw i64 %i, 8
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; The step leaves out an element,
; CHECK-LABEL: define {{.*}} @gap(
; CHECK: %a0 = load i32
; CHECK: %a1 = load i32
define void @gap(ptr %p, ptr %q, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %from0 = getelementptr inbounds i8, ptr %p, i64 %i
  %from1 = getelementptr inbounds i8, ptr %from0, i64 4
  %to0 = getelementptr inbounds i8, ptr %q, i64 %i
  %to1 = getelementptr inbounds i8, ptr %to0, i64 4
  %a0 = load i32, ptr %from0, align 1, !tbaa !13
  %b0 = mul i32 %a0, 7
  store i32 %b0, ptr %from0, align 1, !tbaa !13
  %a1 = load i32, ptr %from1, align 1, !tbaa !13
  %b1 = mul i32 %a1, 7
  store i32 %b1, ptr %from1, align 1, !tbaa !13
  %i.next = add nuw nsw i64 %i, 12
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; or takes one twice.
; CHECK-LABEL: define {{.*}} @overlap(
; CHECK: %a0 = load i32
; CHECK: %a1 = load i32
define void @overlap(ptr %p, ptr %q, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %from0 = getelementptr inbounds i8, ptr %p, i64 %i
  %from1 = getelementptr inbounds i8, ptr %from0, i64 4
  %to0 = getelementptr inbounds i8, ptr %q, i64 %i
  %to1 = getelementptr inbounds i8, ptr %to0, i64 4
  %a0 = load i32, ptr %from0, align 1, !tbaa !13
  %b0 = mul i32 %a0, 7
  store i32 %b0, ptr %from0, align 1, !tbaa !13
  %a1 = load i32, ptr %from1, align 1, !tbaa !13
  %b1 = mul i32 %a1, 7
  store i32 %b1, ptr %from1, align 1, !tbaa !13
  %i.next = add nuw nsw i64 %i, 4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; Each copy stores something else.
; CHECK-LABEL: define {{.*}} @swapped(
; CHECK: %a0 = load i32
; CHECK: %a1 = load i32
define void @swapped(ptr %p, ptr %q, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %from0 = getelementptr inbounds i8, ptr %p, i64 %i
  %from1 = getelementptr inbounds i8, ptr %from0, i64 4
  %to0 = getelementptr inbounds i8, ptr %q, i64 %i
  %to1 = getelementptr inbounds i8, ptr %to0, i64 4
  %a0 = load i32, ptr %from0, align 1, !tbaa !13
  %b0 = mul i32 %a0, 7
  store i32 %a0, ptr %from0, align 1, !tbaa !13
  %a1 = load i32, ptr %from1, align 1, !tbaa !13
  %b1 = mul i32 %a1, 7
  store i32 %b0, ptr %from1, align 1, !tbaa !13
  %i.next = add nuw nsw i64 %i, 8
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; One of the copies is volatile.
; CHECK-LABEL: define {{.*}} @volatile(
; CHECK: %a0 = load i32
; CHECK: %a1 = load volatile i32
define void @volatile(ptr %p, ptr %q, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %from0 = getelementptr inbounds i8, ptr %p, i64 %i
  %from1 = getelementptr inbounds i8, ptr %from0, i64 4
  %to0 = getelementptr inbounds i8, ptr %q, i64 %i
  %to1 = getelementptr inbounds i8, ptr %to0, i64 4
  %a0 = load i32, ptr %from0, align 1, !tbaa !13
  %b0 = mul i32 %a0, 7
  store i32 %b0, ptr %from0, align 1, !tbaa !13
  %a1 = load volatile i32, ptr %from1, align 1, !tbaa !13
  %b1 = mul i32 %a1, 7
  store i32 %b1, ptr %from1, align 1, !tbaa !13
  %i.next = add nuw nsw i64 %i, 8
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; The store of the first copy may change what the second loads: here the loads come first, and the second store is the
; first's.
; CHECK-LABEL: define {{.*}} @order(
; CHECK: %a0 = load i32
; CHECK: %a1 = load i32
define void @order(ptr %p, ptr %q, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %from0 = getelementptr inbounds i8, ptr %p, i64 %i
  %from1 = getelementptr inbounds i8, ptr %from0, i64 4
  %to0 = getelementptr inbounds i8, ptr %q, i64 %i
  %to1 = getelementptr inbounds i8, ptr %to0, i64 4
  %a0 = load i32, ptr %from0, align 1, !tbaa !13
  %a1 = load i32, ptr %from1, align 1, !tbaa !13
  store i32 %a0, ptr %to0, align 1, !tbaa !13
  store i32 %a1, ptr %to1, align 1, !tbaa !13
  %i.next = add nuw nsw i64 %i, 8
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

declare void @other()

!0 = !{!"wasm2native"}
!4 = !{!"memory", !0, i64 0}
!13 = !{!4, !4, i64 0} ; in guest memory
