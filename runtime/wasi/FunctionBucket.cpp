// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Wait.h"
#include "runtime/libraries/BucketLibrary.h"
#include "runtime/platform/OwnLibrary.h"
#include "runtime/wasi/Bucket.h"

#include <cstring>

namespace w2n::wasi {

namespace {

class FunctionBucket final : public Bucket {
public:
  FunctionBucket(const w2n_bucket &functions, const w2n_bucket_limits &limits)
      : Bucket(limits), functions(functions) {}
  ~FunctionBucket() override {
    if (functions.drop)
      functions.drop(functions.user);
  }

  BucketResult<void> get(std::string_view key, const Visitor &visit) override {
    return call(functions.get, key.data(), key.size(), visitBytes, visitorOf(visit));
  }
  BucketResult<bool> exists(std::string_view key) override {
    bool exists = false;
    W2N_CHECK(call(functions.exists, key.data(), key.size(), &exists));
    return exists;
  }
  BucketResult<void> set(std::string_view key, std::span<const uint8_t> value) override {
    return call(functions.set, key.data(), key.size(), static_cast<const void *>(value.data()),
                value.size());
  }
  BucketResult<void> remove(std::string_view key) override {
    return call(functions.remove, key.data(), key.size());
  }
  BucketResult<uint64_t> list(uint64_t position, const Visitor &visit) override {
    uint64_t next = 0;
    W2N_CHECK(call(functions.list, position, visitBytes, visitorOf(visit), &next));
    return next;
  }
  BucketResult<uint64_t> increment(std::string_view key, uint64_t delta) override {
    uint64_t result = 0;
    W2N_CHECK(call(functions.increment, key.data(), key.size(), delta, &result));
    return result;
  }

private:
  static void *visitorOf(const Visitor &visit) {
    return static_cast<void *>(const_cast<Visitor *>(&visit));
  }
  static void visitBytes(void *visitor, const void *bytes, size_t count) {
    (*static_cast<const Visitor *>(visitor))({static_cast<const char *>(bytes), count});
  }

  template <typename... Parameters, typename... Arguments>
  BucketResult<void> call(bool (*function)(void *, Parameters...), Arguments... arguments) const {
    if (!function)
      return std::unexpected("the bucket cannot do this");
    char error[W2N_SERVICE_ERROR_BYTES] = {};
    if (function(functions.user, arguments..., error))
      return {};
    return std::unexpected(std::string(error, strnlen(error, sizeof(error))));
  }

  const w2n_bucket functions;
};

bool waitForDescriptor(int descriptor, bool writes, int milliseconds) {
  pollfd wanted = {.fd = descriptor, .events = short(writes ? POLLOUT : POLLIN), .revents = 0};
  const auto deadline = runtime::Wait::Clock::now() + std::chrono::milliseconds(milliseconds);
  runtime::WaitEnd end;
  // Signals for the host end waits, too.
  do
    end = runtime::wait({.descriptors = {&wanted, 1}, .deadline = deadline});
  while (end == runtime::WaitEnd::Interrupted && !runtime::isInterrupted());
  return end == runtime::WaitEnd::Ready;
}

Result<std::shared_ptr<Bucket>> openInLibrary(const char *library, const std::string &name,
                                              const std::string &where,
                                              const w2n_bucket_limits &limits) {
  W2N_TRY(symbol,
          platform::symbolOfOwnLibrary(library, libraries::openBucketName, "opening a bucket"));
  const libraries::BucketRequest request = {.name = name.c_str(),
                                            .where = where.c_str(),
                                            .limits = limits,
                                            .wait = waitForDescriptor,
                                            .isInterrupted = runtime::isInterrupted};
  w2n_bucket functions = {};
  char error[W2N_SERVICE_ERROR_BYTES] = {};
  if (!reinterpret_cast<libraries::OpenBucket *>(symbol)(&request, &functions, error))
    return fail(ErrorKind::Io, "cannot open the bucket '" + name + "' at '" + where +
                                   "': " + std::string(error, strnlen(error, sizeof(error))));
  return makeFunctionBucket(functions, limits);
}

} // namespace

w2n_bucket_limits completeLimits(w2n_bucket_limits limits) {
  const std::pair<uint64_t &, uint64_t> defaults[] = {{limits.max_key_bytes, 1 << 10},
                                                      {limits.max_value_bytes, 4 << 20},
                                                      {limits.max_keys, 1 << 20},
                                                      {limits.max_bytes, 64 << 20}};
  for (auto &[limit, otherwise] : defaults)
    limit = limit == 0 ? otherwise : limit;
  // Numbers of SQLite are signed, and no guest has more.
  for (auto &[limit, otherwise] : defaults)
    limit = std::min<uint64_t>(limit, INT64_MAX / 2);
  return limits;
}

std::shared_ptr<Bucket> makeFunctionBucket(const w2n_bucket &functions,
                                           const w2n_bucket_limits &limits) {
  return std::make_shared<FunctionBucket>(functions, limits);
}

Result<std::shared_ptr<Bucket>> openBucket(const std::string &name, const std::string &where,
                                           const w2n_bucket_limits &limits) {
  constexpr std::string_view redis = "redis://";
  if (where == "memory")
    return makeMemoryBucket(limits);
  if (where.starts_with(redis))
    return openInLibrary(libraries::redisLibrary, name, where.substr(redis.size()), limits);
  if (where.ends_with(".db"))
    return openInLibrary(libraries::sqliteLibrary, name, where, limits);
  return fail(ErrorKind::Invalid, "the bucket '" + name + "' is at '" + where +
                                      "', must be memory, a file FILE.db or redis://HOST:PORT");
}

} // namespace w2n::wasi
