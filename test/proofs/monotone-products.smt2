; What widen-addresses.smt2 takes for granted of products, proved by induction on the difference of
; the factors: 0 <= i <= B and 1 <= s <= m give 0 <= s * i <= s * B <= m * B.
(declare-const s Int)
(declare-const i Int)
(declare-const n Int)
(declare-const si Int)  ; s * i
(declare-const sn Int)  ; s * n
(declare-const mn Int)  ; m * n
(declare-const m Int)
(assert (and (<= 1 s) (<= s m) (<= 0 i) (<= i n)))
; From n to n + 1: all three products are of that form if they were.
(assert (and (<= 0 si) (<= si sn) (<= sn mn)))
(push)
(assert (not (and (<= 0 si) (<= si (+ sn s)) (<= (+ sn s) (+ mn m)))))
(check-sat)
(pop)
; From i and n = i to i + 1 and n + 1.
(push)
(assert (not (<= 0 (+ si s))))
(check-sat)
(pop)
