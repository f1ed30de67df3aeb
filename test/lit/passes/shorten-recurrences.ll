; Terms are combined in the order in which they are there, where the next iteration waits for the result.
; RUN: w2n-opt -passes=w2n-shorten-recurrences --verify-each %s | FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; The entry of the table comes last.
; CHECK-LABEL: define i32 @lookup(
; CHECK: %late = load i32
; CHECK: %[[AB:.*]] = xor i32 %{{[abc]}}, %{{[abc]}}
; CHECK: %[[ABC:.*]] = xor i32 %{{.*}}, %{{.*}}
; CHECK-NEXT: xor i32 %late, %[[ABC]]
; CHECK-NEXT: %less
define i32 @lookup(ptr %p, ptr %table, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ %n, %entry ], [ %less, %loop ]
  %h = phi i32 [ 0, %entry ], [ %next, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr i8, ptr %p, i64 %wide
  %a = load i32, ptr %at
  %at8 = getelementptr i8, ptr %at, i64 8
  %b = load i32, ptr %at8
  %at16 = getelementptr i8, ptr %at, i64 16
  %c = load i32, ptr %at16
  %low = and i32 %h, 255
  %index = zext i32 %low to i64
  %entryAt = getelementptr i32, ptr %table, i64 %index
  %late = load i32, ptr %entryAt
  %x = xor i32 %late, %a
  %y = xor i32 %x, %b
  %next = xor i32 %y, %c
  %less = add i32 %i, -1
  %more = icmp ne i32 %less, 0
  br i1 %more, label %loop, label %done
done:
  ret i32 %next
}

; Terms of a hash are multiplied by powers: (h * 31 + a) * 31 + b waits for one multiplication, by 961.
; CHECK-LABEL: define i32 @hash(
; CHECK: mul i32 %h, 961
; CHECK-NOT: mul i32 %{{.*}}, 961
; CHECK: %less
define i32 @hash(ptr %p, ptr %table, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ %n, %entry ], [ %less, %loop ]
  %h = phi i32 [ 0, %entry ], [ %next, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr i8, ptr %p, i64 %wide
  %a = load i32, ptr %at
  %at8 = getelementptr i8, ptr %at, i64 8
  %b = load i32, ptr %at8
  %at16 = getelementptr i8, ptr %at, i64 16
  %c = load i32, ptr %at16
  %m = mul i32 %h, 31
  %x = add i32 %m, %a
  %y = mul i32 %x, 31
  %next = add i32 %y, %b
  %less = add i32 %i, -1
  %more = icmp ne i32 %less, 0
  br i1 %more, label %loop, label %done
done:
  ret i32 %next
}

; Additions of floating-point numbers do not change places.
; CHECK-LABEL: define float @float(
; CHECK: %x = fadd float %h, %a
; CHECK-NEXT: %y = fadd float %x, %b
; CHECK-NEXT: %next = fadd float %y, %c
define float @float(ptr %p, ptr %table, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ %n, %entry ], [ %less, %loop ]
  %h = phi float [ 0.0, %entry ], [ %next, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr i8, ptr %p, i64 %wide
  %a = load float, ptr %at
  %at8 = getelementptr i8, ptr %at, i64 8
  %b = load float, ptr %at8
  %at16 = getelementptr i8, ptr %at, i64 16
  %c = load float, ptr %at16
  %x = fadd float %h, %a
  %y = fadd float %x, %b
  %next = fadd float %y, %c
  %less = add i32 %i, -1
  %more = icmp ne i32 %less, 0
  br i1 %more, label %loop, label %done
done:
  ret float %next
}

; Subtractions neither.
; CHECK-LABEL: define i32 @difference(
; CHECK: %x = sub i32 %late, %a
; CHECK-NEXT: %y = sub i32 %b, %x
; CHECK-NEXT: %next = sub i32 %y, %c
define i32 @difference(ptr %p, ptr %table, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ %n, %entry ], [ %less, %loop ]
  %h = phi i32 [ 0, %entry ], [ %next, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr i8, ptr %p, i64 %wide
  %a = load i32, ptr %at
  %at8 = getelementptr i8, ptr %at, i64 8
  %b = load i32, ptr %at8
  %at16 = getelementptr i8, ptr %at, i64 16
  %c = load i32, ptr %at16
  %low = and i32 %h, 255
  %index = zext i32 %low to i64
  %entryAt = getelementptr i32, ptr %table, i64 %index
  %late = load i32, ptr %entryAt
  %x = sub i32 %late, %a
  %y = sub i32 %b, %x
  %next = sub i32 %y, %c
  %less = add i32 %i, -1
  %more = icmp ne i32 %less, 0
  br i1 %more, label %loop, label %done
done:
  ret i32 %next
}

; Operations of different kinds are no sum.
; CHECK-LABEL: define i32 @mixed(
; CHECK: %x = and i32 %late, %a
; CHECK-NEXT: %y = xor i32 %x, %b
; CHECK-NEXT: %next = or i32 %y, %c
define i32 @mixed(ptr %p, ptr %table, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ %n, %entry ], [ %less, %loop ]
  %h = phi i32 [ 0, %entry ], [ %next, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr i8, ptr %p, i64 %wide
  %a = load i32, ptr %at
  %at8 = getelementptr i8, ptr %at, i64 8
  %b = load i32, ptr %at8
  %at16 = getelementptr i8, ptr %at, i64 16
  %c = load i32, ptr %at16
  %low = and i32 %h, 255
  %index = zext i32 %low to i64
  %entryAt = getelementptr i32, ptr %table, i64 %index
  %late = load i32, ptr %entryAt
  %x = and i32 %late, %a
  %y = xor i32 %x, %b
  %next = or i32 %y, %c
  %less = add i32 %i, -1
  %more = icmp ne i32 %less, 0
  br i1 %more, label %loop, label %done
done:
  ret i32 %next
}

; A value that is needed by itself stays.
; CHECK-LABEL: define i32 @shared(
; CHECK: %x = xor i32 %late, %a
; CHECK: store i32 %x
define i32 @shared(ptr %p, ptr %table, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ %n, %entry ], [ %less, %loop ]
  %h = phi i32 [ 0, %entry ], [ %next, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr i8, ptr %p, i64 %wide
  %a = load i32, ptr %at
  %at8 = getelementptr i8, ptr %at, i64 8
  %b = load i32, ptr %at8
  %at16 = getelementptr i8, ptr %at, i64 16
  %c = load i32, ptr %at16
  %low = and i32 %h, 255
  %index = zext i32 %low to i64
  %entryAt = getelementptr i32, ptr %table, i64 %index
  %late = load i32, ptr %entryAt
  %x = xor i32 %late, %a
  store i32 %x, ptr %at
  %y = xor i32 %x, %b
  %next = xor i32 %y, %c
  %less = add i32 %i, -1
  %more = icmp ne i32 %less, 0
  br i1 %more, label %loop, label %done
done:
  ret i32 %next
}

; No iteration waits for the sum of another: nothing is on the path.
; CHECK-LABEL: define i32 @independent(
; CHECK: %x = xor i32 %late, %a
; CHECK-NEXT: %y = xor i32 %x, %b
; CHECK-NEXT: %next = xor i32 %y, %c
define i32 @independent(ptr %p, ptr %table, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ %n, %entry ], [ %less, %loop ]
  %h = phi i32 [ 0, %entry ], [ %next, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr i8, ptr %p, i64 %wide
  %a = load i32, ptr %at
  %at8 = getelementptr i8, ptr %at, i64 8
  %b = load i32, ptr %at8
  %at16 = getelementptr i8, ptr %at, i64 16
  %c = load i32, ptr %at16
  %low = and i32 %a, 255
  %index = zext i32 %low to i64
  %entryAt = getelementptr i32, ptr %table, i64 %index
  %late = load i32, ptr %entryAt
  %x = xor i32 %late, %a
  %y = xor i32 %x, %b
  %next = xor i32 %y, %c
  %less = add i32 %i, -1
  %more = icmp ne i32 %less, 0
  br i1 %more, label %loop, label %done
done:
  ret i32 %next
}

; Three more multiplications would be needed than there are.
; CHECK-LABEL: define i32 @products(
; CHECK: mul i32
; CHECK-NOT: mul i32
; CHECK: ret i32
define i32 @products(ptr %p, ptr %table, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ %n, %entry ], [ %less, %loop ]
  %h = phi i32 [ 0, %entry ], [ %next, %loop ]
  %wide = zext i32 %i to i64
  %at = getelementptr i8, ptr %p, i64 %wide
  %a = load i32, ptr %at
  %at8 = getelementptr i8, ptr %at, i64 8
  %b = load i32, ptr %at8
  %at16 = getelementptr i8, ptr %at, i64 16
  %c = load i32, ptr %at16
  %x = add i32 %h, %a
  %y = add i32 %x, %b
  %z = add i32 %y, %c
  %next = mul i32 %z, 31
  %less = add i32 %i, -1
  %more = icmp ne i32 %less, 0
  br i1 %more, label %loop, label %done
done:
  ret i32 %next
}
