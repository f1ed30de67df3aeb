// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/cache/Settings.h"

#include "runtime/cache/Store.h"

#include <charconv>
#include <cstdlib>

namespace w2n::cache {

namespace {

std::string variable(const char *name) {
  const char *value = getenv(name);
  return value ? value : "";
}

Result<std::string> folderFromEnvironment() {
  if (std::string folder = variable("WASM2NATIVE_CACHE_DIR"); !folder.empty())
    return folder;
  // Source: XDG Base Directory Specification; a path that is not absolute is to be ignored.
  if (std::string folder = variable("XDG_CACHE_HOME"); folder.starts_with('/'))
    return folder + "/wasm2native";
  if (std::string folder = variable("HOME"); folder.starts_with('/'))
    return folder + "/.cache/wasm2native";
  return fail(ErrorKind::Io, "there is no folder for the cache: none of WASM2NATIVE_CACHE_DIR, "
                             "XDG_CACHE_HOME and HOME is set");
}

Result<std::chrono::seconds> parseSeconds(const std::string &text, const char *name) {
  uint32_t number = 0;
  const char *const textEnd = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), textEnd, number);
  if (error != std::errc() || end != textEnd)
    return fail(ErrorKind::Invalid,
                std::string(name) + " is '" + text + "', must be a number of seconds");
  return std::chrono::seconds(number);
}

} // namespace

Result<uint64_t> parseSize(const std::string &text, const char *name) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(end, text.data() + text.size());
  constexpr std::string_view units = "KMGT";
  const size_t power = unit.size() == 1 ? units.find(unit[0]) : units.npos;
  const unsigned shift = power == units.npos ? 0 : 10 * unsigned(power + 1);
  if (error != std::errc() || (!unit.empty() && power == units.npos) || number == 0 ||
      number > (UINT64_MAX >> 1 >> shift))
    return fail(ErrorKind::Invalid, std::string(name) + " is '" + text +
                                        "', must be a number of bytes, or one with K, M, G or T "
                                        "after it");
  return number << shift;
}

Result<Settings> Settings::read(const std::string &folder, const std::string &size) {
  Settings settings{folder, defaultLimitBytes, defaultLongestWait};
  if (folder.empty()) {
    W2N_TRY(fromEnvironment, folderFromEnvironment());
    settings.folder = fromEnvironment;
  }
  const std::string sizeVariable = variable("WASM2NATIVE_CACHE_SIZE");
  if (!size.empty() || !sizeVariable.empty()) {
    W2N_TRY(limit, size.empty() ? parseSize(sizeVariable, "WASM2NATIVE_CACHE_SIZE")
                                : parseSize(size, "the cache's size"));
    settings.limitBytes = limit;
  }
  if (const std::string wait = variable("WASM2NATIVE_CACHE_WAIT"); !wait.empty()) {
    W2N_TRY(seconds, parseSeconds(wait, "WASM2NATIVE_CACHE_WAIT"));
    settings.longestWait = seconds;
  }
  return settings;
}

} // namespace w2n::cache
