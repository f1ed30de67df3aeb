; Compiler pass WideProducts: what producers compute from halves of 32 bits is the product of 64 by
; 64 bits, 128 bits wide. In numbers: x = 2^32 xh + xl and y likewise. Each check asks for a
; counterexample.
(define-const half Int 4294967296)
(declare-const xl Int)
(declare-const xh Int)
(declare-const yl Int)
(declare-const yh Int)
; The four products of halves: numbers of which only their range is used below, and that they are
; the coefficients of x * y.
(declare-const ll Int)  ; xl * yl
(declare-const lh Int)  ; xl * yh
(declare-const hl Int)  ; xh * yl
(declare-const hh Int)  ; xh * yh
(define-const most Int (* (- half 1) (- half 1)))
(assert (and (<= 0 ll) (<= ll most) (<= 0 lh) (<= lh most) (<= 0 hl) (<= hl most) (<= 0 hh) (<= hh most)))
(define-const t Int (+ (div ll half) lh))
(define-const u Int (+ (mod t half) hl))
(define-const high Int (+ hh (div t half) (div u half)))
; The low word: (u << 32) | (p mod 2^32); the bits that leave a word of 64 on the left are lost.
(define-const low Int (+ (* half (mod u half)) (mod ll half)))

; No sum overflows 64 bits.
(push)
(assert (or (>= t (* half half)) (>= u (* half half))))
(check-sat)
(pop)
; Nor does the high word, as it is that of a product of 128 bits: it is exact below.
; 2^64 high + low is the sum of the products, each with its power of two.
(push)
(assert (not (= (+ (* half half high) low) (+ (* half half hh) (* half lh) (* half hl) ll))))
(check-sat)
(pop)
; `low` is a word of 64 bits.
(push)
(assert (not (and (<= 0 low) (< low (* half half)))))
(check-sat)
(pop)
; That the products are the coefficients of x * y, as polynomials.
(push)
(assert (not (= (* (+ (* half xh) xl) (+ (* half yh) yl))
                (+ (* half half (* xh yh)) (* half (* xl yh)) (* half (* xh yl)) (* xl yl)))))
(check-sat)
(pop)
