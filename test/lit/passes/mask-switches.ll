; A switch that would become a jump table gets an index that a conditional move keeps inside, the last entry being the
; default's; so do lookup tables.
; RUN: w2n-opt -passes=w2n-mask-switches --verify-each %s | FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@table = private unnamed_addr constant [5 x i32] [i32 3, i32 1, i32 4, i32 1, i32 5], align 4

; CHECK-LABEL: define i32 @dense(
; CHECK: [[DISTANCE:%.*]] = sub i32 %x, 10
; CHECK: [[INSIDE:%.*]] = icmp ult i32 [[DISTANCE]], 6
; CHECK: [[NEAR:%.*]] = select i1 [[INSIDE]], i32 [[DISTANCE]], i32 6, !unpredictable
; CHECK: [[ENTRY:%.*]] = call i32 asm "", "=r,0"(i32 [[NEAR]])
; CHECK: switch i32 [[ENTRY]], label %nowhere [
; CHECK-NEXT: i32 0, label %a
; CHECK-NEXT: i32 1, label %b
; CHECK-NEXT: i32 2, label %edge
; CHECK-NEXT: i32 3, label %edge
; CHECK-NEXT: i32 4, label %a
; CHECK-NEXT: i32 5, label %edge
; CHECK-NEXT: i32 6, label %edge
; CHECK-NEXT: ]
; CHECK: edge:
; CHECK-NEXT: br label %d
; CHECK: d:
; CHECK-NEXT: phi i32 [ 1, %a ], [ 2, %b ], [ 7, %edge ]
; CHECK: nowhere:
; CHECK-NEXT: unreachable
define i32 @dense(i32 %x) "w2n-masked-tables" {
  switch i32 %x, label %d [
    i32 10, label %a
    i32 11, label %b
    i32 14, label %a
    i32 15, label %d
  ]
a:
  br label %d
b:
  br label %d
d:
  %r = phi i32 [ 7, %0 ], [ 7, %0 ], [ 1, %a ], [ 2, %b ]
  ret i32 %r
}

; Two tables, and what lies between them, one below zero.
; CHECK-LABEL: define i32 @rows(
; CHECK: icmp slt i64 %x, 1000
; CHECK: below:
; CHECK: icmp ult i64 {{%.*}}, 4
; CHECK: switch i64 {{%.*}}, label %nowhere [
; CHECK-NEXT: i64 0, label %a
; CHECK: above:
; CHECK: icmp slt i64 %x, 5000
; CHECK: switch i64 %x, label %d [
; CHECK-NEXT: i64 1000, label %a
; CHECK-NEXT: ]
; CHECK: icmp ult i64 {{%.*}}, 4
define i32 @rows(i64 %x) "w2n-masked-tables" {
  switch i64 %x, label %d [
    i64 -2, label %a
    i64 -1, label %b
    i64 0, label %a
    i64 1, label %b
    i64 1000, label %a
    i64 5000, label %b
    i64 5001, label %a
    i64 5002, label %b
    i64 5003, label %a
  ]
a:
  ret i32 1
b:
  ret i32 2
d:
  ret i32 3
}

; CHECK-LABEL: define i32 @profiled(
; CHECK: ], !prof [[WEIGHTS:!.*]]
define i32 @profiled(i32 %x) "w2n-masked-tables" {
  switch i32 %x, label %d [
    i32 0, label %a
    i32 1, label %b
    i32 2, label %a
    i32 3, label %b
  ], !prof !0
a:
  ret i32 1
b:
  ret i32 2
d:
  ret i32 3
}

; Compared, not jumped through.
; CHECK-LABEL: define i32 @few(
; CHECK-NOT: select
; CHECK: ret
define i32 @few(i32 %x) "w2n-masked-tables" {
  switch i32 %x, label %d [
    i32 0, label %a
    i32 1, label %a
    i32 2, label %a
    i32 3, label %a
    i32 4, label %b
    i32 100000, label %b
    i32 200000, label %a
  ]
a:
  ret i32 1
b:
  ret i32 2
d:
  ret i32 3
}

; CHECK-LABEL: define i32 @bounded(
; CHECK-NOT: select
; CHECK: ret
define i32 @bounded(i32 %x) "w2n-masked-tables" {
  %y = and i32 %x, 3
  switch i32 %y, label %d [
    i32 0, label %a
    i32 1, label %b
    i32 2, label %a
    i32 3, label %b
  ]
a:
  ret i32 1
b:
  ret i32 2
d:
  ret i32 3
}

; A condition that a branch has found out does not count: it may be guessed.
; CHECK-LABEL: define i32 @compared(
; CHECK: select
; CHECK: switch
define i32 @compared(i32 %x) "w2n-masked-tables" {
  %c = icmp ult i32 %x, 4
  br i1 %c, label %inside, label %d
inside:
  switch i32 %x, label %no [
    i32 0, label %a
    i32 1, label %b
    i32 2, label %a
    i32 3, label %b
  ]
no:
  unreachable
a:
  ret i32 1
b:
  ret i32 2
d:
  ret i32 3
}

; CHECK-LABEL: define i32 @lookup(
; CHECK: [[INDEX:%.*]] = call i64 asm "", "=r,0"(i64 %x)
; CHECK: icmp ult i64 [[INDEX]], 5
; CHECK: [[PLACE:%.*]] = select i1 {{%.*}}, i64 [[INDEX]], i64 0, !unpredictable
; CHECK: getelementptr inbounds [5 x i32], ptr @table, i64 0, i64 [[PLACE]]
; CHECK: [[INDEX2:%.*]] = call i64 asm "", "=r,0"(i64 %x)
; CHECK: icmp ult i64 [[INDEX2]], 20
define i32 @lookup(i64 %x) "w2n-masked-tables" {
  %p = getelementptr inbounds [5 x i32], ptr @table, i64 0, i64 %x
  %v = load i32, ptr %p, align 4
  %q = getelementptr inbounds i8, ptr @table, i64 %x
  %w = load i8, ptr %q, align 1
  %x2 = zext i8 %w to i32
  %r = add i32 %v, %x2
  ret i32 %r
}

; CHECK-LABEL: define i32 @inside(
; CHECK-NOT: select
; CHECK: ret
define i32 @inside(i64 %x) "w2n-masked-tables" {
  %y = and i64 %x, 3
  %p = getelementptr inbounds i32, ptr @table, i64 %y
  %v = load i32, ptr %p, align 4
  ret i32 %v
}

; CHECK-LABEL: define i32 @not_asked(
; CHECK-NOT: select
; CHECK: ret
define i32 @not_asked(i32 %x) {
  switch i32 %x, label %d [
    i32 0, label %a
    i32 1, label %b
    i32 2, label %a
    i32 3, label %b
  ]
a:
  ret i32 1
b:
  ret i32 2
d:
  ret i32 3
}

; CHECK: [[WEIGHTS]] = !{!"branch_weights", i32 0, i32 10, i32 20, i32 30, i32 40, i32 5}
!0 = !{!"branch_weights", i32 5, i32 10, i32 20, i32 30, i32 40}
