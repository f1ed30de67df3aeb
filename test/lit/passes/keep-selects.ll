; Selects are marked as unpredictable unless a profile knows how they go.
; RUN: w2n-opt -passes=w2n-keep-selects --verify-each %s | FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; CHECK-LABEL: define i32 @plain(
; CHECK: select i1 %c, i32 %a, i32 %b, !unpredictable
define i32 @plain(i1 %c, i32 %a, i32 %b) {
  %r = select i1 %c, i32 %a, i32 %b
  ret i32 %r
}

; CHECK-LABEL: define i32 @profiled(
; CHECK: select
; CHECK-NOT: !unpredictable
; CHECK: ret
define i32 @profiled(i1 %c, i32 %a, i32 %b) {
  %r = select i1 %c, i32 %a, i32 %b, !prof !20
  ret i32 %r
}

!20 = !{!"branch_weights", i32 1, i32 99}
