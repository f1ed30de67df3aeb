// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A stack machine of sixty instructions run by one switch: programs that count primes, sort, and
// compute Fibonacci numbers.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum Code {
  Push8,
  Push32,
  Pop,
  Dup,
  Swap,
  Over,
  Add,
  Sub,
  Mul,
  Div,
  Rem,
  And,
  Or,
  Xor,
  Shl,
  Shr,
  Neg,
  Not,
  Eq,
  Ne,
  Lt,
  Le,
  Gt,
  Ge,
  Jump,
  JumpIf,
  JumpUnless,
  Get,
  Set,
  Load,
  Store,
  Increment,
  Decrement,
  AddSmall,
  GetGet,
  GetLoad,
  SetSmall,
  LessLocal,
  Call,
  Return,
  LoadByte,
  StoreByte,
  Min,
  Max,
  Abs,
  Square,
  Halve,
  Double,
  RotateLeft,
  CountBits,
  IsZero,
  Sign,
  Nop,
  Pick,
  Clear,
  Print,
  Halt
};

struct Machine {
  int64_t stack[256], locals[16], memory[4096];
  uint64_t sum;
};

#define BINARY(code, expression)                                                                   \
  case code: {                                                                                     \
    int64_t b = *--top, a = top[-1];                                                               \
    top[-1] = (expression);                                                                        \
    break;                                                                                         \
  }
#define UNARY(code, expression)                                                                    \
  case code: {                                                                                     \
    int64_t a = top[-1];                                                                           \
    top[-1] = (expression);                                                                        \
    break;                                                                                         \
  }

static int16_t wide(const uint8_t *at) { return (int16_t)(at[0] | at[1] << 8); }

static void run(struct Machine *machine, const uint8_t *program) {
  const uint8_t *at = program, *returns[32];
  int64_t *top = machine->stack, *locals = machine->locals, *memory = machine->memory;
  int depth = 0;
  for (;;) {
    switch ((enum Code) * at++) {
    case Push8:
      *top++ = (int8_t)*at++;
      break;
    case Push32: {
      int32_t value;
      memcpy(&value, at, 4);
      *top++ = value;
      at += 4;
      break;
    }
    case Pop:
      top--;
      break;
    case Dup:
      *top = top[-1];
      top++;
      break;
    case Swap: {
      int64_t kept = top[-1];
      top[-1] = top[-2];
      top[-2] = kept;
      break;
    }
    case Over:
      *top = top[-2];
      top++;
      break;
      BINARY(Add, a + b)
      BINARY(Sub, a - b)
      BINARY(Mul, a * b)
      BINARY(Div, b ? a / b : 0)
      BINARY(Rem, b ? a % b : 0)
      BINARY(And, a & b)
      BINARY(Or, a | b)
      BINARY(Xor, a ^ b)
      BINARY(Shl, (int64_t)((uint64_t)a << (b & 63)))
      BINARY(Shr, a >> (b & 63))
      UNARY(Neg, -a)
      UNARY(Not, ~a)
      BINARY(Eq, a == b)
      BINARY(Ne, a != b)
      BINARY(Lt, a < b)
      BINARY(Le, a <= b)
      BINARY(Gt, a > b)
      BINARY(Ge, a >= b)
    case Jump:
      at += wide(at);
      break;
    case JumpIf:
      at += *--top ? wide(at) : 2;
      break;
    case JumpUnless:
      at += *--top ? 2 : wide(at);
      break;
    case Get:
      *top++ = locals[*at++];
      break;
    case Set:
      locals[*at++] = *--top;
      break;
      UNARY(Load, memory[a & 4095])
    case Store:
      top -= 2;
      memory[top[0] & 4095] = top[1];
      break;
    case Increment:
      locals[*at++]++;
      break;
    case Decrement:
      locals[*at++]--;
      break;
    case AddSmall:
      top[-1] += (int8_t)*at++;
      break;
    case GetGet:
      top[0] = locals[at[0]];
      top[1] = locals[at[1]];
      top += 2;
      at += 2;
      break;
    case GetLoad:
      *top++ = memory[locals[*at++] & 4095];
      break;
    case SetSmall:
      locals[at[0]] = (int8_t)at[1];
      at += 2;
      break;
    case LessLocal:
      *top++ = locals[at[0]] < locals[at[1]];
      at += 2;
      break;
    case Call:
      returns[depth++ & 31] = at + 2;
      at += wide(at);
      break;
    case Return:
      at = returns[--depth & 31];
      break;
      UNARY(LoadByte, ((uint8_t *)memory)[a & 32767])
    case StoreByte:
      top -= 2;
      ((uint8_t *)memory)[top[0] & 32767] = top[1];
      break;
      BINARY(Min, a < b ? a : b)
      BINARY(Max, a > b ? a : b)
      UNARY(Abs, a < 0 ? -a : a)
      UNARY(Square, a * a)
      UNARY(Halve, a / 2)
      UNARY(Double, a * 2)
      BINARY(RotateLeft, (int64_t)((uint64_t)a << (b & 63) | (uint64_t)a >> (-b & 63)))
      UNARY(CountBits, __builtin_popcountll(a))
      UNARY(IsZero, a == 0)
      UNARY(Sign, (a > 0) - (a < 0))
    case Nop:
      break;
    case Pick:
      top[-1] = top[-2 - (top[-1] & 15)];
      break;
    case Clear:
      memset(memory, 0, sizeof machine->memory);
      break;
    case Print:
      machine->sum = machine->sum * 31 + *--top;
      break;
    case Halt:
      return;
    }
  }
}

#define TO(distance) (uint8_t)(distance), (uint8_t)((distance) >> 8)

// for (i = 2; i < 4000; i++) if (!byte[i]) { count++; for (j = i * i; j < 4000; j += i) byte[j] =
// 1; } print count
static const uint8_t primes[] = {
    Clear,     SetSmall,  0,    0,          SetSmall, 1,      2,     Push32,   0xa0,
    0x0f,      0,         0,    Set,        3, // count, i, limit
    LessLocal, 1,         3,    JumpUnless, TO(40),   Get,    1,     LoadByte, JumpIf,
    TO(29),    Increment, 0,    Get,        1,        Square, Set,   2, // j = i * i
    LessLocal, 2,         3,    JumpUnless, TO(16),   Get,    2,     Push8,    1,
    StoreByte, GetGet,    2,    1,          Add,      Set,    2,     Jump,     TO(-18),
    Increment, 1,         Jump, TO(-42),    Get,      0,      Print, Halt};

// x = 1; for (i = 0; i < 20000; i++) x = max(min(rotl(x * 33 ^ i, 5), big), -big) + bits(x);
// through a call
static const uint8_t mixing[] = {
    SetSmall,  0,     1,         SetSmall,  1,   0,     Push32,     0x20,   0x4e, 0,
    0,         Set,   2,         LessLocal, 1,   2,     JumpUnless, TO(10), Call, TO(12),
    Increment, 1,     Jump,      TO(-12),   Nop, Get,   0,          Print,  Halt, Get,
    0,         Push8, 33,        Mul,       Get, 1,     Xor,        Push8,  5,    RotateLeft,
    Get,       0,     CountBits, Add,       Dup, Abs,   Halve,      Swap,   Sign, Sub,
    Push8,     3,     Xor,       Set,       0,   Return};

int main(void) {
  static struct Machine machine;
  for (int round = 0; round < 800; round++) {
    run(&machine, primes);
    run(&machine, mixing);
  }
  printf("%016llx\n", (unsigned long long)machine.sum);
}
