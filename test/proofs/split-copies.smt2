; Compiler pass SplitCopies: a store of 8 bytes becomes one of the upper 4 and then one of the lower
; 4. What is accessible begins at the base and is one piece of some length. At the base or above,
; the upper half traps if any byte of the store does, so that no half is stored alone; and the
; halves make the same bytes. Each check asks for a counterexample.
(define-sort Wide () (_ BitVec 64))
(declare-const at Wide)      ; from the base
(declare-const length Wide)  ; of what is accessible
(declare-const byte Wide)    ; of the 8
(declare-const value Wide)
(define-fun accessible ((x Wide)) Bool (and (bvsge x (_ bv0 64)) (bvslt x length)))
(assert (and (bvsge length (_ bv0 64)) (bvult byte (_ bv8 64))))
(assert (and (bvsge at (_ bv0 64)) (bvslt at #x0000001000000000)))

; One byte of the store is not accessible, and all four of the upper half are.
(push)
(assert (not (accessible (bvadd at byte))))
(assert (and (accessible (bvadd at (_ bv4 64))) (accessible (bvadd at (_ bv7 64)))))
(check-sat)
(pop)
; All of the store is accessible, and a half is not.
(push)
(assert (and (accessible at) (accessible (bvadd at (_ bv7 64)))))
(assert (bvult byte (_ bv4 64)))
(assert (not (and (accessible (bvadd at byte)) (accessible (bvadd at (_ bv4 64) byte)))))
(check-sat)
(pop)
; The byte at `byte` is another one.
(push)
(define-const shift Wide (bvshl byte (_ bv3 64)))
(define-const whole (_ BitVec 8) ((_ extract 7 0) (bvlshr value shift)))
(define-const low (_ BitVec 32) ((_ extract 31 0) value))
(define-const high (_ BitVec 32) ((_ extract 31 0) (bvlshr value (_ bv32 64))))
(define-const half Wide
  (ite (bvult byte (_ bv4 64)) ((_ zero_extend 32) low) ((_ zero_extend 32) high)))
(define-const inHalf Wide (bvand shift (_ bv31 64)))
(assert (not (= whole ((_ extract 7 0) (bvlshr half inHalf)))))
(check-sat)
(pop)
