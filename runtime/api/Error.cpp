// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/artifact/Abi.h"
#include "lib/support/PublicErrorKind.h"
#include "runtime/api/Handles.h"
#include "runtime/api/SizedStruct.h"
#include "runtime/core/TrapDetails.h"

using namespace w2n;

w2n_error *w2n_error_new(const char *text) {
  return new w2n_error{
      Error{ErrorKind::Trap, Error::noOffset, text, {}, uint32_t(artifact::TrapKind::HostError)}};
}

w2n_error *w2n_error_new_exit(uint32_t status) {
  return new w2n_error{Error{ErrorKind::Exit, Error::noOffset, "exit", {}, status}};
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

namespace {

std::span<const runtime::TrapFrame> framesOf(const w2n_error &error) {
  const runtime::TrapDetails *details = runtime::detailsOf(error.error);
  return details ? std::span(details->frames) : std::span<const runtime::TrapFrame>();
}

} // namespace

size_t w2n_error_frame_count(const w2n_error *error) { return framesOf(*error).size(); }

bool w2n_error_frame(const w2n_error *error, size_t index, w2n_frame *out) {
  const auto frames = framesOf(*error);
  if (index >= frames.size())
    return false;
  const runtime::TrapFrame &frame = frames[index];
  const auto instance = frame.instance.lock();
  api::fillSized(out, {.size = sizeof(w2n_frame),
                       .function_index = frame.functionIndex,
                       .is_inlined = frame.isInlined,
                       .function_name = frame.name.empty() ? nullptr : frame.name.c_str(),
                       .function_offset = frame.functionOffset,
                       .artifact_offset = frame.artifactOffset,
                       .instance_data = instance ? instance->userData : nullptr});
  return true;
}

bool w2n_error_frame_is_of(const w2n_error *error, size_t index, const w2n_instance *instance) {
  const auto frames = framesOf(*error);
  return index < frames.size() && frames[index].instance.lock().get() == &instance->instance;
}
