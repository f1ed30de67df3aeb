; In a long chain of loops, each of which begins with what the one before it ended with, integers are frozen every twelve loops,
; so that scalar evolution does not describe the last by all of them. Short chains are left alone.
; RUN: w2n-opt -passes=w2n-cut-loop-chains %s | FileCheck %s

; CHECK-LABEL: define i32 @short(
; CHECK-NOT: freeze
; CHECK: ret
define i32 @short(i32 %v0) {
entry:
  br label %l1
l1:
  %i1 = phi i32 [ %v0, %entry ], [ %v1, %l1 ]
  %v1 = add i32 %i1, 3
  %c1 = icmp ult i32 %v1, 1000
  br i1 %c1, label %l1, label %l2
l2:
  %i2 = phi i32 [ %v1, %l1 ], [ %v2, %l2 ]
  %v2 = add i32 %i2, 3
  %c2 = icmp ult i32 %v2, 2000
  br i1 %c2, label %l2, label %l3
l3:
  %i3 = phi i32 [ %v2, %l2 ], [ %v3, %l3 ]
  %v3 = add i32 %i3, 3
  %c3 = icmp ult i32 %v3, 3000
  br i1 %c3, label %l3, label %l4
l4:
  %i4 = phi i32 [ %v3, %l3 ], [ %v4, %l4 ]
  %v4 = add i32 %i4, 3
  %c4 = icmp ult i32 %v4, 4000
  br i1 %c4, label %l4, label %l5
l5:
  %i5 = phi i32 [ %v4, %l4 ], [ %v5, %l5 ]
  %v5 = add i32 %i5, 3
  %c5 = icmp ult i32 %v5, 5000
  br i1 %c5, label %l5, label %l6
l6:
  %i6 = phi i32 [ %v5, %l5 ], [ %v6, %l6 ]
  %v6 = add i32 %i6, 3
  %c6 = icmp ult i32 %v6, 6000
  br i1 %c6, label %l6, label %end
end:
  ret i32 %v6
}

; CHECK-LABEL: define i32 @long(
; CHECK: freeze i32
; CHECK-NOT: freeze
; CHECK: ret
define i32 @long(i32 %v0) {
entry:
  br label %l1
l1:
  %i1 = phi i32 [ %v0, %entry ], [ %v1, %l1 ]
  %v1 = add i32 %i1, 3
  %c1 = icmp ult i32 %v1, 1000
  br i1 %c1, label %l1, label %l2
l2:
  %i2 = phi i32 [ %v1, %l1 ], [ %v2, %l2 ]
  %v2 = add i32 %i2, 3
  %c2 = icmp ult i32 %v2, 2000
  br i1 %c2, label %l2, label %l3
l3:
  %i3 = phi i32 [ %v2, %l2 ], [ %v3, %l3 ]
  %v3 = add i32 %i3, 3
  %c3 = icmp ult i32 %v3, 3000
  br i1 %c3, label %l3, label %l4
l4:
  %i4 = phi i32 [ %v3, %l3 ], [ %v4, %l4 ]
  %v4 = add i32 %i4, 3
  %c4 = icmp ult i32 %v4, 4000
  br i1 %c4, label %l4, label %l5
l5:
  %i5 = phi i32 [ %v4, %l4 ], [ %v5, %l5 ]
  %v5 = add i32 %i5, 3
  %c5 = icmp ult i32 %v5, 5000
  br i1 %c5, label %l5, label %l6
l6:
  %i6 = phi i32 [ %v5, %l5 ], [ %v6, %l6 ]
  %v6 = add i32 %i6, 3
  %c6 = icmp ult i32 %v6, 6000
  br i1 %c6, label %l6, label %l7
l7:
  %i7 = phi i32 [ %v6, %l6 ], [ %v7, %l7 ]
  %v7 = add i32 %i7, 3
  %c7 = icmp ult i32 %v7, 7000
  br i1 %c7, label %l7, label %l8
l8:
  %i8 = phi i32 [ %v7, %l7 ], [ %v8, %l8 ]
  %v8 = add i32 %i8, 3
  %c8 = icmp ult i32 %v8, 8000
  br i1 %c8, label %l8, label %l9
l9:
  %i9 = phi i32 [ %v8, %l8 ], [ %v9, %l9 ]
  %v9 = add i32 %i9, 3
  %c9 = icmp ult i32 %v9, 9000
  br i1 %c9, label %l9, label %l10
l10:
  %i10 = phi i32 [ %v9, %l9 ], [ %v10, %l10 ]
  %v10 = add i32 %i10, 3
  %c10 = icmp ult i32 %v10, 10000
  br i1 %c10, label %l10, label %l11
l11:
  %i11 = phi i32 [ %v10, %l10 ], [ %v11, %l11 ]
  %v11 = add i32 %i11, 3
  %c11 = icmp ult i32 %v11, 11000
  br i1 %c11, label %l11, label %l12
l12:
  %i12 = phi i32 [ %v11, %l11 ], [ %v12, %l12 ]
  %v12 = add i32 %i12, 3
  %c12 = icmp ult i32 %v12, 12000
  br i1 %c12, label %l12, label %l13
l13:
  %i13 = phi i32 [ %v12, %l12 ], [ %v13, %l13 ]
  %v13 = add i32 %i13, 3
  %c13 = icmp ult i32 %v13, 13000
  br i1 %c13, label %l13, label %l14
l14:
  %i14 = phi i32 [ %v13, %l13 ], [ %v14, %l14 ]
  %v14 = add i32 %i14, 3
  %c14 = icmp ult i32 %v14, 14000
  br i1 %c14, label %l14, label %end
end:
  ret i32 %v14
}
