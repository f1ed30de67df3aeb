// A loaded artifact: mapped, checked, immutable. Shared by all of its instances and by all threads.
#pragma once

#include "lib/artifact/Metadata.h"
#include "lib/support/Error.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace w2n::runtime {

class Module {
public:
  /// Maps the artifact at `path` (open, fstat, mmap of the file, mmap of the code) and checks every header field, offset and
  /// count that the runtime will use. Nothing is relocated or allocated per function. Errors: Io, Malformed, Unsupported
  /// (another target, a CPU feature that this machine lacks: the message names it). Threads: any.
  static Result<std::shared_ptr<const Module>> load(const std::string &path);

  ~Module();
  Module(const Module &) = delete;
  Module &operator=(const Module &) = delete;

  const artifact::Metadata &metadata() const { return metadataView; }
  const std::string &path() const { return filePath; }
  /// Process-wide canonical numbers of the module's types, by type index.
  std::span<const uint32_t> typeIds() const { return canonicalTypeIds; }
  /// The code, for signal handlers and backtraces.
  bool containsCode(uintptr_t address) const { return address >= codeBegin && address < codeEnd; }
  /// Name of the function whose code holds `address`, or "wasm-function[N]". Linear: only for backtraces.
  std::string functionNameAt(uintptr_t address) const;
  int fileDescriptor() const { return descriptor; }

private:
  Module() = default;
  artifact::Metadata metadataView;
  std::string filePath;
  int descriptor = -1;
  uint8_t *mapping = nullptr;
  size_t mappingBytes = 0;
  uintptr_t codeBegin = 0, codeEnd = 0;
  std::vector<uint32_t> canonicalTypeIds;
};

} // namespace w2n::runtime
