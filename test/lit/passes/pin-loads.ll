; A guest load that the code generator could delete, narrow or move becomes volatile; the others stay ordinary, and
; assumptions are gone.
; RUN: w2n-opt -passes=w2n-pin-loads --verify-each %s | FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; CHECK-NOT: call void @llvm.assume
; CHECK-LABEL: define void @unused(
; CHECK: load volatile i32
define void @unused(ptr %address) {
  %value = load i32, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i32 %value)]
  ret void
}

; CHECK-LABEL: define i32 @returned(
; CHECK: = load i32
define i32 @returned(ptr %address) {
  %value = load i32, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i32 %value)]
  ret i32 %value
}

; Only the lower byte is wanted.
; CHECK-LABEL: define i8 @narrowed(
; CHECK: load volatile i32
define i8 @narrowed(ptr %address) {
  %value = load i32, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i32 %value)]
  %low = trunc i32 %value to i8
  ret i8 %low
}

; All bytes are wanted.
; CHECK-LABEL: define i64 @extended(
; CHECK: = load i32
define i64 @extended(ptr %address) {
  %value = load i32, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i32 %value)]
  %wide = zext i32 %value to i64
  ret i64 %wide
}

; One branch alone uses it, and the load could move there.
; CHECK-LABEL: define i32 @sunk(
; CHECK: load volatile i32
define i32 @sunk(ptr %address, i1 %c) {
  %value = load i32, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i32 %value)]
  br i1 %c, label %then, label %else
then:
  %sum = add i32 %value, 1
  ret i32 %sum
else:
  ret i32 0
}

; One value of a select may be computed behind a branch.
; CHECK-LABEL: define i32 @selected(
; CHECK: load volatile i32
define i32 @selected(ptr %address, i1 %c) {
  %value = load i32, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i32 %value)]
  %result = select i1 %c, i32 %value, i32 0
  ret i32 %result
}

; The condition of a branch is computed in its block.
; CHECK-LABEL: define i32 @condition(
; CHECK: = load i32
define i32 @condition(ptr %address) {
  %value = load i32, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i32 %value)]
  %is = icmp eq i32 %value, 0
  br i1 %is, label %then, label %else
then:
  ret i32 1
else:
  ret i32 0
}

; The second of two conditions may be computed behind the first.
; CHECK-LABEL: define i32 @twoConditions(
; CHECK: load volatile i32
define i32 @twoConditions(ptr %address, i1 %c) {
  %value = load i32, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i32 %value)]
  %is = icmp eq i32 %value, 0
  %both = and i1 %is, %c
  br i1 %both, label %then, label %else
then:
  ret i32 1
else:
  ret i32 0
}

; A byte of the word alone would be written, and read.
; CHECK-LABEL: define void @bit(
; CHECK: load volatile i32
; CHECK: store volatile i32
define void @bit(ptr %address) {
  %value = load i32, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i32 %value)]
  %set = or i32 %value, 1
  store i32 %set, ptr %address, align 1, !tbaa !13
  ret void
}

; The first and the last byte of a vector of which one lane is wanted are loaded besides.
; CHECK-LABEL: define i32 @lane(
; CHECK: %[[FIRST:.*]] = getelementptr inbounds i8, ptr %address, i64 0
; CHECK: load volatile i8, ptr %[[FIRST]]
; CHECK: %[[LAST:.*]] = getelementptr inbounds i8, ptr %address, i64 15
; CHECK: load volatile i8, ptr %[[LAST]]
; CHECK: = load <4 x i32>
define i32 @lane(ptr %address) {
  %value = load <4 x i32>, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(<4 x i32> %value)]
  %lane = extractelement <4 x i32> %value, i64 0
  ret i32 %lane
}

; All lanes are wanted.
; CHECK-LABEL: define <4 x i32> @lanes(
; CHECK-NOT: load volatile
; CHECK: = load <4 x i32>
define <4 x i32> @lanes(ptr %address) {
  %value = load <4 x i32>, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(<4 x i32> %value)]
  ret <4 x i32> %value
}

; The context is the compiler's own: reading it cannot trap.
; CHECK-LABEL: define void @context(
; CHECK-NOT: volatile
; CHECK: ret void
define void @context(ptr %address) {
  %value = load i32, ptr %address, align 4, !tbaa !12
  ret void
}

; The load and the store could become a narrower pair, whatever the load is, if the store were ordinary.
; CHECK-LABEL: define i32 @setsBit(
; CHECK: load i32
; CHECK: store volatile i32
define i32 @setsBit(ptr %address) {
  %value = load i32, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i32 %value)]
  %set = xor i32 %value, 256
  store i32 %set, ptr %address, align 1, !tbaa !13
  ret i32 %value
}

; The sign is a bit as well.
; CHECK-LABEL: define void @negates(
; CHECK: store volatile double
define void @negates(ptr %address) {
  %value = load double, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(double %value)]
  %negative = fneg double %value
  store double %negative, ptr %address, align 1, !tbaa !13
  ret void
}

; Near miss: all bytes of a sum may be others.
; CHECK-LABEL: define void @adds(
; CHECK-NOT: volatile
; CHECK: ret void
define void @adds(ptr %address) {
  %value = load i32, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i32 %value)]
  %sum = add i32 %value, 256
  store i32 %sum, ptr %address, align 1, !tbaa !13
  ret void
}

; The upper half alone says whether a number is less than 2^32.
; CHECK-LABEL: define i1 @less(
; CHECK: load volatile i64
define i1 @less(ptr %address) {
  %value = load i64, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i64 %value)]
  %inverted = xor i64 %value, -1
  %less = icmp ult i64 %inverted, 4294967296
  ret i1 %less
}

; Near miss: all of it is compared.
; CHECK-LABEL: define i1 @equal(
; CHECK-NOT: volatile
; CHECK: ret i1
define i1 @equal(ptr %address) {
  %value = load i64, ptr %address, align 1, !tbaa !13
  call void @llvm.assume(i1 true) ["noundef"(i64 %value)]
  %equal = icmp eq i64 %value, 4294967296
  ret i1 %equal
}

; LLVM would make two stores of a pair.
; CHECK-LABEL: define void @pair(
; CHECK: store volatile i64
define void @pair(ptr %address, i32 %first, i32 %second) {
  %low = zext i32 %first to i64
  %high = zext i32 %second to i64
  %shifted = shl i64 %high, 32
  %pair = or disjoint i64 %low, %shifted
  store i64 %pair, ptr %address, align 1, !tbaa !13
  ret void
}

!0 = !{!"wasm2native"}
!1 = !{!"context", !0, i64 0}
!4 = !{!"memory", !0, i64 0}
!12 = !{!1, !1, i64 0} ; in the context
!13 = !{!4, !4, i64 0} ; in guest memory
