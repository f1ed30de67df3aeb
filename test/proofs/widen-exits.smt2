; Compiler pass WidenExits: with s > 0 and c = s * m for an m >= 1, c < 2^32, the 32-bit counter s, 2s,
; ... and the 64-bit one equal c after the same number of iterations, the m-th, and not before; and
; the loop ends then at the latest. Each check asks for a counterexample.
(declare-const s Int)
(declare-const m Int)
(declare-const k Int)  ; an iteration, from 1 on
(define-const indices Int 4294967296)
(assert (and (< 0 s) (<= 1 m) (<= 1 k) (<= k m)))
(assert (< (* s m) indices))
; What multiplication by s keeps: the order of k and m.
(assert (and (< 0 (* s k)) (<= (* s k) (* s m))))
(push)
(assert (not (= (= (mod (* s k) indices) (* s m)) (= (* s k) (* s m)))))
(check-sat)
(pop)
(push)
(assert (not (= (mod (* s m) indices) (* s m))))
(check-sat)
(pop)
