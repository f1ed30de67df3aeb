// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Reads standard input by byte, line and block: counts and sorts words, and numbers the lines.
// INPUT: stdin-filter.txt
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  char *text;
  int count;
} Word;

static Word words[2000];
static int wordCount;

static void addWord(const char *text) {
  for (int i = 0; i < wordCount; ++i)
    if (strcmp(words[i].text, text) == 0) {
      ++words[i].count;
      return;
    }
  words[wordCount++] = (Word){strdup(text), 1};
}

static int byCount(const void *a, const void *b) {
  const Word *left = a, *right = b;
  return left->count != right->count ? right->count - left->count : strcmp(left->text, right->text);
}

int main(void) {
  // The first line in single bytes, with one pushed back.
  int character, first = 0;
  while ((character = getchar()) != EOF && character != '\n')
    first += isalpha(character) != 0;
  ungetc('#', stdin);
  int pushed = getchar();
  printf("%d letters, then %c\n", first, pushed);

  int lines = 0, bytes = 0, longest = 0;
  char *line = NULL;
  size_t capacity = 0;
  ssize_t length;
  while ((length = getline(&line, &capacity, stdin)) >= 0) {
    ++lines;
    bytes += (int)length;
    longest = length > longest ? (int)length : longest;
    if (lines % 10 == 1)
      printf("%3d %s", lines, line);
    for (char *word = strtok(line, " \t\n.,;:!?'\"()-"); word;
         word = strtok(NULL, " \t\n.,;:!?'\"()-")) {
      for (char *letter = word; *letter; ++letter)
        *letter = (char)tolower((unsigned char)*letter);
      addWord(word);
    }
  }
  printf("\n%d lines, %d bytes, longest %d, %d words\n", lines, bytes, longest, wordCount);
  printf("at the end: %d, error: %d, read: %d\n", feof(stdin) != 0, ferror(stdin),
         (int)read(0, line, 1));
  qsort(words, wordCount, sizeof *words, byCount);
  for (int i = 0; i < 12; ++i)
    printf("%4d %s\n", words[i].count, words[i].text);
  free(line);
}
