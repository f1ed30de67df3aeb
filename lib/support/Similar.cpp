// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The distance between words is Damerau's and Levenshtein's in its simple form, "optimal string
// alignment": no substring is edited twice.
#include "lib/support/Similar.h"

#include <algorithm>
#include <array>

namespace w2n {

namespace {

// Longer words are no misspelled names of ours, and the distance takes quadratic time.
constexpr size_t maxLetters = 40;

size_t distance(std::string_view from, std::string_view to) {
  std::array<std::array<size_t, maxLetters + 1>, maxLetters + 1> edits;
  for (size_t i = 0; i <= from.size(); ++i)
    for (size_t j = 0; j <= to.size(); ++j) {
      if (i == 0 || j == 0) {
        edits[i][j] = i + j;
        continue;
      }
      const size_t replaced = edits[i - 1][j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      edits[i][j] = std::min({replaced, edits[i - 1][j] + 1, edits[i][j - 1] + 1});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
        edits[i][j] = std::min(edits[i][j], edits[i - 2][j - 2] + 1);
    }
  return edits[from.size()][to.size()];
}

} // namespace

std::string_view closestWord(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  if (word.size() > maxLetters)
    return best;
  // Two letters have none to spare: every word is similar to "x".
  size_t least = word.size() < 3 ? 0 : std::max<size_t>(1, word.size() / 3);
  for (std::string_view candidate : candidates) {
    if (candidate.size() > maxLetters)
      continue;
    const size_t edits = distance(word, candidate);
    if (edits < least || (edits == least && least != 0 && best.empty())) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

} // namespace w2n
