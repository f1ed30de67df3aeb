// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/CacheOptions.h"

#include "lib/support/File.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/Duration.h"
#include "tools/wasm2native/LoadCompiler.h"

#include <algorithm>
#include <cstdio>

namespace w2n::tool {

namespace {
bool warningsAreWanted = true;
} // namespace

namespace {

/// A token may not have a line of its own in a request.
std::expected<std::string, std::string> readToken(const std::string &path) {
  constexpr size_t maxTokenBytes = 16 << 10;
  auto bytes = readRegularFile(path, maxTokenBytes);
  if (!bytes)
    return std::unexpected("--remote-cache-token: " + bytes.error().text);
  std::string token(bytes->begin(), bytes->end());
  token.resize(token.find_last_not_of(" \t\r\n") + 1);
  const auto isTokenText = [](char c) { return c > ' ' && c < 0x7f; };
  if (token.empty() || !std::ranges::all_of(token, isTokenText))
    return std::unexpected("--remote-cache-token: '" + path + "' has no token, a single word");
  return token;
}

std::expected<std::optional<cache::RemoteOptions>, std::string>
readRemote(const CommandLine &line, std::shared_ptr<const signing::TrustedKeys> trusted) {
  constexpr Choice<bool> modes[] = {{"read", false}, {"read-write", true}};
  if (!line.has("remote-cache"))
    return std::nullopt;
  if (!trusted && !line.has("remote-cache-unsigned") && !line.has("sign-key"))
    return std::unexpected("--remote-cache needs --trusted-keys, which say whose artifacts may "
                           "run, or --remote-cache-unsigned");
  auto url = cache::parseRemoteUrl(line.value("remote-cache"));
  if (!url)
    return std::unexpected("--remote-cache: " + url.error().text);
  cache::RemoteOptions remote;
  remote.url = *url;
  remote.trusted = std::move(trusted);
  W2N_TRY(mayWrite, choose(line, "remote-cache-mode", false, modes));
  remote.mayWrite = mayWrite;
  if (line.has("remote-cache-token")) {
    W2N_TRY(token, readToken(line.value("remote-cache-token")));
    remote.token = token;
  }
  if (line.has("remote-cache-timeout")) {
    const auto timeout = parseDuration(line.value("remote-cache-timeout"));
    if (!timeout)
      return std::unexpected("--remote-cache-timeout is " + timeout.error());
    remote.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(*timeout);
  }
  return remote;
}

} // namespace

std::expected<CacheChoice, std::string> readCacheOptions(const CommandLine &line) {
  CacheChoice choice = {line.has("no-cache"), line.value("cache-dir"), line.value("cache-size")};
  if (line.has("trusted-keys")) {
    auto keys = signing::TrustedKeys::read(line.value("trusted-keys"));
    if (!keys)
      return std::unexpected("--trusted-keys: " + keys.error().text);
    choice.trusted = std::make_shared<signing::TrustedKeys>(std::move(*keys));
  }
  W2N_TRY(remote, readRemote(line, choice.trusted));
  choice.remote = std::move(remote);
  return choice;
}

Result<std::unique_ptr<cache::Store>> openStore(const CacheChoice &choice) {
  W2N_TRY(settings, cache::Settings::read(choice.folder, choice.size));
  return cache::Store::open(settings.folder, settings.limitBytes, settings.longestWait);
}

void setWarnings(bool areWanted) { warningsAreWanted = areWanted; }

void printWarning(const std::string &text) {
  if (warningsAreWanted)
    fprintf(stderr, "wasm2native: warning: %s\n", printable(text).c_str());
}

std::unique_ptr<cache::ModuleCache> cacheOn(std::unique_ptr<cache::Store> store) {
  return std::make_unique<cache::ModuleCache>(std::move(store), findCompiler(), printWarning);
}

} // namespace w2n::tool
