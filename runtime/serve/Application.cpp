// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/serve/Application.h"

#include <cerrno>
#include <unistd.h>

namespace w2n::serve {

namespace {

/// The standard output of guests, which is the server's standard error. Asks the system nothing
/// when an instance begins.
class GuestOutput final : public wasi::HostStream {
public:
  wasi::WasiResult<size_t> read(std::span<uint8_t>) override {
    return std::unexpected(wasi::Errno::Badf);
  }
  wasi::WasiResult<size_t> write(std::span<const uint8_t> bytes) override {
    ssize_t written;
    do
      written = ::write(STDERR_FILENO, bytes.data(), bytes.size());
    while (written < 0 && errno == EINTR);
    return written < 0 ? bytes.size() : size_t(written);
  }
};

} // namespace

Result<std::shared_ptr<Application>>
Application::create(std::shared_ptr<const runtime::Module> module,
                    const ApplicationOptions &options) {
  ApplicationOptions given = options;
  given.wasi.streams[1] = given.wasi.streams[2] = std::make_shared<GuestOutput>();
  const bool isComponent = !module->metadata().component().empty();
  return isComponent ? makeComponentApplication(std::move(module), given)
                     : makeCommandApplication(std::move(module), given);
}

} // namespace w2n::serve
