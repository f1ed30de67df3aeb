; Compiler pass WidenAddresses: an index {p, +, s} of 32 bits does not wrap around in iterations
; 0 ... B if and only if the condition that is computed before the loop holds; then its zero
; extension is the 64-bit {zext(p), +, s}. Steps are at most 2^20 and B is less than 2^32, so that
; all products are less than 2^52: numbers of 64 bits are numbers here, and those of 32 bits are
; taken modulo 2^32. Each check asks for a counterexample.
(define-const indices Int 4294967296)
(declare-const p Int)      ; where the lowest index of the group starts
(declare-const s Int)      ; the step, or its magnitude if it is negative
(declare-const B Int)      ; times that the back edge is taken, at most
(declare-const i Int)      ; an iteration
(declare-const d Int)      ; the distance of another index of the group from the lowest
(declare-const reach Int)  ; the largest such distance
(assert (and (<= 0 p) (< p indices) (<= 1 s) (<= s 1048576) (<= 0 i) (<= i B) (< B indices)))
(assert (and (<= 0 d) (<= d reach) (< reach 2097152)))
; What multiplication by s keeps: the order of i and B.
(assert (<= 0 (* s i)))
(assert (<= (* s i) (* s B)))
(assert (<= (* s B) (* 1048576 B)))

; No number of 64 bits overflows, with a sign or without.
(push)
(assert (>= (+ p (* s B) reach) 9223372036854775808))
(check-sat)
(pop)

; Up: zext(p) + s * B + reach < 2^32.
(push)
(assert (< (+ p (* s B) reach) indices))
(assert (not (= (mod (+ p d (* s i)) indices) (+ p d (* s i)))))
(check-sat)
(pop)
; And only then: the highest index in the last iteration wraps around otherwise.
(push)
(assert (not (< (+ p (* s B) reach) indices)))
(assert (= (mod (+ p reach (* s B)) indices) (+ p reach (* s B))))
(check-sat)
(pop)

; Down: s * B <= zext(p), and zext(p) + reach < 2^32.
(push)
(assert (and (<= (* s B) p) (< (+ p reach) indices)))
(assert (not (= (mod (- (+ p d) (* s i)) indices) (- (+ p d) (* s i)))))
(check-sat)
(pop)
(push)
(assert (not (and (<= (* s B) p) (< (+ p reach) indices))))
(assert (= (mod (- p (* s B)) indices) (- p (* s B))))
(assert (= (mod (+ p reach) indices) (+ p reach)))
(check-sat)
(pop)
