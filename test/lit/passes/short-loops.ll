; Loops of at most 15 iterations are kept from the vectorizer.
; RUN: w2n-opt -passes=w2n-short-loops --verify-each %s | FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; CHECK-LABEL: define void @fifteen(
; CHECK: br i1 %more, label %loop, label %done{{.*}}, !llvm.loop ![[MARK:[0-9]+]]
define void @fifteen(ptr %p, i32 %n) {
entry:
  %count = and i32 %n, 15
  %isNone = icmp eq i32 %count, 0
  br i1 %isNone, label %done, label %loop
loop:
  %at = phi ptr [ %p, %entry ], [ %next, %loop ]
  %left = phi i32 [ %count, %entry ], [ %fewer, %loop ]
  store i32 7, ptr %at
  %next = getelementptr i8, ptr %at, i64 4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; 31 iterations are worth vectors.
; CHECK-LABEL: define void @thirtyOne(
; CHECK: br i1 %more, label %loop, label %done
; CHECK-NOT: !llvm.loop
define void @thirtyOne(ptr %p, i32 %n) {
entry:
  %count = and i32 %n, 31
  %isNone = icmp eq i32 %count, 0
  br i1 %isNone, label %done, label %loop
loop:
  %at = phi ptr [ %p, %entry ], [ %next, %loop ]
  %left = phi i32 [ %count, %entry ], [ %fewer, %loop ]
  store i32 7, ptr %at
  %next = getelementptr i8, ptr %at, i64 4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; A number that is always the same is known to the vectorizer.
; CHECK-LABEL: define void @constant(
; CHECK: br i1 %more, label %loop, label %done
; CHECK-NOT: !llvm.loop
define void @constant(ptr %p, i32 %n) {
entry:
  %count = and i32 %n, 15
  %isNone = icmp eq i32 %count, 0
  br i1 %isNone, label %done, label %loop
loop:
  %at = phi ptr [ %p, %entry ], [ %next, %loop ]
  %left = phi i32 [ 8, %entry ], [ %fewer, %loop ]
  store i32 7, ptr %at
  %next = getelementptr i8, ptr %at, i64 4
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; A loop that ends at an element may run long.
; CHECK-LABEL: define void @unknown(
; CHECK: br i1 %more, label %loop, label %done
; CHECK-NOT: !llvm.loop
; CHECK: }
define void @unknown(ptr %p) {
entry:
  br label %loop
loop:
  %at = phi ptr [ %p, %entry ], [ %next, %loop ]
  %value = load i32, ptr %at
  %next = getelementptr i8, ptr %at, i64 4
  %more = icmp ne i32 %value, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; CHECK: ![[MARK]] = distinct !{![[MARK]], ![[TEXT:[0-9]+]]}
; CHECK: ![[TEXT]] = !{!"llvm.loop.isvectorized", i32 1}
