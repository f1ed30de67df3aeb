// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A module or component that answers requests, each in an instance of its own.
#pragma once

#include "runtime/component/LinkedComponent.h"
#include "runtime/core/InstancePool.h"
#include "runtime/serve/Exchange.h"
#include "runtime/wasi/Options.h"
#include "runtime/wasi/p2/State.h"

namespace w2n::serve {

struct ApplicationOptions {
  /// The options of every instance; its standard streams are the server's to set.
  wasi::WasiOptions wasi;
  runtime::InstanceOptions instance;
  /// The client that makes requests of guests; null if they may make none.
  std::shared_ptr<wasi::p2::HttpClient> httpClient;
};

/// Threads: any.
class Application {
public:
  virtual ~Application() = default;

  /// For a component that exports wasi:http/handler or incoming-handler, or a command of preview 1
  /// in the manner of CGI. Links it. Errors: Link, Unsupported.
  static Result<std::shared_ptr<Application>> create(std::shared_ptr<const runtime::Module> module,
                                                     const ApplicationOptions &options);

  /// Answers, in a new instance. Errors: those of what the guest did; an answer may have begun.
  virtual Status handle(std::shared_ptr<Exchange> exchange) = 0;
};

// One for each kind (ComponentApplication.cpp, CommandApplication.cpp).
Result<std::shared_ptr<Application>>
makeComponentApplication(std::shared_ptr<const runtime::Module> module,
                         const ApplicationOptions &options);
Result<std::shared_ptr<Application>>
makeCommandApplication(std::shared_ptr<const runtime::Module> module,
                       const ApplicationOptions &options);

} // namespace w2n::serve
