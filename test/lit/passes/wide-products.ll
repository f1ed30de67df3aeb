; A product of 128 bits that is put together from halves of 32 becomes one multiplication.
; RUN: w2n-opt -passes=w2n-wide-products --verify-each %s | FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; CHECK-LABEL: define i64 @high(
; CHECK: %[[PRODUCT:.*]] = mul nuw i128
; CHECK: %[[WORD:.*]] = lshr i128 %[[PRODUCT]], 64
; CHECK: %[[RESULT:.*]] = trunc i128 %[[WORD]] to i64
; CHECK: ret i64 %[[RESULT]]
define i64 @high(i64 %x, i64 %y) {
  %xl = and i64 %x, 4294967295
  %yl = and i64 %y, 4294967295
  %xh = lshr i64 %x, 32
  %yh = lshr i64 %y, 32
  %p = mul i64 %xl, %yl
  %pHigh = lshr i64 %p, 32
  %xlyh = mul i64 %xl, %yh
  %t = add i64 %pHigh, %xlyh
  %tLow = and i64 %t, 4294967295
  %xhyl = mul i64 %xh, %yl
  %u = add i64 %tLow, %xhyl
  %xhyh = mul i64 %xh, %yh
  %tHigh = lshr i64 %t, 32
  %uHigh = lshr i64 %u, 32
  %sum = add i64 %xhyh, %tHigh
  %high = add i64 %sum, %uHigh
  ret i64 %high
}

; CHECK-LABEL: define i64 @low(
; CHECK: %[[PRODUCT:.*]] = mul nuw i128
; CHECK: %[[RESULT:.*]] = trunc i128 %[[PRODUCT]] to i64
; CHECK: ret i64 %[[RESULT]]
define i64 @low(i64 %x, i64 %y) {
  %xl = and i64 %x, 4294967295
  %yl = and i64 %y, 4294967295
  %xh = lshr i64 %x, 32
  %yh = lshr i64 %y, 32
  %p = mul i64 %xl, %yl
  %pHigh = lshr i64 %p, 32
  %xlyh = mul i64 %xl, %yh
  %t = add i64 %pHigh, %xlyh
  %tLow = and i64 %t, 4294967295
  %xhyl = mul i64 %xh, %yl
  %u = add i64 %tLow, %xhyl
  %shifted = shl i64 %u, 32
  %pLow = and i64 %p, 4294967295
  %low = or i64 %shifted, %pLow
  ret i64 %low
}

; Without the carry out of t it is another number.
; CHECK-LABEL: define i64 @carryForgotten(
; CHECK-NOT: i128
define i64 @carryForgotten(i64 %x, i64 %y) {
  %xl = and i64 %x, 4294967295
  %yl = and i64 %y, 4294967295
  %xh = lshr i64 %x, 32
  %yh = lshr i64 %y, 32
  %p = mul i64 %xl, %yl
  %pHigh = lshr i64 %p, 32
  %xlyh = mul i64 %xl, %yh
  %t = add i64 %pHigh, %xlyh
  %tLow = and i64 %t, 4294967295
  %xhyl = mul i64 %xh, %yl
  %u = add i64 %tLow, %xhyl
  %xhyh = mul i64 %xh, %yh
  %uHigh = lshr i64 %u, 32
  %high = add i64 %xhyh, %uHigh
  ret i64 %high
}

; The same cross product twice.
; CHECK-LABEL: define i64 @sameCross(
; CHECK-NOT: i128
define i64 @sameCross(i64 %x, i64 %y) {
  %xl = and i64 %x, 4294967295
  %yl = and i64 %y, 4294967295
  %xh = lshr i64 %x, 32
  %yh = lshr i64 %y, 32
  %p = mul i64 %xl, %yl
  %pHigh = lshr i64 %p, 32
  %xlyh = mul i64 %xl, %yh
  %t = add i64 %pHigh, %xlyh
  %tLow = and i64 %t, 4294967295
  %xhyl = mul i64 %xl, %yh
  %u = add i64 %tLow, %xhyl
  %xhyh = mul i64 %xh, %yh
  %tHigh = lshr i64 %t, 32
  %uHigh = lshr i64 %u, 32
  %sum = add i64 %xhyh, %tHigh
  %high = add i64 %sum, %uHigh
  ret i64 %high
}

; A half of 31 bits.
; CHECK-LABEL: define i64 @narrowHalf(
; CHECK-NOT: i128
define i64 @narrowHalf(i64 %x, i64 %y) {
  %xl = and i64 %x, 2147483647
  %yl = and i64 %y, 4294967295
  %xh = lshr i64 %x, 32
  %yh = lshr i64 %y, 32
  %p = mul i64 %xl, %yl
  %pHigh = lshr i64 %p, 32
  %xlyh = mul i64 %xl, %yh
  %t = add i64 %pHigh, %xlyh
  %tLow = and i64 %t, 4294967295
  %xhyl = mul i64 %xh, %yl
  %u = add i64 %tLow, %xhyl
  %xhyh = mul i64 %xh, %yh
  %tHigh = lshr i64 %t, 32
  %uHigh = lshr i64 %u, 32
  %sum = add i64 %xhyh, %tHigh
  %high = add i64 %sum, %uHigh
  ret i64 %high
}

; t is not cut to its lower half, so its upper half counts twice.
; CHECK-LABEL: define i64 @uncut(
; CHECK-NOT: i128
; CHECK: ret i64
define i64 @uncut(i64 %x, i64 %y) {
  %xl = and i64 %x, 4294967295
  %yl = and i64 %y, 4294967295
  %xh = lshr i64 %x, 32
  %yh = lshr i64 %y, 32
  %p = mul i64 %xl, %yl
  %pHigh = lshr i64 %p, 32
  %xlyh = mul i64 %xl, %yh
  %t = add i64 %pHigh, %xlyh
  %tLow = and i64 %t, 4294967295
  %xhyl = mul i64 %xh, %yl
  %u = add i64 %t, %xhyl
  %xhyh = mul i64 %xh, %yh
  %tHigh = lshr i64 %t, 32
  %uHigh = lshr i64 %u, 32
  %sum = add i64 %xhyh, %tHigh
  %high = add i64 %sum, %uHigh
  ret i64 %high
}

; The upper half of the low word goes elsewhere.
; CHECK-LABEL: define i64 @halfOnly(
; CHECK-NOT: i128
; CHECK: ret i64
define i64 @halfOnly(i64 %x, i64 %y) {
  %xl = and i64 %x, 4294967295
  %yl = and i64 %y, 4294967295
  %xh = lshr i64 %x, 32
  %yh = lshr i64 %y, 32
  %p = mul i64 %xl, %yl
  %pHigh = lshr i64 %p, 32
  %xlyh = mul i64 %xl, %yh
  %t = add i64 %pHigh, %xlyh
  %tLow = and i64 %t, 4294967295
  %xhyl = mul i64 %xh, %yl
  %u = add i64 %tLow, %xhyl
  %shifted = shl i64 %u, 32
  ret i64 %shifted
}
