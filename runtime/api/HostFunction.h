// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A function of the host behind the C API.
#pragma once

#include "runtime/api/Handles.h"

namespace w2n::api {

struct HostCallback {
  w2n_callback callback;
  void *user;
  w2n_finalizer finalizer;
};

/// Errors, after which nobody calls the finalizer: Invalid, Limit. `name` is for
/// messages.
Result<std::shared_ptr<runtime::Function>>
makeHostFunction(std::string name, const w2n_function_type &type, const HostCallback &callback);

/// The same for a function of numbers that takes slots.
Result<std::shared_ptr<runtime::Function>> makePlainFunction(const std::string &name,
                                                             const w2n_function_type &type,
                                                             w2n_plain_callback callback,
                                                             void *user, w2n_finalizer finalizer);

/// The error that leaves the guest for one that a callback returned, which it frees.
Error takeCallbackError(w2n_error *fromCallback);

} // namespace w2n::api
