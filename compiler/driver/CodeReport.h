// Why the code of a module may be slower than it could be (--report).
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

namespace w2n::compiler {

enum class Cause : uint8_t {
#define W2N_CAUSE(name, text, wayOut) name,
#include "compiler/driver/ReportCauses.def"
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

  /// The causes that there are, each with its largest functions. The same for every number of
  /// threads.
  std::string text() const;

private:
  /// Places by function.
  using Functions = std::map<std::string, uint64_t>;
  size_t bytesOf(const std::string &function) const;
  std::string functionsText(const Functions &functions) const;

  const std::unordered_map<std::string, size_t> functionBytes;
  mutable std::mutex mutex;
  std::map<std::pair<Cause, std::string>, Functions> places;
};

} // namespace w2n::compiler
