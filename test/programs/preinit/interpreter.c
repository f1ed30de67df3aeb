// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A small Forth: initialization defines its words from source, which takes most of the time; a
// report runs some.
#include "preinit.h"

enum { cells = 1 << 16, words = 4096 };
typedef void (*primitive)(void);
struct word {
  char name[16];
  primitive code; /* or null: the word's body is compiled cells */
  int body, length;
};
static struct word dictionary[words];
static int word_count, here;
static intptr_t memory[cells], stack[256];
static int depth;

static void push(intptr_t value) { stack[depth++] = value; }
static intptr_t pop(void) { return stack[--depth]; }
static void add(void) { push(pop() + pop()); }
static void multiply(void) { push(pop() * pop()); }
static void duplicate(void) { push(stack[depth - 1]); }
static void swap(void) {
  intptr_t top = pop(), next = pop();
  push(top);
  push(next);
}
static void literal(void) {}

static struct word *add_word(const char *name, primitive code) {
  struct word *word = &dictionary[word_count++];
  snprintf(word->name, sizeof word->name, "%s", name);
  word->code = code;
  word->body = here;
  return word;
}

static struct word *find_word(const char *name) {
  for (int i = word_count - 1; i >= 0; --i)
    if (strcmp(dictionary[i].name, name) == 0)
      return &dictionary[i];
  return NULL;
}

static void define(const char *name, char *source) {
  struct word *word = add_word(name, NULL);
  for (char *token = strtok(source, " "); token; token = strtok(NULL, " ")) {
    struct word *named = find_word(token);
    memory[here++] = (intptr_t)(named ? named : find_word("literal"));
    if (!named)
      memory[here++] = strtol(token, NULL, 0);
  }
  word->length = here - word->body;
}

static void execute(const struct word *word) {
  if (word->code) {
    word->code();
    return;
  }
  for (int i = word->body; i < word->body + word->length; ++i) {
    const struct word *next = (const struct word *)memory[i];
    if (next->code == literal)
      push(memory[++i]);
    else
      execute(next);
  }
}

void initialize(void) {
  add_word("+", add);
  add_word("*", multiply);
  add_word("dup", duplicate);
  add_word("swap", swap);
  add_word("literal", literal);
  for (int i = 0; i < 2000; ++i) {
    char name[16], source[64];
    sprintf(name, "w%d", i);
    if (i == 0)
      strcpy(source, "dup * 3 +");
    else
      sprintf(source, "w%d %d swap +", i / 2, i);
    define(name, source);
  }
}

void report(void) {
  push(12);
  execute(find_word("w1999"));
  printf("%ld, %d words, %d cells\n", (long)pop(), word_count, here);
}
