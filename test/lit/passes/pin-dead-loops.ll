; Guest loads become volatile in a loop that could be deleted because nothing after it depends on it.
; RUN: w2n-opt -passes=w2n-pin-dead-loops --verify-each %s | FileCheck %s
; RUN: w2n-opt "-passes=w2n-pin-dead-loops,loop(loop-deletion)" --verify-each %s | FileCheck --check-prefix=KEPT %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; CHECK-LABEL: define void @onlyTraps(
; CHECK: load volatile i8
; KEPT-LABEL: define void @onlyTraps(
; KEPT: load volatile i8
define void @onlyTraps(ptr %p) mustprogress {
entry:
  br label %loop
loop:
  %at = phi ptr [ %p, %entry ], [ %next, %loop ]
  %value = load i8, ptr %at, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i8 %value)]
  %next = getelementptr i8, ptr %at, i64 1
  %more = icmp ne i8 %value, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; The result depends on when the loop ends.
; CHECK-LABEL: define ptr @result(
; CHECK: = load i8
define ptr @result(ptr %p) mustprogress {
entry:
  br label %loop
loop:
  %at = phi ptr [ %p, %entry ], [ %next, %loop ]
  %value = load i8, ptr %at, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i8 %value)]
  %next = getelementptr i8, ptr %at, i64 1
  %more = icmp ne i8 %value, 0
  br i1 %more, label %loop, label %done
done:
  ret ptr %at
}

; A loop with an effect stays.
; CHECK-LABEL: define void @stores(
; CHECK: = load i8
define void @stores(ptr %p, ptr %q) mustprogress {
entry:
  br label %loop
loop:
  %at = phi ptr [ %p, %entry ], [ %next, %loop ]
  %value = load i8, ptr %at, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i8 %value)]
  store i8 0, ptr %q, !tbaa !13
  %next = getelementptr i8, ptr %at, i64 1
  %more = icmp ne i8 %value, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}

; The exit that is taken decides what comes then.
; CHECK-LABEL: define i32 @twoExits(
; CHECK: = load i8
; CHECK: }
define i32 @twoExits(ptr %p) mustprogress {
entry:
  br label %loop
loop:
  %at = phi ptr [ %p, %entry ], [ %next, %more ]
  %value = load i8, ptr %at, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i8 %value)]
  %isEnd = icmp eq i8 %value, 0
  br i1 %isEnd, label %end, label %more
more:
  %next = getelementptr i8, ptr %at, i64 1
  %isFound = icmp eq i8 %value, 7
  br i1 %isFound, label %found, label %loop
end:
  ret i32 0
found:
  ret i32 1
}

; Nothing needs a load behind a loop.
; CHECK-LABEL: define void @unused(
; CHECK: load volatile i8
define void @unused(ptr %p) {
  %value = load i8, ptr %p, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i8 %value)]
  ret void
}

; A phi says by which exit the loop was left.
; CHECK-LABEL: define i32 @tellsExit(
; CHECK: = load i8
; CHECK: }
define i32 @tellsExit(ptr %p) mustprogress {
entry:
  br label %loop
loop:
  %at = phi ptr [ %p, %entry ], [ %next, %more ]
  %value = load i8, ptr %at, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i8 %value)]
  %isEnd = icmp eq i8 %value, 0
  br i1 %isEnd, label %done, label %more
more:
  %next = getelementptr i8, ptr %at, i64 1
  %isFound = icmp eq i8 %value, 7
  br i1 %isFound, label %done, label %loop
done:
  %which = phi i32 [ 0, %loop ], [ 1, %more ]
  ret i32 %which
}

!0 = !{!"wasm2native"}
!4 = !{!"memory", !0, i64 0}
!13 = !{!4, !4, i64 0} ; in guest memory
