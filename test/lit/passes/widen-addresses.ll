; An index of 32 bits that steps through guest memory gets 64 in a version of the loop that runs where a
; comparison before it shows that no index wraps around.
; RUN: w2n-opt -passes=loop-simplify,w2n-widen-addresses --verify-each %s | FileCheck %s
; RUN: w2n-opt -passes=w2n-widen-addresses --verify-each %s | FileCheck --check-prefix=RAW %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; The highest index is below 2^32.
; CHECK-LABEL: define void @up(
; CHECK: %[[COUNT:.*]] = zext i32 {{.*}} to i64
; CHECK: %[[START:.*]] = zext i32 %p to i64
; CHECK: %[[PATH:.*]] = mul i64 %[[COUNT]], 4
; CHECK: %[[SUM:.*]] = add i64 %[[START]], %[[PATH]]
; CHECK: %[[LAST:.*]] = add i64 %[[SUM]], 0
; CHECK: %[[FITS:.*]] = icmp ult i64 %[[LAST]], 4294967296
; CHECK: br i1 %[[FITS]], label %[[WIDE:.*]], label %[[NARROW:.*]], !prof
; CHECK: loop.narrow:
; CHECK: phi i32
; CHECK: zext i32
; CHECK: loop:
; CHECK: %[[INDEX:.*]] = phi i64 [ %[[START]], %[[WIDE]] ], [ %[[NEXT:.*]], %loop ]
; CHECK: getelementptr inbounds i8, ptr %base, i64 %[[INDEX]]
; CHECK: %[[NEXT]] = add nuw nsw i64 %[[INDEX]], 4
define void @up(ptr %context, i32 %p, i32 %n, i32 %x) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  br label %loop
loop:
  %i = phi i32 [ %p, %entry ], [ %next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  %next = add i32 %i, 4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; A loop that goes down ends at 0 or above.
; CHECK-LABEL: define void @down(
; CHECK: %[[START:.*]] = zext i32 %p to i64
; CHECK: %[[PATH:.*]] = mul i64 {{.*}}, 4
; CHECK: icmp ule i64 %[[PATH]], %[[START]]
; CHECK-NOT: icmp ult
; CHECK: loop.narrow:
; CHECK: loop:
; CHECK: add nsw i64 {{.*}}, -4
define void @down(ptr %context, i32 %p, i32 %n, i32 %x) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  br label %loop
loop:
  %i = phi i32 [ %p, %entry ], [ %next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  %next = add i32 %i, -4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; Indices at constant distances have one condition, which counts from the lowest to the highest.
; CHECK-LABEL: define void @group(
; CHECK: %[[LOWEST:.*]] = add i32 %p, -8
; CHECK: %[[START:.*]] = zext i32 %[[LOWEST]] to i64
; CHECK: %[[LAST:.*]] = add i64 %{{.*}}, 24
; CHECK: icmp ult i64 %[[LAST]], 4294967296
; CHECK-NOT: icmp ult
; CHECK: loop.narrow:
; CHECK: loop:
; CHECK: phi i64 [ %[[START]]
; CHECK-NOT: phi i64
; CHECK: done:
define void @group(ptr %context, i32 %p, i32 %n, i32 %x) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  br label %loop
loop:
  %i = phi i32 [ %p, %entry ], [ %next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  %below = add i32 %i, -8
  %above = add i32 %i, 16
  %wideB = zext i32 %below to i64
  %atB = getelementptr inbounds i8, ptr %base, i64 %wideB
  store i32 %x, ptr %atB, align 1, !tbaa !13
  %wideA = zext i32 %above to i64
  %atA = getelementptr inbounds i8, ptr %base, i64 %wideA
  store i32 %x, ptr %atA, align 1, !tbaa !13
  %next = add i32 %i, 4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; Arrays whose distance is not known have a condition each, and addresses of their own.
; CHECK-LABEL: define void @arrays(
; CHECK: icmp ult i64 {{.*}}, 4294967296
; CHECK: icmp ult i64 {{.*}}, 4294967296
; CHECK: loop.narrow:
; CHECK: loop:
; CHECK: getelementptr inbounds i8, ptr %object
; CHECK: getelementptr inbounds i8, ptr %object
define void @arrays(ptr %context, i32 %p, i32 %n, i32 %x) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  br label %loop
loop:
  %i = phi i32 [ %p, %entry ], [ %next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  %other = add i32 %i, %x
  %wideB = zext i32 %other to i64
  %atB = getelementptr inbounds i8, ptr %base, i64 %wideB
  store i32 %x, ptr %atB, align 1, !tbaa !13
  %next = add i32 %i, 4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; How often the loop runs is not known before it.
; CHECK-LABEL: define i32 @search(
; CHECK-NOT: .narrow
; CHECK: getelementptr inbounds i8, ptr %base, i64 %wide
; CHECK-NOT: .narrow
define i32 @search(ptr %context, i32 %p) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  br label %loop
loop:
  %i = phi i32 [ %p, %entry ], [ %next, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  %value = load i32, ptr %at, align 1, !tbaa !13
  %next = add i32 %i, 4
  %more = icmp ne i32 %value, 0
  br i1 %more, label %loop, label %done
done:
  ret i32 %i
}

; A call may take longer than all that is gained.
; CHECK-LABEL: define void @calls(
; CHECK-NOT: .narrow
; CHECK: getelementptr inbounds i8, ptr %base, i64 %wide
; CHECK-NOT: .narrow
define void @calls(ptr %context, i32 %p, i32 %n, i32 %x) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  br label %loop
loop:
  %i = phi i32 [ %p, %entry ], [ %next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  call void @other()
  %wide = zext i32 %i to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  %next = add i32 %i, 4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; Four iterations are too few for a second version.
; CHECK-LABEL: define void @few(
; CHECK-NOT: .narrow
; CHECK: getelementptr inbounds i8, ptr %base, i64 %wide
; CHECK-NOT: .narrow
define void @few(ptr %context, i32 %p, i32 %n, i32 %x) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  br label %loop
loop:
  %i = phi i32 [ %p, %entry ], [ %next, %loop ]
  %left = phi i32 [ 4, %entry ], [ %fewer, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  %next = add i32 %i, 4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; One iteration more is enough.
; CHECK-LABEL: define void @enough(
; CHECK: .narrow
define void @enough(ptr %context, i32 %p, i32 %n, i32 %x) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  br label %loop
loop:
  %i = phi i32 [ %p, %entry ], [ %next, %loop ]
  %left = phi i32 [ 5, %entry ], [ %fewer, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  %next = add i32 %i, 4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; Size counts.
; CHECK-LABEL: define void @size(
; CHECK-NOT: .narrow
; CHECK: getelementptr inbounds i8, ptr %base, i64 %wide
; CHECK-NOT: .narrow
define void @size(ptr %context, i32 %p, i32 %n, i32 %x) optsize {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  br label %loop
loop:
  %i = phi i32 [ %p, %entry ], [ %next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  %next = add i32 %i, 4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; Steps are at most 2^20, so that no product in the condition overflows.
; CHECK-LABEL: define void @largeStep(
; CHECK-NOT: .narrow
; CHECK: getelementptr inbounds i8, ptr %base, i64 %wide
; CHECK-NOT: .narrow
define void @largeStep(ptr %context, i32 %p, i32 %n, i32 %x) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  br label %loop
loop:
  %i = phi i32 [ %p, %entry ], [ %next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  %next = add i32 %i, 1048577
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; The base is none of a memory.
; CHECK-LABEL: define void @unmarked(
; CHECK-NOT: .narrow
; CHECK: getelementptr inbounds i8, ptr %base, i64 %wide
; CHECK-NOT: .narrow
define void @unmarked(ptr %context, i32 %p, i32 %n, i32 %x) {
entry:
  %base = load ptr, ptr %context, !tbaa !12, !invariant.load !14
  br label %loop
loop:
  %i = phi i32 [ %p, %entry ], [ %next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  %next = add i32 %i, 4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; An index that the loop reads from memory has no step.
; CHECK-LABEL: define void @indirect(
; CHECK-NOT: .narrow
; CHECK: getelementptr inbounds i8, ptr %base, i64 %wide
; CHECK-NOT: .narrow
define void @indirect(ptr %context, i32 %p, i32 %n, i32 %x) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  br label %loop
loop:
  %i = phi i32 [ %p, %entry ], [ %next, %loop ]
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %index = load i32, ptr %context, !tbaa !12
  %wide = zext i32 %index to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  %next = add i32 %i, 4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; An index that is stored as a number, too, is that number.
; CHECK-LABEL: define void @alsoStored(
; CHECK: loop:
; CHECK: %[[INDEX:.*]] = phi i64
; CHECK: %[[SAME:.*]] = add nuw nsw i64 %[[INDEX]], 0
; CHECK: store i64 %[[SAME]], ptr %context
define void @alsoStored(ptr %context, i32 %p, i32 %n, i32 %x) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  br label %loop
loop:
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %i = phi i32 [ %p, %entry ], [ %next, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  store i64 %wide, ptr %context, !tbaa !12
  %next = add i32 %i, 4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; A start that is a quotient may trap before the loop.
; CHECK-LABEL: define void @quotient(
; CHECK-NOT: .narrow
; CHECK: ret void
define void @quotient(ptr %context, i32 %p, i32 %n, i32 %x) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %start = udiv i32 %p, %x
  br label %loop
loop:
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %i = phi i32 [ %start, %entry ], [ %next, %loop ]
  %sum = add i32 %i, %p
  %wide = zext i32 %sum to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  %next = add i32 %i, 4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; A number of iterations that takes divisions by a variable costs too much.
; CHECK-LABEL: define void @costly(
; CHECK-NOT: .narrow
; CHECK: ret void
define void @costly(ptr %context, i32 %p, i32 %n, i32 %x) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %end = zext i32 %n to i64
  %x.wide = zext i32 %x to i64
  %step = add nuw nsw i64 %x.wide, 1
  br label %loop
loop:
  %i = phi i32 [ %p, %entry ], [ %next, %e3 ]
  %j0 = phi i64 [ 0, %entry ], [ %j0.next, %e3 ]
  %j1 = phi i64 [ 1, %entry ], [ %j1.next, %e3 ]
  %j2 = phi i64 [ 2, %entry ], [ %j2.next, %e3 ]
  %j3 = phi i64 [ 3, %entry ], [ %j3.next, %e3 ]
  %wide = zext i32 %i to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  %next = add i32 %i, 4
  %j0.next = add nuw nsw i64 %j0, %step
  %c0 = icmp ult i64 %j0.next, %end
  br i1 %c0, label %e1, label %done
e1:
  %j1.next = add nuw nsw i64 %j1, %step
  %c1 = icmp ult i64 %j1.next, %end
  br i1 %c1, label %e2, label %done
e2:
  %j2.next = add nuw nsw i64 %j2, %step
  %c2 = icmp ult i64 %j2.next, %end
  br i1 %c2, label %e3, label %done
e3:
  %j3.next = add nuw nsw i64 %j3, %step
  %c3 = icmp ult i64 %j3.next, %end
  br i1 %c3, label %loop, label %done
done:
  ret void
}

; A loop without a block of its own before it; this is what LoopSimplify is for.
; RAW-LABEL: define void @noPreheader(
; RAW-NOT: .narrow
define void @noPreheader(ptr %context, i32 %p, i32 %n, i32 %x) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %isEmpty = icmp eq i32 %n, 0
  br i1 %isEmpty, label %done, label %loop
loop:
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  %i = phi i32 [ %p, %entry ], [ %next, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  %next = add i32 %i, 4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

declare void @other()

!0 = !{!"wasm2native"}
!1 = !{!"context", !0, i64 0}
!2 = !{!"memory base", !1, i64 0}
!3 = !{!"memory base with wrap guard", !2, i64 0}
!4 = !{!"memory", !0, i64 0}
!10 = !{!3, !3, i64 0} ; the base of a memory with a wrap guard
!12 = !{!1, !1, i64 0} ; in the context
!13 = !{!4, !4, i64 0} ; in guest memory
!14 = !{}
