// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/artifact/Abi.h"
#include "lib/support/PublicErrorKind.h"
#include "runtime/api/Handles.h"

using namespace w2n;

w2n_error *w2n_error_new(const char *text) {
  return new w2n_error{
      Error{ErrorKind::Trap, Error::noOffset, text, {}, uint32_t(artifact::TrapKind::HostError)}};
}

void w2n_error_free(w2n_error *error) { delete error; }

w2n_error_kind w2n_error_kind_of(const w2n_error *error) { return publicKind(error->error.kind); }

const char *w2n_error_text(const w2n_error *error) { return error->error.text.c_str(); }

uint64_t w2n_error_offset(const w2n_error *error) { return error->error.offset; }

const char *w2n_error_trap_name(const w2n_error *error) {
  if (error->error.kind != ErrorKind::Trap)
    return nullptr;
  return artifact::trapMessage(artifact::TrapKind(error->error.code));
}

const char *w2n_error_backtrace(const w2n_error *error) { return error->error.notes.c_str(); }

uint32_t w2n_error_exit_status(const w2n_error *error) {
  return error->error.kind == ErrorKind::Exit ? error->error.code : 0;
}
