// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// args_* and environ_*: lists of strings that the guest was given.
#include "runtime/wasi/WasiContext.h"

#include "runtime/wasi/Calls.h"

namespace w2n::wasi {

namespace {

uint64_t textBytes(const std::vector<std::string> &strings) {
  uint64_t bytes = 0;
  for (const std::string &string : strings)
    bytes += string.size() + 1;
  return bytes;
}

Outcome storeSizes(const std::vector<std::string> &strings, Out<uint32_t> count,
                   Out<uint32_t> bytes) {
  if (textBytes(strings) > UINT32_MAX)
    return std::unexpected(Errno::Overflow);
  count.store(uint32_t(strings.size()));
  bytes.store(uint32_t(textBytes(strings)));
  return {};
}

Outcome storeStrings(GuestMemory memory, const std::vector<std::string> &strings,
                     GuestPointer<uint32_t> pointers, GuestPointer<char> text) {
  W2N_TRY(pointersOut, memory.array(pointers, uint32_t(strings.size())));
  W2N_TRY(textOut, memory.buffer(text.address, textBytes(strings)));
  size_t used = 0;
  for (size_t index = 0; index < strings.size(); ++index) {
    pointersOut.store(uint32_t(text.address + used), index);
    std::memcpy(textOut.data() + used, strings[index].c_str(), strings[index].size() + 1);
    used += strings[index].size() + 1;
  }
  return {};
}

} // namespace

Outcome argsGet(WasiContext &context, GuestMemory memory, GuestPointer<uint32_t> pointers,
                GuestPointer<char> text) {
  return storeStrings(memory, context.arguments(), pointers, text);
}

Outcome argsSizesGet(WasiContext &context, Out<uint32_t> count, Out<uint32_t> bytes) {
  return storeSizes(context.arguments(), count, bytes);
}

Outcome environGet(WasiContext &context, GuestMemory memory, GuestPointer<uint32_t> pointers,
                   GuestPointer<char> text) {
  return storeStrings(memory, context.environment(), pointers, text);
}

Outcome environSizesGet(WasiContext &context, Out<uint32_t> count, Out<uint32_t> bytes) {
  return storeSizes(context.environment(), count, bytes);
}

} // namespace w2n::wasi
