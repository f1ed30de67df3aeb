// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A stack machine with a big switch: primes, Fibonacci and collatz as bytecode.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum Opcode {
  PUSH,
  DUPLICATE,
  DROP,
  SWAP,
  ADD,
  SUBTRACT,
  MULTIPLY,
  DIVIDE,
  REMAINDER,
  AND,
  OR,
  XOR,
  NOT,
  SHIFT_LEFT,
  SHIFT_RIGHT,
  EQUAL,
  LESS,
  LOAD,
  STORE,
  LOAD_INDEXED,
  STORE_INDEXED,
  JUMP,
  JUMP_IF_ZERO,
  CALL,
  RETURN,
  PRINT,
  HALT
};

typedef struct {
  int64_t stack[256], variables[16], *heap;
  int32_t calls[64];
  uint64_t steps;
} Machine;

#define BINARY(OPCODE, EXPRESSION)                                                                 \
  case OPCODE: {                                                                                   \
    int64_t b = *--top, a = top[-1];                                                               \
    top[-1] = (EXPRESSION);                                                                        \
    break;                                                                                         \
  }

static int execute(Machine *machine, const int32_t *code) {
  int64_t *top = machine->stack;
  int32_t *call = machine->calls;
  for (int32_t at = 0;;) {
    ++machine->steps;
    switch ((enum Opcode)code[at++]) {
    case PUSH:
      *top++ = code[at++];
      break;
    case DUPLICATE:
      *top = top[-1], ++top;
      break;
    case DROP:
      --top;
      break;
    case SWAP: {
      int64_t a = top[-1];
      top[-1] = top[-2], top[-2] = a;
      break;
    }
      BINARY(ADD, a + b)
      BINARY(SUBTRACT, a - b)
      BINARY(MULTIPLY, (int64_t)((uint64_t)a * (uint64_t)b))
      BINARY(DIVIDE, b ? a / b : 0)
      BINARY(REMAINDER, b ? a % b : 0)
      BINARY(AND, a & b)
      BINARY(OR, a | b)
      BINARY(XOR, a ^ b)
      BINARY(SHIFT_LEFT, (int64_t)((uint64_t)a << (b & 63)))
      BINARY(SHIFT_RIGHT, a >> (b & 63))
      BINARY(EQUAL, a == b)
      BINARY(LESS, a < b)
    case NOT:
      top[-1] = !top[-1];
      break;
    case LOAD:
      *top++ = machine->variables[code[at++]];
      break;
    case STORE:
      machine->variables[code[at++]] = *--top;
      break;
    case LOAD_INDEXED:
      top[-1] = machine->heap[top[-1]];
      break;
    case STORE_INDEXED:
      top -= 2;
      machine->heap[top[1]] = top[0];
      break;
    case JUMP:
      at = code[at];
      break;
    case JUMP_IF_ZERO:
      at = *--top ? at + 1 : code[at];
      break;
    case CALL:
      *call++ = at + 1, at = code[at];
      break;
    case RETURN:
      at = *--call;
      break;
    case PRINT:
      printf("%" PRId64 "\n", *--top);
      break;
    case HALT:
      return (int)(top - machine->stack);
    }
  }
}

// clang-format off: a line of bytecode is a step, with its address.
// Counts the primes below 20000 with a sieve in the heap.
static const int32_t sieve[] = {
    PUSH, 2, STORE, 0,                              // candidate = 2
    LOAD, 0, PUSH, 20000, LESS, JUMP_IF_ZERO, 57,   // 4: while candidate < 20000
    LOAD, 0, LOAD_INDEXED, JUMP_IF_ZERO, 25,        // 11: composite?
    LOAD, 0, PUSH, 1, ADD, STORE, 0, JUMP, 4,       // 16: next candidate
    LOAD, 1, PUSH, 1, ADD, STORE, 1,                // 25: ++count
    LOAD, 0, DUPLICATE, MULTIPLY, STORE, 2,         // 32: multiple = candidate squared
    LOAD, 2, PUSH, 20000, LESS, JUMP_IF_ZERO, 16,   // 38: while multiple < 20000
    PUSH, 1, LOAD, 2, STORE_INDEXED,                // 45: it is composite
    LOAD, 2, LOAD, 0, ADD, JUMP, 61,                // 50: multiple + candidate
    LOAD, 1, PRINT, HALT,                           // 57
    STORE, 2, JUMP, 38,                             // 61: is the next multiple
};

// Fibonacci by recursion: argument and result are on the stack.
static const int32_t fibonacci[] = {
    PUSH, 19, CALL, 6, PRINT, HALT,
    DUPLICATE, PUSH, 2, LESS, JUMP_IF_ZERO, 13, RETURN, // 6: n < 2 is its own result
    DUPLICATE, PUSH, 1, SUBTRACT, CALL, 6,              // 13: n, fib(n - 1)
    SWAP, PUSH, 2, SUBTRACT, CALL, 6, ADD, RETURN,      // 19: fib(n - 1) + fib(n - 2)
};

// The start below 3000 with the longest Collatz chain, and that length.
static const int32_t collatz[] = {
    PUSH, 1, STORE, 0,                                           // start = 1
    LOAD, 0, PUSH, 3000, LESS, JUMP_IF_ZERO, 86,                 // 4: while start < 3000
    LOAD, 0, STORE, 1, PUSH, 0, STORE, 2,                        // 11: n = start, length = 0
    LOAD, 1, PUSH, 1, EQUAL, NOT, JUMP_IF_ZERO, 62,              // 19: while n != 1
    LOAD, 2, PUSH, 1, ADD, STORE, 2,                             // 27: ++length
    LOAD, 1, PUSH, 1, AND, JUMP_IF_ZERO, 53,                     // 34: even?
    LOAD, 1, PUSH, 3, MULTIPLY, PUSH, 1, ADD, STORE, 1, JUMP, 19, // 41: n = 3 * n + 1
    LOAD, 1, PUSH, 1, SHIFT_RIGHT, STORE, 1, JUMP, 19,           // 53: n = n / 2
    LOAD, 3, LOAD, 2, LESS, JUMP_IF_ZERO, 77,                    // 62: longer?
    LOAD, 2, STORE, 3, LOAD, 0, STORE, 4,                        // 69: keep both
    LOAD, 0, PUSH, 1, ADD, STORE, 0, JUMP, 4,                    // 77: ++start
    LOAD, 4, PRINT, LOAD, 3, PRINT, HALT,                        // 86
};
// clang-format on

static void run(const char *name, const int32_t *code) {
  Machine machine = {.heap = calloc(20000, sizeof(int64_t))};
  printf("%s\n", name);
  int depth = execute(&machine, code);
  printf("%" PRIu64 " steps, %d left\n", machine.steps, depth);
  free(machine.heap);
}

int main(void) {
  run("sieve", sieve);
  run("fibonacci", fibonacci);
  run("collatz", collatz);
}
