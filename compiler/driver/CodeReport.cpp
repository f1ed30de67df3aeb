#include "compiler/driver/CodeReport.h"

#include <algorithm>
#include <vector>

namespace w2n::compiler {

namespace {

struct CauseText {
  const char *text, *wayOut;
};

constexpr CauseText causeTexts[] = {
#define W2N_CAUSE(name, text, wayOut) {text, wayOut},
#include "compiler/driver/ReportCauses.def"
};

constexpr size_t shownFunctions = 5;

} // namespace

void CodeReport::add(Cause cause, const std::string &detail, const std::string &function) {
  std::lock_guard lock(mutex);
  ++places[{cause, detail}][function];
}

size_t CodeReport::bytesOf(const std::string &function) const {
  const auto found = functionBytes.find(function);
  return found == functionBytes.end() ? 0 : found->second;
}

std::string CodeReport::functionsText(const Functions &functions) const {
  std::vector<std::pair<std::string, uint64_t>> largest(functions.begin(), functions.end());
  // The map has them by name.
  std::stable_sort(largest.begin(), largest.end(), [this](const auto &a, const auto &b) {
    return bytesOf(a.first) > bytesOf(b.first);
  });
  largest.resize(std::min(largest.size(), shownFunctions));
  std::string text;
  for (const auto &[name, count] : largest)
    if (!name.empty())
      text += "  " + std::to_string(count) + " in " + name + " (" + std::to_string(bytesOf(name)) +
              " bytes)\n";
  return text;
}

std::string CodeReport::text() const {
  std::lock_guard lock(mutex);
  if (places.empty())
    return "report: nothing is known that makes this module slow\n";
  std::string text = "report: what may make this module slow, with the largest functions\n";
  for (const auto &[cause, functions] : places) {
    const CauseText &words = causeTexts[size_t(cause.first)];
    std::string title = words.text;
    if (const size_t detail = title.find("%s"); detail != title.npos)
      title.replace(detail, 2, cause.second);
    uint64_t count = 0;
    for (const auto &[name, places] : functions)
      count += places;
    text += "\n" + title + "\n";
    if (!functions.contains(""))
      text += "  " + std::to_string(count) + " in " + std::to_string(functions.size()) +
              (functions.size() == 1 ? " function\n" : " functions\n");
    text += "  way out: " + std::string(words.wayOut) + "\n" + functionsText(functions);
  }
  return text;
}

} // namespace w2n::compiler
