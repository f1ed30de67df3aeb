; Compiler pass FoldIndexSums: an access at zext(p + c) may become one at zext(p) + c if, whenever
; p + c wraps around, the function traps both as it was and as it becomes. Sizes are those of
; lib/artifact/Abi.h (wrapGuardBytes) and lib/artifact/MemoryGuards.h. Each check asks for a
; counterexample.
(define-sort Index () (_ BitVec 32))
(define-sort Wide () (_ BitVec 64))
(define-fun wide ((x Index)) Wide ((_ zero_extend 32) x))
(define-const wrapGuard Wide #x0000000000010000)    ; 64 KiB
(define-const memory Wide #x0000000100000000)       ; 4 GiB: what an index can name
(define-const guardBefore Wide #x0000000080000000)  ; 2 GiB
(define-const addressable Wide #x0000000200000000)  ; 8 GiB
(define-const guardAfter Wide #x0000000080000000)   ; 2 GiB
; Whether a byte at distance x from the base may be accessible: nothing in the last 64 KiB is.
(define-fun accessible ((x Wide)) Bool
  (and (bvsge x (_ bv0 64)) (bvslt x (bvsub memory wrapGuard))))
; Whether x is inside what is reserved.
(define-fun reserved ((x Wide)) Bool
  (and (bvsge x (bvneg guardBefore)) (bvslt x (bvadd addressable guardAfter))))
(declare-const p Index)
(declare-const x Index)
(declare-const c Wide)       ; the constant, with its sign
(declare-const offset Wide)  ; of the access
(declare-const byte Wide)    ; of those accessed, counted from the first
(define-const narrow Index (bvadd p ((_ extract 31 0) c)))
(define-const folded Wide (bvadd (wide p) c))
(define-const wraps Bool (not (= (wide narrow) folded)))
; Constants are 64 KiB at most; a sum of several accesses that rest on each other is the difference of
; two.
(assert (and (bvsle (bvneg wrapGuard) c) (bvsle c (bvadd wrapGuard wrapGuard))))
(assert (bvult offset memory))
(assert (bvult byte #x0000000000000010))

; c < 0, at least -64 KiB, without an offset: where p + c wraps around, every byte traps before ...
(push)
(assert (and (bvslt c (_ bv0 64)) wraps))
(assert (accessible (bvadd (wide narrow) byte)))
(check-sat)
(pop)
; ... and the first byte traps afterwards, inside what is reserved.
(push)
(assert (and (bvslt c (_ bv0 64)) wraps))
(assert (or (accessible folded) (not (reserved (bvadd folded byte)))))
(check-sat)
(pop)

; An access at zext(r), with an offset, before one at zext(r + c) with 0 < c <= 64 KiB: where the
; first does not trap, r + c does not wrap around. r is p + d, or p itself.
(push)
(assert (and (bvsgt c (_ bv0 64)) (bvsle c wrapGuard)))
(assert (accessible (bvadd (wide p) offset byte)))
(assert wraps)
(check-sat)
(pop)
; Where p + c wraps around, the folded access, with its offset, is where nothing is accessible, and
; inside what is reserved: an index, a constant and an offset of 32 bits come to that.
(push)
(assert (and (bvsge c (_ bv0 64)) wraps))
(assert (or (accessible (bvadd folded offset byte)) (not (reserved (bvadd folded offset byte)))))
(check-sat)
(pop)

; The same with an x of at most 64 KiB in the place of c, and an access at zext(p) before it.
(push)
(assert (bvule (wide x) wrapGuard))
(assert (accessible (wide p)))
(assert (not (= (wide (bvadd p x)) (bvadd (wide p) (wide x)))))
(check-sat)
(pop)
(push)
(assert (bvule (wide x) wrapGuard))
(assert (not (= (wide (bvadd p x)) (bvadd (wide p) (wide x)))))
(define-const sum Wide (bvadd (wide p) (wide x) offset byte))
(assert (or (accessible sum) (not (reserved sum))))
(check-sat)
(pop)
