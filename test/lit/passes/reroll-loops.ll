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

; A counter that goes by four until it equals a number may miss it; how often the loop runs is a distance, or never.
; CHECK-LABEL: define void @distance(
; CHECK: %[[REST:.*]] = and i64 %{{.*}}, 3
; CHECK: select i1 %{{.*}}, i64 %{{.*}}, i64 4611686018427387904
; CHECK: load i32
; CHECK-NOT: load i32
; CHECK: ret void
define void @distance(ptr %p, ptr %q, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %c = phi i32 [ 0, %entry ], [ %c.next, %loop ]
  %from0 = getelementptr inbounds i8, ptr %p, i64 %i
  %from1 = getelementptr inbounds i8, ptr %from0, i64 4
  %a0 = load i32, ptr %from0, align 1, !tbaa !13
  %b0 = mul i32 %a0, 7
  store i32 %b0, ptr %from0, align 1, !tbaa !13
  %a1 = load i32, ptr %from1, align 1, !tbaa !13
  %b1 = mul i32 %a1, 7
  store i32 %b1, ptr %from1, align 1, !tbaa !13
  %i.next = add nuw nsw i64 %i, 8
  %c.next = add i32 %c, 4
  %more = icmp ne i32 %c.next, %n
  br i1 %more, label %loop, label %done
done:
  ret void
}

; How often the loop runs is not known before it.
; CHECK-LABEL: define void @unknownEnd(
; CHECK: %a0 = load i32
; CHECK: %a1 = load i32
define void @unknownEnd(ptr %p, ptr %q, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %c = phi i32 [ 1, %entry ], [ %c2, %loop ]
  %from0 = getelementptr inbounds i8, ptr %p, i64 %i
  %from1 = getelementptr inbounds i8, ptr %from0, i64 4
  %a0 = load i32, ptr %from0, align 1, !tbaa !13
  %b0 = mul i32 %a0, 7
  store i32 %b0, ptr %from0, align 1, !tbaa !13
  %a1 = load i32, ptr %from1, align 1, !tbaa !13
  %b1 = mul i32 %a1, 7
  store i32 %b1, ptr %from1, align 1, !tbaa !13
  %i.next = add nuw nsw i64 %i, 8
  %c1 = mul i32 %c, 3
  %c2 = mul i32 %c1, 3
  %more = icmp ult i32 %c2, %n
  br i1 %more, label %loop, label %done
done:
  ret void
}

; The value that is used behind the loop is not that of the last copy.
; CHECK-LABEL: define i32 @firstCopyUsed(
; CHECK: %a0 = load i32
; CHECK: %a1 = load i32
define i32 @firstCopyUsed(ptr %p, ptr %q, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %from0 = getelementptr inbounds i8, ptr %p, i64 %i
  %from1 = getelementptr inbounds i8, ptr %from0, i64 4
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
  ret i32 %b0
}

; LLVM may replace a value that is not defined by two different ones, so that nothing can be compared.
; CHECK-LABEL: define void @undefined(
; CHECK: store i32 undef
; CHECK: store i32 undef
define void @undefined(ptr %p, ptr %q, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %from0 = getelementptr inbounds i8, ptr %p, i64 %i
  %from1 = getelementptr inbounds i8, ptr %from0, i64 4
  store i32 undef, ptr %from0, align 1, !tbaa !13
  store i32 undef, ptr %from1, align 1, !tbaa !13
  %i.next = add nuw nsw i64 %i, 8
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; A call may be in any order with accesses.
; CHECK-LABEL: define void @calls(
; CHECK: %a0 = load i32
; CHECK: %a1 = load i32
define void @calls(ptr %p, ptr %q, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %from0 = getelementptr inbounds i8, ptr %p, i64 %i
  %from1 = getelementptr inbounds i8, ptr %from0, i64 4
  %a0 = load i32, ptr %from0, align 1, !tbaa !13
  %b0 = mul i32 %a0, 7
  store i32 %b0, ptr %from0, align 1, !tbaa !13
  %a1 = load i32, ptr %from1, align 1, !tbaa !13
  %b1 = mul i32 %a1, 7
  store i32 %b1, ptr %from1, align 1, !tbaa !13
  call void @other()
  %i.next = add nuw nsw i64 %i, 8
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; Sums of which one copy subtracts.
; CHECK-LABEL: define i32 @otherSum(
; CHECK: %a0 = load i32
; CHECK: %a1 = load i32
define i32 @otherSum(ptr %p, ptr %q, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %s = phi i32 [ 0, %entry ], [ %s1, %loop ]
  %from0 = getelementptr inbounds i8, ptr %p, i64 %i
  %from1 = getelementptr inbounds i8, ptr %from0, i64 4
  %a0 = load i32, ptr %from0, align 1, !tbaa !13
  %s0 = add i32 %s, %a0
  %a1 = load i32, ptr %from1, align 1, !tbaa !13
  %s1 = sub i32 %s0, %a1
  %i.next = add nuw nsw i64 %i, 8
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret i32 %s1
}

; Loads of which no store and no sum needs anything.
; CHECK-LABEL: define void @looseLoads(
; CHECK: %c0 = load i32
; CHECK: %c1 = load i32
define void @looseLoads(ptr %p, ptr %q, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %from0 = getelementptr inbounds i8, ptr %p, i64 %i
  %from1 = getelementptr inbounds i8, ptr %from0, i64 4
  %a0 = load i32, ptr %from0, align 1, !tbaa !13
  %c0 = load i32, ptr %q, align 1, !tbaa !13
  store i32 %a0, ptr %from0, align 1, !tbaa !13
  %a1 = load i32, ptr %from1, align 1, !tbaa !13
  %c1 = load i32, ptr %q, align 1, !tbaa !13
  store i32 %a1, ptr %from1, align 1, !tbaa !13
  %i.next = add nuw nsw i64 %i, 8
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; A body of two blocks.
; CHECK-LABEL: define void @blocks(
; CHECK: %a0 = load i32
; CHECK: %a1 = load i32
define void @blocks(ptr %p, ptr %q, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %second ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %second ]
  %from0 = getelementptr inbounds i8, ptr %p, i64 %i
  %from1 = getelementptr inbounds i8, ptr %from0, i64 4
  %a0 = load i32, ptr %from0, align 1, !tbaa !13
  store i32 %a0, ptr %from0, align 1, !tbaa !13
  %isHalf = icmp eq i32 %left, 1
  br i1 %isHalf, label %done, label %second
second:
  %a1 = load i32, ptr %from1, align 1, !tbaa !13
  store i32 %a1, ptr %from1, align 1, !tbaa !13
  %i.next = add nuw nsw i64 %i, 8
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

!0 = !{!"wasm2native"}
!4 = !{!"memory", !0, i64 0}
!13 = !{!4, !4, i64 0} ; in guest memory
