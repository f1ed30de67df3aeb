// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Regular expressions: a backtracking matcher over a compiled program, and the same expressions by
// sets of states.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum Code { Character, Any, Class, Split, Jump, Match };

struct Instruction {
  enum Code code;
  int first,
      second; // Split: preferred and other target. Jump: target. Class: index. Character: it.
};

struct Program {
  struct Instruction code[256];
  uint32_t classes[16][8];
  int size, classCount;
};

static const char *at;
static struct Program *into;

static int emit(enum Code code, int first, int second) {
  into->code[into->size] = (struct Instruction){code, first, second};
  return into->size++;
}

// Moves the code from `begin` one further, to put a split or jump before it; targets inside move
// with it.
static void makeRoom(int begin) {
  for (int i = into->size++; i > begin; i--)
    into->code[i] = into->code[i - 1];
  for (int i = begin + 1; i < into->size; i++) {
    struct Instruction *instruction = &into->code[i];
    if (instruction->code == Split || instruction->code == Jump) {
      instruction->first += instruction->first >= begin;
      instruction->second += instruction->second >= begin;
    }
  }
}

static void parseAlternatives(void);

static void parseClass(void) {
  uint32_t *set = into->classes[into->classCount];
  int negated = *at == '^';
  memset(set, 0, sizeof into->classes[0]);
  for (at += negated; *at != ']'; at++) {
    unsigned char low = *at, high = low;
    if (at[1] == '-' && at[2] != ']')
      high = at[2], at += 2;
    for (int c = low; c <= high; c++)
      set[c >> 5] |= 1u << (c & 31);
  }
  at++;
  for (int i = 0; negated && i < 8; i++)
    set[i] = ~set[i];
  emit(Class, into->classCount++, 0);
}

static void parseAtom(void) {
  char c = *at++;
  if (c == '(') {
    parseAlternatives();
    at++;
  } else if (c == '[')
    parseClass();
  else if (c == '.')
    emit(Any, 0, 0);
  else
    emit(Character, c == '\\' ? *at++ : c, 0);
}

static void parseAlternatives(void) {
  int jumps[8], count = 0;
  for (;;) {
    int sequence = into->size;
    while (*at && *at != '|' && *at != ')') {
      int atom = into->size;
      parseAtom();
      if (*at == '*') {
        makeRoom(atom);
        emit(Jump, atom, 0);
        into->code[atom] = (struct Instruction){Split, atom + 1, into->size};
        at++;
      } else if (*at == '+') {
        emit(Split, atom, into->size + 1);
        at++;
      } else if (*at == '?') {
        makeRoom(atom);
        into->code[atom] = (struct Instruction){Split, atom + 1, into->size};
        at++;
      }
    }
    if (*at != '|')
      break;
    at++;
    makeRoom(sequence);
    jumps[count++] = emit(Jump, 0, 0);
    into->code[sequence] = (struct Instruction){Split, sequence + 1, into->size};
  }
  for (int i = 0; i < count; i++)
    into->code[jumps[i]].first = into->size;
}

static void compile(struct Program *program, const char *expression) {
  memset(program, 0, sizeof *program);
  into = program;
  at = expression;
  parseAlternatives();
  emit(Match, 0, 0);
}

static int inClass(const uint32_t *set, unsigned char c) { return set[c >> 5] >> (c & 31) & 1; }

static const char *backtrack(const struct Program *program, int pc, const char *text) {
  for (;;) {
    const struct Instruction *instruction = &program->code[pc];
    switch (instruction->code) {
    case Character:
      if (*text != instruction->first)
        return NULL;
      text++, pc++;
      break;
    case Any:
      if (!*text || *text == '\n')
        return NULL;
      text++, pc++;
      break;
    case Class:
      if (!*text || !inClass(program->classes[instruction->first], *text))
        return NULL;
      text++, pc++;
      break;
    case Split: {
      const char *end = backtrack(program, instruction->first, text);
      if (end)
        return end;
      pc = instruction->second;
      break;
    }
    case Jump:
      pc = instruction->first;
      break;
    case Match:
      return text;
    }
  }
}

// Threads in the order of preference; `mark` says at which step a state was last added.
static int threads[2][256], marks[256], counts[2], step;

static void add(const struct Program *program, int list, int pc) {
  if (marks[pc] == step)
    return;
  marks[pc] = step;
  const struct Instruction *instruction = &program->code[pc];
  if (instruction->code == Split) {
    add(program, list, instruction->first);
    add(program, list, instruction->second);
  } else if (instruction->code == Jump)
    add(program, list, instruction->first);
  else
    threads[list][counts[list]++] = pc;
}

static const char *simulate(const struct Program *program, const char *text) {
  const char *end = NULL;
  int now = 0;
  counts[0] = 0;
  step++;
  for (add(program, 0, 0); counts[now]; text++) {
    int then = !now;
    counts[then] = 0;
    step++;
    for (int i = 0; i < counts[now]; i++) {
      int pc = threads[now][i];
      const struct Instruction *instruction = &program->code[pc];
      if (instruction->code == Match) {
        end = text;
        break;
      }
      int matches = instruction->code == Any ? *text != '\n'
                    : instruction->code == Class
                        ? inClass(program->classes[instruction->first], *text)
                        : *text == instruction->first;
      if (matches && *text)
        add(program, then, pc + 1);
    }
    now = then;
  }
  return end;
}

static char text[1 << 17];

static void makeText(void) {
  static const char *const words[] = {"error",
                                      "warning",
                                      "mail",
                                      "user@host.example",
                                      "http://a.example/x?y=1",
                                      "2024-11-05",
                                      "0x1f3a",
                                      "foo",
                                      "barbaz",
                                      "17.25",
                                      "aaaaaaab",
                                      "\"quoted text\""};
  uint32_t seed = 5;
  char *to = text;
  while (to < text + sizeof text - 64) {
    seed = seed * 1664525 + 1013904223;
    to += sprintf(to, "%s%c", words[(seed >> 20) % 12], (seed >> 16) % 9 ? ' ' : '\n');
  }
}

int main(void) {
  static const char *const expressions[] = {"[a-z]+@[a-z]+(\\.[a-z]+)*",
                                            "[0-9]+-[0-9]+-[0-9]+",
                                            "(error|warning|fatal) .*mail",
                                            "a*a*a*b",
                                            "https?://[a-z.]+(/[^ ?]*)?(\\?[^ ]*)?",
                                            "0x[0-9a-f]+|[0-9]+\\.[0-9]+",
                                            "\"[^\"]*\"",
                                            "(foo|bar)+baz?"};
  static struct Program program;
  makeText();
  uint64_t sum = 0;
  for (int round = 0; round < 16; round++)
    for (int which = 0; which < 8; which++) {
      compile(&program, expressions[which]);
      for (const char *from = text; *from; from++) {
        const char *end = backtrack(&program, 0, from);
        if (end) {
          sum = sum * 31 + (from - text) + (end - from);
          from = end > from ? end - 1 : from;
        }
      }
      for (const char *from = text; *from; from++) {
        const char *end = simulate(&program, from);
        if (end) {
          sum = sum * 33 + (end - from);
          from = end > from ? end - 1 : from;
        }
      }
    }
  printf("%016llx\n", (unsigned long long)sum);
}
