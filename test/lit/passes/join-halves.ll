; Operations on halves of vectors are joined where registers hold the whole.
; RUN: w2n-opt -passes=w2n-join-halves --verify-each %s | FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; CHECK-LABEL: define <16 x i16> @wide(
; CHECK: add <16 x i16> %a, %b
define <16 x i16> @wide(<16 x i16> %a, <16 x i16> %b) "target-cpu"="x86-64-v3" {
  %al = shufflevector <16 x i16> %a, <16 x i16> poison,
      <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %bl = shufflevector <16 x i16> %b, <16 x i16> poison,
      <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %ah = shufflevector <16 x i16> %a, <16 x i16> poison,
      <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %bh = shufflevector <16 x i16> %b, <16 x i16> poison,
      <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %low = add <8 x i16> %al, %bl
  %high = add <8 x i16> %ah, %bh
  %both = shufflevector <8 x i16> %low, <8 x i16> %high,
      <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7,
       i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  ret <16 x i16> %both
}

; Registers of 128 bits hold the halves.
; CHECK-LABEL: define <16 x i16> @narrow(
; CHECK: add <8 x i16>
; CHECK: add <8 x i16>
define <16 x i16> @narrow(<16 x i16> %a, <16 x i16> %b) "target-cpu"="x86-64" {
  %al = shufflevector <16 x i16> %a, <16 x i16> poison,
      <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %bl = shufflevector <16 x i16> %b, <16 x i16> poison,
      <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %ah = shufflevector <16 x i16> %a, <16 x i16> poison,
      <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %bh = shufflevector <16 x i16> %b, <16 x i16> poison,
      <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %low = add <8 x i16> %al, %bl
  %high = add <8 x i16> %ah, %bh
  %both = shufflevector <8 x i16> %low, <8 x i16> %high,
      <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7,
       i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  ret <16 x i16> %both
}

; A guest load that is named stays whole, though one lane is used.
; CHECK-LABEL: define i32 @named(
; CHECK: load <4 x i32>
define i32 @named(ptr %address) "target-cpu"="x86-64-v3" {
  %value = load <4 x i32>, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(<4 x i32> %value)]
  %lane = extractelement <4 x i32> %value, i64 0
  ret i32 %lane
}

; One that is not named need not.
; CHECK-LABEL: define i32 @unnamed(
; CHECK: load i32
define i32 @unnamed(ptr %address) "target-cpu"="x86-64-v3" {
  %value = load <4 x i32>, ptr %address, align 1, !tbaa !12
  %lane = extractelement <4 x i32> %value, i64 0
  ret i32 %lane
}

!0 = !{!"wasm2native"}
!1 = !{!"context", !0, i64 0}
!4 = !{!"memory", !0, i64 0}
!12 = !{!1, !1, i64 0} ; in the context
!13 = !{!4, !4, i64 0} ; in guest memory
