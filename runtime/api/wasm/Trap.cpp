// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/api/wasm/Objects.h"

using namespace w2n;

namespace w2n::standard {

wasm_trap_t *trapFor(const std::shared_ptr<Store> &store, Status status) {
  return status ? nullptr : new wasm_trap_t(store, std::move(status).error());
}

} // namespace w2n::standard

namespace {

wasm_frame_t *frameOf(const wasm_trap_t &trap, const runtime::TrapFrame &frame) {
  auto instance = frame.instance.lock();
  return new wasm_frame_t{frame.functionIndex, frame.functionOffset, frame.artifactOffset,
                          instance ? standard::objectFor<wasm_instance_t>(trap.store, instance)
                                   : nullptr};
}

std::span<const runtime::TrapFrame> framesOf(const wasm_trap_t &trap) {
  const runtime::TrapDetails *details = runtime::detailsOf(trap.error);
  return details ? std::span(details->frames) : std::span<const runtime::TrapFrame>();
}

} // namespace

wasm_trap_t *wasm_trap_new(wasm_store_t *store, const wasm_message_t *message) {
  std::string text(message->data ? message->data : "", message->size);
  if (text.ends_with('\0'))
    text.pop_back();
  return new wasm_trap_t(store->store, Error{ErrorKind::Trap,
                                             Error::noOffset,
                                             std::move(text),
                                             {},
                                             uint32_t(artifact::TrapKind::HostError)});
}

void wasm_trap_message(const wasm_trap_t *trap, wasm_message_t *out) {
  const std::string &text = trap->error.text;
  wasm_byte_vec_new(out, text.size() + 1, text.c_str());
}

wasm_frame_t *wasm_trap_origin(const wasm_trap_t *trap) {
  const auto frames = framesOf(*trap);
  return frames.empty() ? nullptr : frameOf(*trap, frames.front());
}

void wasm_trap_trace(const wasm_trap_t *trap, wasm_frame_vec_t *out) {
  const auto frames = framesOf(*trap);
  wasm_frame_vec_new_uninitialized(out, frames.size());
  for (size_t i = 0; i < frames.size(); ++i)
    out->data[i] = frameOf(*trap, frames[i]);
}

void wasm_frame_delete(wasm_frame_t *frame) {
  if (frame && frame->instance)
    frame->instance->release();
  delete frame;
}

wasm_frame_t *wasm_frame_copy(const wasm_frame_t *frame) {
  if (frame->instance)
    frame->instance->retain();
  return new wasm_frame_t(*frame);
}

wasm_instance_t *wasm_frame_instance(const wasm_frame_t *frame) { return frame->instance; }

uint32_t wasm_frame_func_index(const wasm_frame_t *frame) { return frame->functionIndex; }

size_t wasm_frame_func_offset(const wasm_frame_t *frame) { return frame->functionOffset; }

size_t wasm_frame_module_offset(const wasm_frame_t *frame) { return frame->moduleOffset; }
