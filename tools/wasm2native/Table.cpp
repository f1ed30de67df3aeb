// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/Table.h"

#include "tools/wasm2native/Diagnostics.h"

#include <algorithm>
#include <cstdio>

namespace w2n::tool {

void printTable(const std::vector<std::vector<std::string>> &rows) {
  std::vector<size_t> widths;
  for (const auto &row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], printable(row[i]).size());
  }
  for (const auto &row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string word = printable(row[i]);
      line += (i ? "  " : "") + word + std::string(widths[i] - word.size(), ' ');
    }
    puts(line.substr(0, line.find_last_not_of(' ') + 1).c_str());
  }
}

std::string sizeText(uint64_t bytes) {
  constexpr const char *units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  double number = double(bytes);
  size_t unit = 0;
  for (; number >= 1024 && unit + 1 < std::size(units); ++unit)
    number /= 1024;
  char text[32];
  snprintf(text, sizeof(text), unit == 0 ? "%.0f %s" : "%.1f %s", number, units[unit]);
  return text;
}

} // namespace w2n::tool
