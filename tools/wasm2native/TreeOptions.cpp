// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/TreeOptions.h"

#include "lib/support/Error.h"
#include "runtime/cache/Settings.h"
#include "runtime/wasi/tree/ArchiveTree.h"
#include "runtime/wasi/tree/TreeMakers.h"

namespace w2n::tool {

namespace {

std::unexpected<std::string> invalid(const char *option, const std::string &value,
                                     const char *wanted) {
  return std::unexpected(std::string("--") + option + " is '" + value + "', must be " + wanted);
}

std::expected<wasi::Preopen, std::string> orText(const char *option,
                                                 Result<wasi::Preopen> preopen) {
  if (!preopen)
    return std::unexpected(std::string("--") + option + ": " + preopen.error().text);
  return std::move(*preopen);
}

/// GUEST[:SIZE]. A guest's name with a colon can be given with a size after it.
std::expected<wasi::Preopen, std::string> parseTmpfs(const std::string &text) {
  wasi::MemoryTreeLimits limits;
  const size_t colon = text.rfind(':');
  const std::string guest = text.substr(0, colon);
  if (guest.empty())
    return invalid("tmpfs", text, "GUEST[:SIZE]");
  if (colon != text.npos) {
    auto bytes = cache::parseSize(text.substr(colon + 1), "--tmpfs");
    if (!bytes)
      return std::unexpected(bytes.error().text);
    limits.maxBytes = *bytes;
  }
  return wasi::memoryPreopen(guest, limits);
}

/// LOWER[:UPPER]::GUEST.
std::expected<wasi::Preopen, std::string> parseOverlay(const std::string &text) {
  const size_t colons = text.find("::");
  const std::string layers = text.substr(0, colons);
  const size_t colon = layers.find(':');
  const std::string lower = layers.substr(0, colon);
  const std::string upper = colon == layers.npos ? "" : layers.substr(colon + 1);
  const std::string guest = colons == text.npos ? "" : text.substr(colons + 2);
  if (lower.empty() || guest.empty() || (colon != layers.npos && upper.empty()))
    return invalid("overlay", text, "LOWER[:UPPER]::GUEST");
  return orText("overlay", wasi::overlayPreopen(lower, upper, guest, {}));
}

} // namespace

std::expected<wasi::Preopen, std::string> withArchive(wasi::Preopen preopen) {
  if (!wasi::isArchiveName(preopen.hostPath))
    return preopen;
  return orText("dir", wasi::archivePreopen(preopen.hostPath, preopen.guestPath));
}

std::expected<std::vector<wasi::Preopen>, std::string> readTreeOptions(const CommandLine &line) {
  std::vector<wasi::Preopen> preopens;
  for (const std::string &text : line.values("tmpfs")) {
    W2N_TRY(preopen, parseTmpfs(text));
    preopens.push_back(std::move(preopen));
  }
  for (const std::string &text : line.values("overlay")) {
    W2N_TRY(preopen, parseOverlay(text));
    preopens.push_back(std::move(preopen));
  }
  return preopens;
}

} // namespace w2n::tool
