// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/ReplayedFiles.h"

#include "runtime/core/Memory.h"

#include <cstring>
#include <string_view>

namespace w2n::tool {

/// A call that has succeeded.
struct ReplayedFiles::Call {
  std::span<const uint64_t> arguments;
  std::span<const uint8_t> memory;

  /// "" if it is not in memory.
  std::string textAt(size_t address, size_t bytes) const {
    const uint64_t begin = arguments[address], size = arguments[bytes];
    if (begin > memory.size() || size > memory.size() - begin)
      return "";
    return std::string(reinterpret_cast<const char *>(memory.data()) + begin, size);
  }
  uint32_t numberAt(size_t address) const {
    uint32_t number = 0;
    const uint64_t begin = arguments[address];
    if (memory.size() >= sizeof(number) && begin <= memory.size() - sizeof(number))
      std::memcpy(&number, memory.data() + begin, sizeof(number));
    return number;
  }
  uint32_t fd() const { return uint32_t(arguments[0]); }
};

void ReplayedFiles::open(const Call &call) {
  files[call.numberAt(8)] = call.textAt(2, 3) + ", in " + std::to_string(call.fd());
}

void ReplayedFiles::accept(const Call &call) {
  files[call.numberAt(2)] = "a connection of " + std::to_string(call.fd());
}

void ReplayedFiles::close(const Call &call) { files.erase(call.fd()); }

void ReplayedFiles::renumber(const Call &call) {
  if (auto moved = files.extract(call.fd())) {
    files.erase(uint32_t(call.arguments[1]));
    moved.key() = uint32_t(call.arguments[1]);
    files.insert(std::move(moved));
  }
}

void ReplayedFiles::name(const Call &call) { files[call.fd()] = "directory " + call.textAt(1, 2); }

void ReplayedFiles::note(const record::ReplayStop &stop, std::span<const runtime::Slot> results) {
  struct Row {
    std::string_view name;
    size_t parameters;
    void (ReplayedFiles::*effect)(const Call &call);
  };
  static constexpr Row rows[] = {{"path_open", 9, &ReplayedFiles::open},
                                 {"sock_accept", 3, &ReplayedFiles::accept},
                                 {"fd_close", 1, &ReplayedFiles::close},
                                 {"fd_renumber", 2, &ReplayedFiles::renumber},
                                 {"fd_prestat_dir_name", 3, &ReplayedFiles::name}};
  const std::string_view name = stop.name;
  if (!name.starts_with("wasi_snapshot_preview1.") && !name.starts_with("wasi_unstable."))
    return;
  runtime::Memory *memory = stop.instance.memory0();
  if (results.empty() || uint16_t(results[0]) != 0 || !memory)
    return;
  for (const Row &row : rows)
    if (name.substr(name.find('.') + 1) == row.name && stop.arguments.size() == row.parameters)
      (this->*row.effect)({stop.arguments, memory->bytes()});
}

std::string ReplayedFiles::text() const {
  std::string text;
  for (const auto &[number, what] : files)
    text += "descriptor " + std::to_string(number) + ": " + what + "\n";
  return text;
}

} // namespace w2n::tool
