; Every access through the base of a memory lies inside the addresses that are reserved around it. An access for which
; that cannot be seen is compared before its loop, or masked.
; RUN: w2n-opt -passes=loop-simplify,w2n-contain-accesses --verify-each %s | FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; An index of 32 bits and an offset of 32 bits are inside by themselves.
; CHECK-LABEL: define void @index(
; CHECK-NOT: {{ and | icmp }}
define void @index(ptr %context, i32 %p, i64 %q) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %wide = zext i32 %p to i64
  %indexed = getelementptr inbounds i8, ptr %base, i64 %wide
  %at = getelementptr inbounds i8, ptr %indexed, i64 4294967295
  store i32 1, ptr %at, align 1, !tbaa !13
  ret void
}

; So is what the guards take: 2 GiB before the base.
; CHECK-LABEL: define void @guardBefore(
; CHECK-NOT: {{ and | icmp }}
define void @guardBefore(ptr %context, i32 %p, i64 %q) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %wide = zext i32 %p to i64
  %indexed = getelementptr inbounds i8, ptr %base, i64 %wide
  %at = getelementptr inbounds i8, ptr %indexed, i64 -2147483648
  store i32 1, ptr %at, align 1, !tbaa !13
  ret void
}

; One byte farther it is not.
; CHECK-LABEL: define void @beforeGuard(
; CHECK: and i64 %{{.*}}, 8589934591
define void @beforeGuard(ptr %context, i32 %p, i64 %q) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %wide = zext i32 %p to i64
  %indexed = getelementptr inbounds i8, ptr %base, i64 %wide
  %at = getelementptr inbounds i8, ptr %indexed, i64 -2147483649
  store i32 1, ptr %at, align 1, !tbaa !13
  ret void
}

; The last byte counts: 2 GiB after 8 GiB are inside, and an access of 4 bytes ends there.
; CHECK-LABEL: define void @guardAfter(
; CHECK-NOT: {{ and | icmp }}
define void @guardAfter(ptr %context, i32 %p, i64 %q) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %at = getelementptr inbounds i8, ptr %base, i64 10737418236
  store i32 1, ptr %at, align 1, !tbaa !13
  ret void
}

; CHECK-LABEL: define void @afterGuard(
; CHECK: and i64 %{{.*}}, 8589934591
define void @afterGuard(ptr %context, i32 %p, i64 %q) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %at = getelementptr inbounds i8, ptr %base, i64 10737418237
  store i32 1, ptr %at, align 1, !tbaa !13
  ret void
}

; Nothing is known of a 64-bit index; flags do not count.
; CHECK-LABEL: define void @unknown(
; CHECK: %[[DISTANCE:.*]] = sub i64
; CHECK: %[[CUT:.*]] = and i64 %[[DISTANCE]], 8589934591
; CHECK: %[[INSIDE:.*]] = getelementptr i8, ptr %base, i64 %[[CUT]]
; CHECK: store i32 1, ptr %[[INSIDE]]
define void @unknown(ptr %context, i32 %p, i64 %q) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %at = getelementptr inbounds nuw i8, ptr %base, i64 %q
  store i32 1, ptr %at, align 1, !tbaa !13
  ret void
}

; Nor does a branch that has compared the index.
; CHECK-LABEL: define void @compared(
; CHECK: and i64 %{{.*}}, 8589934591
define void @compared(ptr %context, i64 %q) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %isSmall = icmp ult i64 %q, 65536
  br i1 %isSmall, label %then, label %done
then:
  %at = getelementptr inbounds i8, ptr %base, i64 %q
  store i32 1, ptr %at, align 1, !tbaa !13
  br label %done
done:
  ret void
}

; The base is not that of a memory with guard pages.
; CHECK-LABEL: define void @unmarked(
; CHECK-NOT: {{ and | icmp }}
define void @unmarked(ptr %context, i32 %p, i64 %q) {
  %base = load ptr, ptr %context, !tbaa !12, !invariant.load !14
  %at = getelementptr inbounds i8, ptr %base, i64 %q
  store i32 1, ptr %at, align 1, !tbaa !13
  ret void
}

; The first and the last address of a loop are compared before it.
; CHECK-LABEL: define void @up(
; CHECK: entry:
; CHECK: mul i64 %count, 4
; CHECK: icmp ule i64 %{{.*}}, 12884901888
; CHECK: icmp ule i64 %{{.*}}, 12884901888
; CHECK: icmp ule i64 %count, 17179869184
; CHECK: br i1 %{{.*}}, label %[[INSIDE:.*]], label %uncontained
; CHECK: [[INSIDE]]:
; CHECK: loop:
; CHECK-NOT: and i64
; CHECK: uncontained:
; CHECK: unreachable
define void @up(ptr %context, i64 %q, i64 %count) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  br label %loop
loop:
  %i = phi i64 [ %q, %entry ], [ %next, %loop ]
  %n = phi i64 [ 0, %entry ], [ %n.next, %loop ]
  %at = getelementptr inbounds i8, ptr %base, i64 %i
  store i32 1, ptr %at, align 1, !tbaa !13
  %next = add i64 %i, 4
  %n.next = add i64 %n, 1
  %more = icmp ne i64 %n, %count
  br i1 %more, label %loop, label %done
done:
  ret void
}

; CHECK-LABEL: define void @down(
; CHECK: mul i64 %count, -4
; CHECK: label %uncontained
; CHECK: loop:
; CHECK-NOT: and i64
; CHECK: uncontained:
define void @down(ptr %context, i64 %q, i64 %count) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  br label %loop
loop:
  %i = phi i64 [ %q, %entry ], [ %next, %loop ]
  %n = phi i64 [ 0, %entry ], [ %n.next, %loop ]
  %at = getelementptr inbounds i8, ptr %base, i64 %i
  store i32 1, ptr %at, align 1, !tbaa !13
  %next = add i64 %i, -4
  %n.next = add i64 %n, 1
  %more = icmp ne i64 %n, %count
  br i1 %more, label %loop, label %done
done:
  ret void
}

; Addresses that advance together share the comparison.
; CHECK-LABEL: define void @together(
; CHECK: label %uncontained
; CHECK-NOT: label %uncontained
; CHECK: uncontained:
define void @together(ptr %context, i64 %q, i64 %count) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  br label %loop
loop:
  %i = phi i64 [ %q, %entry ], [ %next, %loop ]
  %n = phi i64 [ 0, %entry ], [ %n.next, %loop ]
  %at = getelementptr inbounds i8, ptr %base, i64 %i
  store i32 1, ptr %at, align 1, !tbaa !13
  %second = getelementptr inbounds i8, ptr %at, i64 4096
  store i32 1, ptr %second, align 1, !tbaa !13
  %next = add i64 %i, 4
  %n.next = add i64 %n, 1
  %more = icmp ne i64 %n, %count
  br i1 %more, label %loop, label %done
done:
  ret void
}

; If 32 bits hold the start and the number of iterations, bytes one after the other are inside: nothing is compared.
; CHECK-LABEL: define void @bounded(
; CHECK-NOT: label %uncontained
; CHECK-NOT: and i64
define void @bounded(ptr %context, i32 %p, i32 %last) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %start = zext i32 %p to i64
  %count = zext i32 %last to i64
  br label %loop
loop:
  %i = phi i64 [ %start, %entry ], [ %next, %loop ]
  %n = phi i64 [ 0, %entry ], [ %n.next, %loop ]
  %at = getelementptr inbounds i8, ptr %base, i64 %i
  store i8 1, ptr %at, align 1, !tbaa !13
  %next = add i64 %i, 1
  %n.next = add i64 %n, 1
  %more = icmp ne i64 %n, %count
  br i1 %more, label %loop, label %done
done:
  ret void
}

; With a step of 8 the end is not known; the start is, and the number.
; CHECK-LABEL: define void @boundedBelow(
; CHECK: icmp ule i64 %{{.*}}, 12884901888
; CHECK-NOT: icmp ule i64
; CHECK: label %uncontained
define void @boundedBelow(ptr %context, i32 %p, i32 %last) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %start = zext i32 %p to i64
  %count = zext i32 %last to i64
  br label %loop
loop:
  %i = phi i64 [ %start, %entry ], [ %next, %loop ]
  %n = phi i64 [ 0, %entry ], [ %n.next, %loop ]
  %at = getelementptr inbounds i8, ptr %base, i64 %i
  store i8 1, ptr %at, align 1, !tbaa !13
  %next = add i64 %i, 8
  %n.next = add i64 %n, 1
  %more = icmp ne i64 %n, %count
  br i1 %more, label %loop, label %done
done:
  ret void
}

; Downwards the end may be 4 GiB before the base.
; CHECK-LABEL: define void @boundedAbove(
; CHECK: icmp ule i64 %{{.*}}, 12884901888
; CHECK-NOT: icmp ule i64
; CHECK: label %uncontained
define void @boundedAbove(ptr %context, i32 %p, i32 %last) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %start = zext i32 %p to i64
  %count = zext i32 %last to i64
  br label %loop
loop:
  %i = phi i64 [ %start, %entry ], [ %next, %loop ]
  %n = phi i64 [ 0, %entry ], [ %n.next, %loop ]
  %at = getelementptr inbounds i8, ptr %base, i64 %i
  store i8 1, ptr %at, align 1, !tbaa !13
  %next = add i64 %i, -1
  %n.next = add i64 %n, 1
  %more = icmp ne i64 %n, %count
  br i1 %more, label %loop, label %done
done:
  ret void
}

; The end of a loop that waits for what it loads is not known before it.
; CHECK-LABEL: define void @search(
; CHECK-NOT: label %uncontained
; CHECK: and i64 %{{.*}}, 8589934591
define void @search(ptr %context, i64 %q, i64 %count) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  br label %loop
loop:
  %i = phi i64 [ %q, %entry ], [ %next, %loop ]
  %n = phi i64 [ 0, %entry ], [ %n.next, %loop ]
  %at = getelementptr inbounds i8, ptr %base, i64 %i
  store i32 1, ptr %at, align 1, !tbaa !13
  %value = load i32, ptr %context, !tbaa !12
  %next = add i64 %i, 4
  %n.next = add i64 %n, 1
  %more = icmp ne i32 %value, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; A fill that passes have made is compared as a whole.
; CHECK-LABEL: define void @fill(
; CHECK: icmp ule i64
; CHECK: icmp ule i64 %q
; CHECK: label %uncontained
; CHECK: call void @llvm.memset
define void @fill(ptr %context, i32 %p, i64 %q) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %wide = zext i32 %p to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  call void @llvm.memset.p0.i64(ptr %at, i8 0, i64 %q, i1 false)
  ret void
}

; One of 1 GiB at most is inside by itself.
; CHECK-LABEL: define void @shortFill(
; CHECK-NOT: label %uncontained
define void @shortFill(ptr %context, i32 %p, i64 %q) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %wide = zext i32 %p to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  %length = and i64 %q, 1073741823
  call void @llvm.memset.p0.i64(ptr %at, i8 0, i64 %length, i1 false)
  ret void
}

; Both ends of a copy.
; CHECK-LABEL: define void @copy(
; CHECK: label %uncontained
; CHECK: label %uncontained
; CHECK: call void @llvm.memmove
; CHECK: ret void
define void @copy(ptr %context, i32 %p, i64 %q) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %wide = zext i32 %p to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  call void @llvm.memmove.p0.p0.i64(ptr %base, ptr %at, i64 %q, i1 false)
  ret void
}

declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)

!0 = !{!"wasm2native"}
!1 = !{!"context", !0, i64 0}
!2 = !{!"memory base", !1, i64 0}
!3 = !{!"memory base with wrap guard", !2, i64 0}
!4 = !{!"memory", !0, i64 0}
!10 = !{!3, !3, i64 0} ; the base of a memory with a wrap guard
!12 = !{!1, !1, i64 0} ; in the context
!13 = !{!4, !4, i64 0} ; in guest memory
!14 = !{}
