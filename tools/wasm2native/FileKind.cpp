// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/FileKind.h"

#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace w2n::tool {

FileKind fileKindOf(std::span<const uint8_t> bytes) {
  if (bytes.size() >= 4 && std::memcmp(bytes.data(), "\0asm", 4) == 0)
    return FileKind::Wasm;
  if (bytes.size() >= 4 && std::memcmp(bytes.data(),
                                       "\x7f"
                                       "ELF",
                                       4) == 0)
    return FileKind::Elf;
  return FileKind::Other;
}

FileKind fileKindAt(const std::string &path) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return FileKind::Other;
  uint8_t bytes[4];
  // pread: a pipe stays as it is for whoever reads it.
  ssize_t count = pread(file, bytes, sizeof(bytes), 0);
  close(file);
  return fileKindOf(std::span(bytes, count < 0 ? 0 : size_t(count)));
}

} // namespace w2n::tool
