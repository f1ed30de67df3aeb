// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Memory.h"

#include "runtime/api/Handles.h"

using namespace w2n;

uint64_t w2n_memory_size_bytes(const w2n_memory *memory) { return memory->memory->bytes().size(); }

void *w2n_memory_at(const w2n_memory *memory, uint64_t address, uint64_t bytes) {
  const std::span<uint8_t> all = memory->memory->bytes();
  if (address > all.size() || bytes > all.size() - address)
    return nullptr;
  return all.data() + address;
}

w2n_error *w2n_memory_grow(w2n_memory *memory, uint64_t deltaPages) {
  const uint64_t pages = memory->memory->pages();
  if (memory->memory->grow(deltaPages) >= 0)
    return nullptr;
  return api::toC(fail(ErrorKind::Limit, "cannot grow a memory of " + std::to_string(pages) +
                                             " pages by " + std::to_string(deltaPages)));
}
