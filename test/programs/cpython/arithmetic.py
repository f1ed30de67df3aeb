# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Integers of any size, floats, complex numbers, decimals and fractions.
import cmath
import decimal
import fractions
import math
import statistics


def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


print(2**1000, -(7**123) // 10**50, pow(3, 10**6, 10**9 + 7), pow(17, -1, 10**12 + 39))
print([(a // b, a % b, divmod(a, b)) for a in (17, -17) for b in (5, -5)])
print(math.factorial(200), math.comb(300, 150), math.isqrt(10**101), math.gcd(2**90, 6**50), math.lcm(*range(1, 60)))
print(int("z" * 30, 36), hex(10**40), (1 << 300).bit_length(), (10**30).bit_count(), ~(1 << 70), -1 >> 100)
print((2**333 - 1).to_bytes(43, "big").hex(), int.from_bytes(b"\x80" * 9, "little", signed=True))
print(max(range(1, 3000), key=collatz), sum(i * i for i in range(10000)))

print(
    0.1 + 0.2, 1e16 + 1, 1 / 3, 5e-324, 1.7976931348623157e308 * 10, -0.0, float("nan"), round(2.5), round(-3.5),
    round(2.675, 2),
)
print(
    [float.hex(x) for x in (0.1, 1e-310, -1.5)], float.fromhex("0x1.8p-3"), (0.1).as_integer_ratio(),
    math.fsum([0.1] * 10),
)
print(*(f"{x:.3f} {x:e} {x:g} {x:10.2%} {x:,.1f}" for x in (1234567.891, 0.00001234, -42)), sep="\n")
print(
    math.sqrt(2), math.floor(-2.5), math.trunc(-2.5), math.fmod(-7, 3), math.modf(-2.25), math.frexp(10),
    math.nextafter(1, 2),
)
print((3 + 4j) * (1 - 2j), abs(3 + 4j), (1j) ** 2, cmath.sqrt(-4), complex("1+2j").conjugate())

decimal.getcontext().prec = 60
print(decimal.Decimal(2).sqrt(), decimal.Decimal(1) / 7, decimal.Decimal("1e-30") + 1, decimal.Decimal("-0.00"))
print(decimal.Decimal(1).exp(), decimal.Decimal("2.345").quantize(decimal.Decimal("0.01"), decimal.ROUND_HALF_EVEN))
try:
    decimal.Decimal(1) / 0
except decimal.DivisionByZero as error:
    print(type(error).__name__, error)
print(sum(fractions.Fraction(1, n) for n in range(1, 60)), fractions.Fraction("3.14159").limit_denominator(100))
print(statistics.mean([1, 2, 3, 4]), statistics.median([5, 1, 4]), statistics.pstdev([2, 4, 4, 4, 5, 5, 7, 9]))
