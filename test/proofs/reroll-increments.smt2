; Compiler pass RerollLoops: an increment by s that does not wrap around becomes as many increments
; by s / copies, none of which does: each sum is between those of the old iteration. Each check asks
; for a counterexample, for any range of numbers from `least` to `most` that has 0 (with a sign or
; without).
(declare-const least Int)
(declare-const most Int)
(declare-const x Int)
(declare-const part Int)    ; s / copies, exactly
(declare-const copies Int)
(declare-const j Int)       ; how many of the new increments
(assert (and (<= least 0) (<= 0 most) (<= 2 copies) (<= 1 j) (<= j copies)))
(assert (and (<= least x) (<= x most)))
(assert (and (<= least (+ x (* part copies))) (<= (+ x (* part copies)) most)))
(assert (not (and (<= least (+ x (* part j))) (<= (+ x (* part j)) most))))
(check-sat)
