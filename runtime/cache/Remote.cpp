// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/cache/Remote.h"

#include "lib/support/File.h"
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
constexpr uint64_t maxArtifactBytes = uint64_t(2) << 30, maxOverheadBytes = 1 << 16;
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
    // Nothing may end the process from within libcurl.
    if (count > self.maxBytes - self.bytes.size())
      return false;
    const size_t size = self.bytes.size() + count;
    if (size > self.bytes.capacity() && !tryReserve(self.bytes, 2 * size))
      return false;
    self.bytes.insert(self.bytes.end(), bytes, bytes + count);
    return true;
  }
};

std::string textOf(const RemoteRest &rest) {
  return std::to_string(rest.untilNs) + " " + std::to_string(rest.failureCount);
}

RemoteRest parseRest(const std::string &text) {
  RemoteRest rest;
  const char *const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, rest.untilNs);
  if (first.ec != std::errc() || first.ptr == end ||
      std::from_chars(first.ptr + 1, end, rest.failureCount).ec != std::errc())
    return {};
  return rest;
}

std::string restName(const std::string &url) {
  return "remote-" + hexOf(hashOf(url)).substr(0, 16);
}

} // namespace

Result<std::string> parseRemoteUrl(const std::string &url) {
  const bool isHttp = url.starts_with("http://") || url.starts_with("https://");
  const bool isText = std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7f; });
  const size_t host = url.find("//") == url.npos ? 0 : url.find("//") + 2;
  // The text does not have the address: it goes to logs.
  if (url.substr(host, url.find('/', host) - host).find('@') != url.npos)
    return fail(ErrorKind::Invalid,
                "the address has a name or password, which would be seen in logs "
                "and lists of processes: put a token into a file");
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

/// As all processes that use the store know it, or this one alone.
RemoteRest Remote::rest() {
  const RemoteRest shared = parseRest(local.findText(restName(given.url)));
  std::lock_guard lock(mutex);
  // One that ends later than any can is of a clock that was wrong.
  const bool isShared = shared.untilNs <= nowNanoseconds() + maxRestNs;
  return isShared && shared.untilNs >= ownRest.untilNs ? shared : ownRest;
}

bool Remote::isLeftAlone() {
  const int64_t now = nowNanoseconds(), untilNs = rest().untilNs;
  return untilNs > now && untilNs <= now + maxRestNs;
}

void Remote::noteOutcome(bool isGood) {
  RemoteRest next = rest();
  if (isGood && next.failureCount == 0)
    return;
  if (isGood)
    next = {};
  else {
    const int64_t doublings = std::clamp<int64_t>(next.failureCount, 0, 10);
    next = {nowNanoseconds() + std::min(firstRestNs << doublings, maxRestNs), doublings + 1};
  }
  local.keepText(restName(given.url), textOf(next));
  std::lock_guard lock(mutex);
  ownRest = next;
}

/// Sends a request, again after a pause if the remote could not answer, and returns the status.
Result<uint32_t> Remote::request(const char *method, const Key &key, std::span<const uint8_t> body,
                                 Answer &answer, Clock::time_point deadline) {
  W2N_TRY(library, functions());
  const std::string url = given.url + "/" + hexOf(key);
  libraries::RemoteAnswer got = {};
  milliseconds pause = firstPause;
  for (unsigned attempt = 0; attempt < maxAttempts; ++attempt, pause *= 4) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    if (left.count() <= 0)
      break;
    answer.bytes.clear();
    Collector collector{answer.bytes, answer.maxBytes};
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

Result<std::optional<RemoteArtifact>> Remote::get(const Key &key, uint64_t maxBytes) {
  const auto deadline = Clock::now() + given.timeout;
  maxBytes = std::min({maxBytes, local.limitBytes(), maxArtifactBytes});
  // A header, and what zstd makes longer at most.
  Answer object = {{}, maxBytes + maxBytes / 128 + maxOverheadBytes};
  W2N_TRY(status, request("GET", key, {}, object, deadline));
  if (status == statusNotFound || status == statusGone)
    return std::nullopt;
  if (status != statusOk)
    return fail(ErrorKind::Io, "the remote cache answers with status " + std::to_string(status));
  W2N_TRY(library, functions());
  using Add = std::function<bool(std::span<const uint8_t>)>;
  bool isInTime = true;
  const auto decompress = [&](std::span<const uint8_t> frame, const Add &add) {
    Add addInTime = [&](std::span<const uint8_t> bytes) {
      isInTime = Clock::now() < deadline;
      return isInTime && add(bytes);
    };
    const libraries::ByteSink sink = {&addInTime,
                                      [](void *user, const uint8_t *bytes, size_t count) {
                                        return (*static_cast<Add *>(user))({bytes, count});
                                      }};
    return library->decompress(frame.data(), frame.size(), &sink);
  };
  // The signature is about the header's hash, which the unpacked bytes must have afterwards.
  const auto requireTrust = [&](const RemoteHeader &header) -> Status {
    if (given.trusted)
      W2N_CHECK(signing::verify(*given.trusted, header.signature,
                                {.content = header.content, .entry = key},
                                given.url + "/" + hexOf(key)));
    return {};
  };
  auto artifact = unpackRemote(object.bytes, maxBytes, requireTrust, decompress);
  if (!isInTime)
    return fail(ErrorKind::Io, "the remote cache cannot be used: no time was left to unpack");
  return artifact;
}

Status Remote::put(const Key &key, std::span<const uint8_t> artifact, const std::string &signature,
                   Existing existing) {
  const auto deadline = Clock::now() + given.timeout;
  if (existing == Existing::Keep) {
    Answer ignored = {{}, maxOverheadBytes};
    W2N_TRY(there, request("HEAD", key, {}, ignored, deadline));
    if (isSuccess(there))
      return {};
  }
  W2N_TRY(library, functions());
  const std::string header = RemoteHeader::text(artifact, signature);
  std::vector<uint8_t> object(header.begin(), header.end());
  Collector collector{object, maxFileBytes};
  const libraries::ByteSink sink = collector.sink();
  if (!library->compress(artifact.data(), artifact.size(), &sink))
    return fail(ErrorKind::Internal, "an artifact cannot be compressed");
  Answer ignored = {{}, maxOverheadBytes};
  W2N_TRY(status, request("PUT", key, object, ignored, deadline));
  if (isSuccess(status))
    return {};
  return fail(ErrorKind::Io,
              "the remote cache refuses an artifact with status " + std::to_string(status));
}

Result<std::optional<RemoteArtifact>> Remote::fetch(const Key &key, uint64_t maxBytes) {
  if (isLeftAlone())
    return std::nullopt;
  auto artifact = get(key, maxBytes);
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
