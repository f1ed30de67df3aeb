// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/report/CodeReport.h"

#include <algorithm>
#include <vector>

namespace w2n::compiler {

namespace {

struct CauseText {
  const char *text, *wayOut;
};

constexpr CauseText causeTexts[] = {
#define W2N_CAUSE(name, text, wayOut) {text, wayOut},
#include "compiler/report/ReportCauses.def"
};

constexpr size_t shownDetails = 8, shownFunctions = 4;

uint64_t sum(const std::map<std::string, uint64_t> &counts) {
  uint64_t all = 0;
  for (const auto &[name, count] : counts)
    all += count;
  return all;
}

std::string andMore(size_t all, size_t shown, const char *noun) {
  return all > shown ? " and " + std::to_string(all - shown) + " more" + noun : "";
}

} // namespace

void CodeReport::add(Cause cause, const std::string &detail, const std::string &function) {
  std::lock_guard lock(mutex);
  ++places[cause][detail][function];
}

size_t CodeReport::bytesOf(const std::string &function) const {
  const auto found = functionBytes.find(function);
  return found == functionBytes.end() ? 0 : found->second;
}

// "printf_core 24, dlmalloc 14 and 3 more"
std::string CodeReport::functionsText(const Functions &functions) const {
  std::vector<std::pair<std::string, uint64_t>> largest(functions.begin(), functions.end());
  // The map has them by name.
  std::stable_sort(largest.begin(), largest.end(), [this](const auto &a, const auto &b) {
    return bytesOf(a.first) > bytesOf(b.first);
  });
  largest.resize(std::min(largest.size(), shownFunctions));
  std::string text;
  for (const auto &[name, count] : largest)
    text += (text.empty() ? "" : ", ") + name + " " + std::to_string(count);
  return text + andMore(functions.size(), largest.size(), "");
}

std::string CodeReport::detailsText(const Details &details) const {
  std::vector<std::pair<std::string, Functions>> frequent(details.begin(), details.end());
  std::stable_sort(frequent.begin(), frequent.end(),
                   [](const auto &a, const auto &b) { return sum(a.second) > sum(b.second); });
  frequent.resize(std::min(frequent.size(), shownDetails));
  std::string text;
  for (const auto &[detail, functions] : frequent)
    text += "  " + detail + (detail.empty() ? "" : ": ") + functionsText(functions) + "\n";
  if (details.size() > frequent.size())
    text += " " + andMore(details.size(), frequent.size(), "") + "\n";
  return text;
}

std::string CodeReport::text() const {
  std::lock_guard lock(mutex);
  if (places.empty())
    return "report: nothing is known that makes this module slow\n";
  std::string text = "report: what may make this module slow; functions are the largest, with how "
                     "many places are there\n";
  for (const auto &[cause, details] : places) {
    Functions functions;
    for (const auto &[detail, counts] : details)
      for (const auto &[name, count] : counts)
        functions[name] += count;
    const CauseText &words = causeTexts[size_t(cause)];
    const bool isWholeModule = functions.contains("");
    text += std::string("\n") + words.text;
    if (!isWholeModule)
      text += ": " + std::to_string(sum(functions)) + " in " + std::to_string(functions.size()) +
              (functions.size() == 1 ? " function" : " functions");
    text += std::string("\n  way out: ") + words.wayOut + "\n";
    if (!isWholeModule)
      text += detailsText(details);
  }
  return text;
}

} // namespace w2n::compiler
