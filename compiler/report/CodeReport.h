// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Reasons why the code of a module may be slower than it could be (--report).
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

namespace w2n::compiler {

enum class Cause : uint8_t {
#define W2N_CAUSE(name, text, wayOut) name,
#include "compiler/report/ReportCauses.def"
};

/// Collects places in functions, by cause. Threads: any.
class CodeReport {
public:
  /// `functionBytes` are the sizes of functions in wasm, by symbol.
  explicit CodeReport(std::unordered_map<std::string, size_t> functionBytes)
      : functionBytes(std::move(functionBytes)) {}

  /// A place in the function with the symbol `function`; if that is empty, the module as a whole.
  /// `detail` tells kinds of the cause apart.
  void add(Cause cause, const std::string &detail, const std::string &function);

  /// The causes that there are, each with its most frequent details, and those with their largest
  /// functions and how many places are there. The same for every number of threads.
  std::string text() const;

private:
  /// Places by function.
  using Functions = std::map<std::string, uint64_t>;
  size_t bytesOf(const std::string &function) const;
  using Details = std::map<std::string, Functions>;
  std::string functionsText(const Functions &functions) const;
  std::string detailsText(const Details &details) const;

  const std::unordered_map<std::string, size_t> functionBytes;
  mutable std::mutex mutex;
  std::map<Cause, Details> places;
};

} // namespace w2n::compiler
