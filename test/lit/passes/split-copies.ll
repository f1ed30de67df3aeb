; A word that a loop copies is copied in halves if the loop writes one of them by itself.
; RUN: w2n-opt -passes=w2n-split-copies --verify-each %s | FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; The upper half is stored first: it traps if either does.
; CHECK-LABEL: define void @copied(
; CHECK: loop:
; CHECK: %[[HIGHER:.*]] = getelementptr inbounds i8, ptr %p0, i64 4
; CHECK: %[[UPPER:.*]] = load i32, ptr %[[HIGHER]]
; CHECK: %[[LOWER:.*]] = load i32, ptr %p0
; CHECK: %[[TO:.*]] = getelementptr inbounds i8, ptr %p4, i64 4
; CHECK: store volatile i32 %[[UPPER]], ptr %[[TO]]
; CHECK: store volatile i32 %[[LOWER]], ptr %p4
define void @copied(ptr %context, i32 %n, i32 %a, ptr %other) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %wide = zext i32 %a to i64
  %p0 = getelementptr inbounds i8, ptr %base, i64 %wide
  %p4 = getelementptr inbounds i8, ptr %p0, i64 4
  br label %loop
loop:
  %i = phi i32 [ %n, %entry ], [ %less, %loop ]
  %v = mul i32 %i, 77
  %x = load i64, ptr %p0, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i64 %x)]
  store i32 %v, ptr %p0, align 1, !tbaa !13
  store i64 %x, ptr %p4, align 1, !tbaa !13
  %less = add i32 %i, -1
  %more = icmp ne i32 %less, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; The place of the store may be below the base, so that its lower half alone would trap.
; CHECK-LABEL: define void @belowBase(
; CHECK: load i64, ptr %p0
; CHECK: store i64 %x, ptr %p4
define void @belowBase(ptr %context, i32 %n, i32 %a, ptr %other) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %wide = zext i32 %a to i64
  %p0 = getelementptr inbounds i8, ptr %base, i64 %wide
  %p4 = getelementptr inbounds i8, ptr %p0, i64 -4
  br label %loop
loop:
  %i = phi i32 [ %n, %entry ], [ %less, %loop ]
  %v = mul i32 %i, 77
  %x = load i64, ptr %p0, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i64 %x)]
  store i32 %v, ptr %p0, align 1, !tbaa !13
  store i64 %x, ptr %p4, align 1, !tbaa !13
  %less = add i32 %i, -1
  %more = icmp ne i32 %less, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; The word is also computed with.
; CHECK-LABEL: define void @usedOtherwise(
; CHECK: load i64, ptr %p0
; CHECK: store i64 %x, ptr %p4
define void @usedOtherwise(ptr %context, i32 %n, i32 %a, ptr %other) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %wide = zext i32 %a to i64
  %p0 = getelementptr inbounds i8, ptr %base, i64 %wide
  %p4 = getelementptr inbounds i8, ptr %p0, i64 4
  br label %loop
loop:
  %i = phi i32 [ %n, %entry ], [ %less, %loop ]
  %v = mul i32 %i, 77
  %x = load i64, ptr %p0, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i64 %x)]
  %y = add i64 %x, 1
  store i64 %y, ptr %other, align 1, !tbaa !12
  store i32 %v, ptr %p0, align 1, !tbaa !13
  store i64 %x, ptr %p4, align 1, !tbaa !13
  %less = add i32 %i, -1
  %more = icmp ne i32 %less, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; The loop writes whole words.
; CHECK-LABEL: define void @wholeWords(
; CHECK: load i64, ptr %p0
; CHECK: store i64 %x, ptr %p4
define void @wholeWords(ptr %context, i32 %n, i32 %a, ptr %other) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %wide = zext i32 %a to i64
  %p0 = getelementptr inbounds i8, ptr %base, i64 %wide
  %p4 = getelementptr inbounds i8, ptr %p0, i64 4
  br label %loop
loop:
  %i = phi i32 [ %n, %entry ], [ %less, %loop ]
  %v = mul i32 %i, 77
  %x = load i64, ptr %p0, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i64 %x)]
  store i64 1, ptr %p0, align 1, !tbaa !13
  store i64 %x, ptr %p4, align 1, !tbaa !13
  %less = add i32 %i, -1
  %more = icmp ne i32 %less, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; The bytes that are written are far away.
; CHECK-LABEL: define void @farAway(
; CHECK: load i64, ptr %p0
; CHECK: store i64 %x, ptr %p4
define void @farAway(ptr %context, i32 %n, i32 %a, ptr %other) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %wide = zext i32 %a to i64
  %p0 = getelementptr inbounds i8, ptr %base, i64 %wide
  %p4 = getelementptr inbounds i8, ptr %p0, i64 4
  br label %loop
loop:
  %i = phi i32 [ %n, %entry ], [ %less, %loop ]
  %v = mul i32 %i, 77
  %x = load i64, ptr %p0, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i64 %x)]
  %far = getelementptr inbounds i8, ptr %p0, i64 64
  store i32 %v, ptr %far, align 1, !tbaa !13
  store i64 %x, ptr %p4, align 1, !tbaa !13
  %less = add i32 %i, -1
  %more = icmp ne i32 %less, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; A volatile load stays one.
; CHECK-LABEL: define void @volatile(
; CHECK: load volatile i64, ptr %p0
define void @volatile(ptr %context, i32 %n, i32 %a, ptr %other) {
entry:
  %base = load ptr, ptr %context, !tbaa !10, !invariant.load !14
  %wide = zext i32 %a to i64
  %p0 = getelementptr inbounds i8, ptr %base, i64 %wide
  %p4 = getelementptr inbounds i8, ptr %p0, i64 4
  br label %loop
loop:
  %i = phi i32 [ %n, %entry ], [ %less, %loop ]
  %v = mul i32 %i, 77
  %x = load volatile i64, ptr %p0, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i64 %x)]
  store i32 %v, ptr %p0, align 1, !tbaa !13
  store i64 %x, ptr %p4, align 1, !tbaa !13
  %less = add i32 %i, -1
  %more = icmp ne i32 %less, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

!0 = !{!"wasm2native"}
!1 = !{!"context", !0, i64 0}
!2 = !{!"memory base", !1, i64 0}
!3 = !{!"memory base with wrap guard", !2, i64 0}
!4 = !{!"memory", !0, i64 0}
!10 = !{!3, !3, i64 0} ; the base of a memory with a wrap guard
!12 = !{!1, !1, i64 0} ; in the context
!13 = !{!4, !4, i64 0} ; in guest memory
!14 = !{}
