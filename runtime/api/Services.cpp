// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The services of worlds.h: configuration, logs and key-value stores of components.
#include "include/wasm2native/worlds.h"

#include "runtime/api/Handles.h"
#include "runtime/api/SizedStruct.h"

#include <algorithm>

using namespace w2n;
using wasi::ConfigValues;

namespace {

/// The text that a function has left, also where it has forgotten its end.
std::unexpected<std::string> failed(const char (&text)[W2N_SERVICE_ERROR_BYTES]) {
  return std::unexpected(std::string(text, strnlen(text, sizeof(text))));
}

class CallbackConfig final : public wasi::ConfigSource {
public:
  explicit CallbackConfig(const w2n_config_source &functions) : functions(functions) {}
  ~CallbackConfig() override {
    if (functions.drop)
      functions.drop(functions.user);
  }

  std::expected<std::optional<std::string>, std::string> get(const std::string &name) override {
    // C has no names with zeros.
    if (name.find('\0') != name.npos)
      return std::nullopt;
    ConfigValues values;
    char error[W2N_SERVICE_ERROR_BYTES] = {};
    if (!functions.get(functions.user, name.c_str(), addValue, &values, error))
      return failed(error);
    if (values.empty())
      return std::nullopt;
    return std::move(values.back().second);
  }
  std::expected<ConfigValues, std::string> list() override {
    ConfigValues values;
    char error[W2N_SERVICE_ERROR_BYTES] = {};
    if (!functions.list(functions.user, addValue, &values, error))
      return failed(error);
    return values;
  }

private:
  static void addValue(void *values, const char *name, const char *value) {
    static_cast<ConfigValues *>(values)->emplace_back(name, value);
  }

  const w2n_config_source functions;
};

Status checkNewBucket(const w2n_wasi_config &config, const char *name) {
  const auto &buckets = config.options.buckets;
  if (std::ranges::find(buckets, name, &wasi::NamedBucket::name) == buckets.end())
    return {};
  return fail(ErrorKind::Invalid, "the bucket '" + std::string(name) + "' is given twice");
}

} // namespace

void w2n_wasi_config_add_value(w2n_wasi_config *config, const char *name, const char *value) {
  ConfigValues &values = config->options.configValues;
  const auto found = std::ranges::find(values, name, &ConfigValues::value_type::first);
  if (found != values.end())
    found->second = value;
  else
    values.emplace_back(name, value);
}

w2n_error *w2n_wasi_config_set_source(w2n_wasi_config *config, const w2n_config_source *given) {
  const w2n_config_source functions = api::readSized(given);
  if (!functions.get || !functions.list)
    return api::toC(
        fail(ErrorKind::Invalid, "a source of values needs the functions 'get' and 'list'"));
  config->options.configSource = std::make_shared<CallbackConfig>(functions);
  return nullptr;
}

void w2n_wasi_config_set_log(w2n_wasi_config *config, w2n_log_sink log, void *user) {
  static_assert(int(wasi::LogLevel::Critical) == W2N_LOG_CRITICAL);
  config->options.log = [log, user](wasi::LogLevel level, std::string_view context,
                                    std::string_view message) {
    log(user, w2n_log_level(level), context.data(), context.size(), message.data(), message.size());
  };
}

w2n_error *w2n_wasi_config_add_bucket(w2n_wasi_config *config, const char *name, const char *where,
                                      const w2n_bucket_limits *limits) {
  if (Status fresh = checkNewBucket(*config, name); !fresh)
    return api::toC(std::move(fresh));
  auto bucket = wasi::openBucket(name, where, wasi::completeLimits(api::readSized(limits)));
  if (!bucket)
    return api::toC(std::unexpected(std::move(bucket.error())));
  config->options.buckets.push_back({name, std::move(*bucket)});
  return nullptr;
}

w2n_error *w2n_wasi_config_add_bucket_functions(w2n_wasi_config *config, const char *name,
                                                const w2n_bucket *given,
                                                const w2n_bucket_limits *limits) {
  if (Status fresh = checkNewBucket(*config, name); !fresh)
    return api::toC(std::move(fresh));
  const w2n_bucket functions = api::readSized(given);
  if (!functions.get)
    return api::toC(fail(ErrorKind::Invalid, "a bucket needs the function 'get'"));
  config->options.buckets.push_back(
      {name, wasi::makeFunctionBucket(functions, wasi::completeLimits(api::readSized(limits)))});
  return nullptr;
}
