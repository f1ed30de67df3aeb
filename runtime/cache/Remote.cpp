// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/cache/Remote.h"

#include "runtime/libraries/RemoteTransfer.h"
#include "runtime/platform/OwnLibrary.h"

#include <algorithm>
#include <charconv>
#include <thread>

namespace w2n::cache {

namespace {

using std::chrono::milliseconds;

constexpr unsigned maxAttempts = 3;
constexpr milliseconds firstPause(50);
/// How long a remote that failed is left alone: twice as long after each failure.
constexpr int64_t firstRestNs = 10'000'000'000, maxRestNs = 600'000'000'000;
constexpr uint64_t maxArtifactBytes = uint64_t(2) << 30;
constexpr uint32_t statusOk = 200, statusNotFound = 404, statusGone = 410, statusTooMany = 429,
                   statusServer = 500;

bool isSuccess(uint32_t status) { return status >= statusOk && status < 300; }
bool isWorthRepeating(uint32_t status) {
  return status == 0 || status == statusTooMany || status >= statusServer;
}

Result<const libraries::RemoteFunctions *> functions() {
  static const auto symbol = platform::symbolOfOwnLibrary(
      libraries::remoteLibrary, libraries::remoteFunctionsName, "a remote cache");
  if (!symbol)
    return std::unexpected(symbol.error());
  return static_cast<const libraries::RemoteFunctions *>(*symbol);
}

/// Keeps what is added in a vector, up to a limit.
struct Collector {
  std::vector<uint8_t> &bytes;
  uint64_t maxBytes;

  libraries::ByteSink sink() { return {this, add}; }
  static bool add(void *user, const uint8_t *bytes, size_t count) {
    auto &self = *static_cast<Collector *>(user);
    if (count > self.maxBytes - self.bytes.size())
      return false;
    self.bytes.insert(self.bytes.end(), bytes, bytes + count);
    return true;
  }
};

/// When a remote may be asked again, and how often it failed before.
struct Rest {
  int64_t untilNs = 0, failureCount = 0;

  std::string text() const { return std::to_string(untilNs) + " " + std::to_string(failureCount); }
  static Rest parse(const std::string &text) {
    Rest rest;
    const char *const end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, rest.untilNs);
    if (first.ec != std::errc() || first.ptr == end ||
        std::from_chars(first.ptr + 1, end, rest.failureCount).ec != std::errc())
      return {};
    return rest;
  }
};

std::string restName(const std::string &url) {
  return "remote-" + hexOf(hashOf(url)).substr(0, 16);
}

} // namespace

Result<std::string> parseRemoteUrl(const std::string &url) {
  const bool isHttp = url.starts_with("http://") || url.starts_with("https://");
  const bool isText = std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7f; });
  std::string trimmed = url;
  while (trimmed.ends_with('/'))
    trimmed.pop_back();
  if (!isHttp || !isText || trimmed.find('/') == trimmed.npos ||
      trimmed.find_first_of("?#") != trimmed.npos)
    return fail(ErrorKind::Invalid,
                "'" + url +
                    "' is no address of a cache, must be http://HOST:PORT/PATH or https://");
  return trimmed;
}

Remote::Remote(Store &store, RemoteOptions options) : local(store), given(std::move(options)) {}

bool Remote::isLeftAlone() {
  const int64_t now = nowNanoseconds();
  const Rest rest = Rest::parse(local.findText(restName(given.url)));
  // One that ends later than any can is of a clock that was wrong.
  return rest.untilNs > now && rest.untilNs <= now + maxRestNs;
}

void Remote::noteOutcome(bool isGood) {
  const std::string name = restName(given.url);
  Rest rest = Rest::parse(local.findText(name));
  if (isGood && rest.failureCount == 0)
    return;
  if (isGood)
    rest = {};
  else {
    const int64_t doublings = std::clamp<int64_t>(rest.failureCount, 0, 10);
    rest = {nowNanoseconds() + std::min(firstRestNs << doublings, maxRestNs), doublings + 1};
  }
  local.keepText(name, rest.text());
}

/// Sends a request, again after a pause if the remote could not answer, and returns the status.
Result<uint32_t> Remote::request(const char *method, const Key &key, std::span<const uint8_t> body,
                                 std::vector<uint8_t> *answer, Clock::time_point deadline) {
  W2N_TRY(library, functions());
  const std::string url = given.url + "/" + hexOf(key);
  libraries::RemoteAnswer got = {};
  milliseconds pause = firstPause;
  for (unsigned attempt = 0; attempt < maxAttempts; ++attempt, pause *= 4) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    if (left.count() <= 0)
      break;
    std::vector<uint8_t> ignored;
    std::vector<uint8_t> &bytes = answer ? *answer : ignored;
    bytes.clear();
    Collector collector{bytes, std::min(local.limitBytes(), maxArtifactBytes)};
    const libraries::ByteSink sink = collector.sink();
    const auto ms = uint32_t(std::min<int64_t>(left.count(), INT32_MAX));
    const libraries::RemoteRequest wanted = {
        method,      url.c_str(), given.token.empty() ? nullptr : given.token.c_str(),
        body.data(), body.size(), ms,
        ms};
    library->transfer(&wanted, &sink, &got);
    if (!isWorthRepeating(got.status))
      return got.status;
    if (attempt + 1 < maxAttempts && Clock::now() + pause < deadline)
      std::this_thread::sleep_for(pause);
  }
  if (got.status != 0)
    return got.status;
  return fail(ErrorKind::Io, std::string("the remote cache cannot be used: ") +
                                 (*got.error ? got.error : "no time was left"));
}

Result<std::optional<RemoteArtifact>> Remote::get(const Key &key) {
  std::vector<uint8_t> object;
  W2N_TRY(status, request("GET", key, {}, &object, Clock::now() + given.timeout));
  if (status == statusNotFound || status == statusGone)
    return std::nullopt;
  if (status != statusOk)
    return fail(ErrorKind::Io, "the remote cache answers with status " + std::to_string(status));
  W2N_TRY(library, functions());
  const auto decompress = [library](std::span<const uint8_t> frame,
                                    const std::function<bool(std::span<const uint8_t>)> &add) {
    const libraries::ByteSink sink = {
        const_cast<std::function<bool(std::span<const uint8_t>)> *>(&add),
        [](void *user, const uint8_t *bytes, size_t count) {
          return (*static_cast<std::function<bool(std::span<const uint8_t>)> *>(user))(
              {bytes, count});
        }};
    return library->decompress(frame.data(), frame.size(), &sink);
  };
  W2N_TRY(artifact,
          unpackRemote(object, std::min(local.limitBytes(), maxArtifactBytes), decompress));
  if (given.trusted)
    W2N_CHECK(signing::verify(*given.trusted, artifact.signature,
                              {.content = hashOf(artifact.bytes), .entry = key},
                              given.url + "/" + hexOf(key)));
  return artifact;
}

Status Remote::put(const Key &key, std::span<const uint8_t> artifact, const std::string &signature,
                   Existing existing) {
  const auto deadline = Clock::now() + given.timeout;
  if (existing == Existing::Keep) {
    W2N_TRY(there, request("HEAD", key, {}, nullptr, deadline));
    if (isSuccess(there))
      return {};
  }
  W2N_TRY(library, functions());
  const std::string header = RemoteHeader::text(artifact, signature);
  std::vector<uint8_t> object(header.begin(), header.end());
  Collector collector{object, UINT64_MAX};
  const libraries::ByteSink sink = collector.sink();
  if (!library->compress(artifact.data(), artifact.size(), &sink))
    return fail(ErrorKind::Internal, "an artifact cannot be compressed");
  W2N_TRY(status, request("PUT", key, object, nullptr, deadline));
  if (isSuccess(status))
    return {};
  return fail(ErrorKind::Io,
              "the remote cache refuses an artifact with status " + std::to_string(status));
}

Result<std::optional<RemoteArtifact>> Remote::fetch(const Key &key) {
  if (isLeftAlone())
    return std::nullopt;
  auto artifact = get(key);
  noteOutcome(artifact.has_value());
  return artifact;
}

Status Remote::store(const Key &key, std::span<const uint8_t> artifact,
                     const std::string &signature, Existing existing) {
  if (isLeftAlone())
    return fail(ErrorKind::Io, "the remote cache has just failed, and is left alone for a while");
  Status stored = put(key, artifact, signature, existing);
  noteOutcome(stored.has_value());
  return stored;
}

} // namespace w2n::cache
