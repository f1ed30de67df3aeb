; A 64-bit counter is compared in place of a 32-bit one that goes the same steps.
; RUN: w2n-opt -passes=loop-simplify,w2n-widen-exits --verify-each %s | FileCheck %s
; RUN: w2n-opt -passes=w2n-widen-exits --verify-each %s | FileCheck --check-prefix=RAW %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; CHECK-LABEL: define void @same(
; CHECK: %[[MORE:.*]] = icmp ne i64 %w.next, 2000
; CHECK: br i1 %[[MORE]]
define void @same(ptr %p) {
entry:
  br label %loop
loop:
  %n = phi i32 [ 0, %entry ], [ %next, %loop ]
  %w = phi i64 [ 0, %entry ], [ %w.next, %loop ]
  %at = getelementptr i8, ptr %p, i64 %w
  store i32 1, ptr %at
  %next = add i32 %n, 8
  %w.next = add nuw nsw i64 %w, 8
  %more = icmp ne i32 %next, 2000
  br i1 %more, label %loop, label %done
done:
  ret void
}

; The narrow counter wraps around before it is 2001, and the loop goes on.
; CHECK-LABEL: define void @never(
; CHECK-NOT: icmp {{[a-z]+}} i64
; CHECK: %more = icmp ne i32
; CHECK-NEXT: br i1 %more
define void @never(ptr %p) {
entry:
  br label %loop
loop:
  %n = phi i32 [ 0, %entry ], [ %next, %loop ]
  %w = phi i64 [ 0, %entry ], [ %w.next, %loop ]
  %at = getelementptr i8, ptr %p, i64 %w
  store i32 1, ptr %at
  %next = add i32 %n, 8
  %w.next = add nuw nsw i64 %w, 8
  %more = icmp ne i32 %next, 2001
  br i1 %more, label %loop, label %done
done:
  ret void
}

; A counter that begins elsewhere may wrap around before the end, too.
; CHECK-LABEL: define void @startsLater(
; CHECK-NOT: icmp {{[a-z]+}} i64
; CHECK: %more = icmp ne i32
; CHECK-NEXT: br i1 %more
define void @startsLater(ptr %p) {
entry:
  br label %loop
loop:
  %n = phi i32 [ 8, %entry ], [ %next, %loop ]
  %w = phi i64 [ 0, %entry ], [ %w.next, %loop ]
  %at = getelementptr i8, ptr %p, i64 %w
  store i32 1, ptr %at
  %next = add i32 %n, 8
  %w.next = add nuw nsw i64 %w, 8
  %more = icmp ne i32 %next, 2000
  br i1 %more, label %loop, label %done
done:
  ret void
}

; The wide counter goes other steps.
; CHECK-LABEL: define void @otherStep(
; CHECK-NOT: icmp {{[a-z]+}} i64
; CHECK: %more = icmp ne i32
; CHECK-NEXT: br i1 %more
define void @otherStep(ptr %p) {
entry:
  br label %loop
loop:
  %n = phi i32 [ 0, %entry ], [ %next, %loop ]
  %w = phi i64 [ 0, %entry ], [ %w.next, %loop ]
  %at = getelementptr i8, ptr %p, i64 %w
  store i32 1, ptr %at
  %next = add i32 %n, 8
  %w.next = add nuw nsw i64 %w, 4
  %more = icmp ne i32 %next, 2000
  br i1 %more, label %loop, label %done
done:
  ret void
}

; The wide counter begins elsewhere.
; CHECK-LABEL: define void @otherStart(
; CHECK-NOT: icmp {{[a-z]+}} i64
; CHECK: %more = icmp ne i32
; CHECK-NEXT: br i1 %more
define void @otherStart(ptr %p) {
entry:
  br label %loop
loop:
  %n = phi i32 [ 0, %entry ], [ %next, %loop ]
  %w = phi i64 [ 8, %entry ], [ %w.next, %loop ]
  %at = getelementptr i8, ptr %p, i64 %w
  store i32 1, ptr %at
  %next = add i32 %n, 8
  %w.next = add nuw nsw i64 %w, 8
  %more = icmp ne i32 %next, 2000
  br i1 %more, label %loop, label %done
done:
  ret void
}

; Only comparisons for equality end at the number itself.
; CHECK-LABEL: define void @less(
; CHECK-NOT: icmp {{[a-z]+}} i64
; CHECK: %more = icmp ult i32
; CHECK-NEXT: br i1 %more
define void @less(ptr %p) {
entry:
  br label %loop
loop:
  %n = phi i32 [ 0, %entry ], [ %next, %loop ]
  %w = phi i64 [ 0, %entry ], [ %w.next, %loop ]
  %at = getelementptr i8, ptr %p, i64 %w
  store i32 1, ptr %at
  %next = add i32 %n, 8
  %w.next = add nuw nsw i64 %w, 8
  %more = icmp ult i32 %next, 2000
  br i1 %more, label %loop, label %done
done:
  ret void
}

; The loop goes on as long as they are equal.
; CHECK-LABEL: define void @whileEqual(
; CHECK-NOT: icmp {{[a-z]+}} i64
; CHECK: %more = icmp eq i32
; CHECK-NEXT: br i1 %more
define void @whileEqual(ptr %p) {
entry:
  br label %loop
loop:
  %n = phi i32 [ 0, %entry ], [ %next, %loop ]
  %w = phi i64 [ 0, %entry ], [ %w.next, %loop ]
  %at = getelementptr i8, ptr %p, i64 %w
  store i32 1, ptr %at
  %next = add i32 %n, 8
  %w.next = add nuw nsw i64 %w, 8
  %more = icmp eq i32 %next, 2000
  br i1 %more, label %loop, label %done
done:
  ret void
}

; The end is 2^32 for a counter that wraps around to 0.
; CHECK-LABEL: define void @wraps(
; CHECK-NOT: icmp {{[a-z]+}} i64
; CHECK: %more = icmp ne i32
; CHECK-NEXT: br i1 %more
define void @wraps(ptr %p) {
entry:
  br label %loop
loop:
  %n = phi i32 [ 0, %entry ], [ %next, %loop ]
  %w = phi i64 [ 0, %entry ], [ %w.next, %loop ]
  %at = getelementptr i8, ptr %p, i64 %w
  store i32 1, ptr %at
  %next = add i32 %n, 8
  %w.next = add nuw nsw i64 %w, 8
  %more = icmp ne i32 %next, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; A loop without a block of its own before it; this is what LoopSimplify is for.
; RAW-LABEL: define void @noPreheader(
; RAW: %more = icmp ne i32
define void @noPreheader(ptr %p, i1 %isEmpty) {
entry:
  br i1 %isEmpty, label %done, label %loop
loop:
  %n = phi i32 [ 0, %entry ], [ %next, %loop ]
  %w = phi i64 [ 0, %entry ], [ %w.next, %loop ]
  %at = getelementptr i8, ptr %p, i64 %w
  store i32 1, ptr %at
  %next = add i32 %n, 8
  %w.next = add nuw nsw i64 %w, 8
  %more = icmp ne i32 %next, 2000
  br i1 %more, label %loop, label %done
done:
  ret void
}
