; A constant that is added to an index is added by the access where a sum that wraps around traps either way.
; RUN: w2n-opt -passes=w2n-fold-index-sums --verify-each %s | FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; A sum that wraps around is within the last 64 KiB, and p - 16 is below the memory.
; CHECK-LABEL: define void @below(
; CHECK: %[[WIDE:.*]] = zext i32 %p to i64
; CHECK: %[[INDEXED:.*]] = getelementptr inbounds i8, ptr %base, i64 %[[WIDE]]
; CHECK: %[[ADDRESS:.*]] = getelementptr inbounds i8, ptr %[[INDEXED]], i64 -16
; CHECK: store i32 %x, ptr %[[ADDRESS]]
define void @below(ptr %context, i32 %p, i32 %x) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %sum = add i32 %p, -16
  %wide = zext i32 %sum to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  ret void
}

; The whole reach of the guard.
; CHECK-LABEL: define void @farBelow(
; CHECK: getelementptr inbounds i8, ptr %{{.*}}, i64 -65536
define void @farBelow(ptr %context, i32 %p, i32 %x) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %sum = add i32 %p, -65536
  %wide = zext i32 %sum to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  ret void
}

; CHECK-LABEL: define void @tooFarBelow(
; CHECK: add i32 %p, -65537
; CHECK: zext i32 %sum
define void @tooFarBelow(ptr %context, i32 %p, i32 %x) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %sum = add i32 %p, -65537
  %wide = zext i32 %sum to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  ret void
}

; An access at p comes before.
; CHECK-LABEL: define void @above(
; CHECK-NOT: zext i32 %sum
; CHECK: getelementptr inbounds i8, ptr %{{.*}}, i64 16
define void @above(ptr %context, i32 %p, i32 %x) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %wideFirst = zext i32 %p to i64
  %atFirst = getelementptr inbounds i8, ptr %base, i64 %wideFirst
  store i32 %x, ptr %atFirst, align 1, !tbaa !13
  %sum = add i32 %p, 16
  %wide = zext i32 %sum to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  ret void
}

; Without one the sum may wrap around to an address that is accessible.
; CHECK-LABEL: define void @alone(
; CHECK: add i32 %p, 16
; CHECK: zext i32 %sum
define void @alone(ptr %context, i32 %p, i32 %x) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %sum = add i32 %p, 16
  %wide = zext i32 %sum to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  ret void
}

; Nor does an access help that comes after,
; CHECK-LABEL: define void @after(
; CHECK: add i32 %p, 16
; CHECK: zext i32 %sum
define void @after(ptr %context, i32 %p, i32 %x) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %sum = add i32 %p, 16
  %wide = zext i32 %sum to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  %wideFirst = zext i32 %p to i64
  %atFirst = getelementptr inbounds i8, ptr %base, i64 %wideFirst
  store i32 %x, ptr %atFirst, align 1, !tbaa !13
  ret void
}

; one from which the sum is farther away than the guard is long,
; CHECK-LABEL: define void @tooFarAbove(
; CHECK: add i32 %p, 65537
; CHECK: zext i32 %sum
define void @tooFarAbove(ptr %context, i32 %p, i32 %x) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %wideFirst = zext i32 %p to i64
  %atFirst = getelementptr inbounds i8, ptr %base, i64 %wideFirst
  store i32 %x, ptr %atFirst, align 1, !tbaa !13
  %sum = add i32 %p, 65537
  %wide = zext i32 %sum to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  ret void
}

; or one that does not always happen.
; CHECK-LABEL: define void @sometimes(
; CHECK: add i32 %p, 16
; CHECK: zext i32 %sum
define void @sometimes(ptr %context, i32 %p, i32 %x) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %is = icmp eq i32 %x, 0
  br i1 %is, label %then, label %done
then:
  %wideFirst = zext i32 %p to i64
  %atFirst = getelementptr inbounds i8, ptr %base, i64 %wideFirst
  store i32 %x, ptr %atFirst, align 1, !tbaa !13
  br label %done
done:
  %sum = add i32 %p, 16
  %wide = zext i32 %sum to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  ret void
}

; An access with an offset traps for small p, and must not read what is 16 before it.
; CHECK-LABEL: define void @offset(
; CHECK: add i32 %p, -16
; CHECK: zext i32 %sum
define void @offset(ptr %context, i32 %p, i32 %x) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %sum = add i32 %p, -16
  %wide = zext i32 %sum to i64
  %indexed = getelementptr inbounds i8, ptr %base, i64 %wide
  %at = getelementptr inbounds i8, ptr %indexed, i64 32
  store i32 %x, ptr %at, align 1, !tbaa !13
  ret void
}

; The last 64 KiB of a memory without a wrap guard may be accessible.
; CHECK-LABEL: define void @unguarded(
; CHECK: add i32 %p, -16
; CHECK: zext i32 %sum
define void @unguarded(ptr %context, i32 %p, i32 %x) {
  %base = load ptr, ptr %context, !tbaa !11, !invariant.load !14
  %sum = add i32 %p, -16
  %wide = zext i32 %sum to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  ret void
}

; An index of at most 64 KiB is as good as a constant.
; CHECK-LABEL: define void @table(
; CHECK-NOT: zext i32 %sum
; CHECK: zext i32 %small to i64
define void @table(ptr %context, i32 %p, i32 %x) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %wideFirst = zext i32 %p to i64
  %atFirst = getelementptr inbounds i8, ptr %base, i64 %wideFirst
  store i32 %x, ptr %atFirst, align 1, !tbaa !13
  %small = and i32 %x, 65535
  %sum = add i32 %p, %small
  %wide = zext i32 %sum to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  ret void
}

; A larger one is not.
; CHECK-LABEL: define void @largeTable(
; CHECK: zext i32 %sum
define void @largeTable(ptr %context, i32 %p, i32 %x) {
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %wideFirst = zext i32 %p to i64
  %atFirst = getelementptr inbounds i8, ptr %base, i64 %wideFirst
  store i32 %x, ptr %atFirst, align 1, !tbaa !13
  %small = and i32 %x, 131071
  %sum = add i32 %p, %small
  %wide = zext i32 %sum to i64
  %at = getelementptr inbounds i8, ptr %base, i64 %wide
  store i32 %x, ptr %at, align 1, !tbaa !13
  ret void
}

!0 = !{!"wasm2native"}
!1 = !{!"context", !0, i64 0}
!2 = !{!"memory base", !1, i64 0}
!3 = !{!"memory base with wrap guard", !2, i64 0}
!4 = !{!"memory", !0, i64 0}
!10 = !{!3, !3, i64 0} ; the base of a memory with a wrap guard
!11 = !{!2, !2, i64 0} ; of one without
!13 = !{!4, !4, i64 0} ; in guest memory
!14 = !{}
