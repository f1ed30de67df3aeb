// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/ValueAccess.h"

#include <cstring>

namespace w2n::runtime {

namespace {

size_t bytesOf(w2n_component_kind kind) {
  switch (kind) {
  case W2N_COMPONENT_S8:
  case W2N_COMPONENT_U8:
    return 1;
  case W2N_COMPONENT_S16:
  case W2N_COMPONENT_U16:
    return 2;
  case W2N_COMPONENT_S32:
  case W2N_COMPONENT_U32:
  case W2N_COMPONENT_F32:
    return 4;
  default:
    return 8;
  }
}

Status keepParts(ComponentValue &value, ValueArena &arena) {
  switch (value.kind) {
  case W2N_COMPONENT_STRING: {
    W2N_TRY(text, arena.allocate<char>(value.of.string.bytes));
    if (!text.empty())
      std::memcpy(text.data(), value.of.string.data, text.size());
    value.of.string.data = text.data();
    return {};
  }
  case W2N_COMPONENT_ARRAY: {
    // The copy is made of words of eight bytes, so that any number is aligned.
    const size_t bytes = value.of.array.count * bytesOf(value.element);
    W2N_TRY(words, arena.allocate<uint64_t>((bytes + 7) / 8));
    if (bytes != 0)
      std::memcpy(words.data(), value.of.array.data, bytes);
    value.of.array.data = words.data();
    return {};
  }
  case W2N_COMPONENT_LIST:
  case W2N_COMPONENT_RECORD:
  case W2N_COMPONENT_TUPLE: {
    W2N_TRY(items, arena.allocate<ComponentValue>(value.of.list.count));
    for (size_t i = 0; i < items.size(); ++i) {
      items[i] = value.of.list.items[i];
      W2N_CHECK(keepParts(items[i], arena));
    }
    value.of.list.items = items.data();
    return {};
  }
  case W2N_COMPONENT_VARIANT:
  case W2N_COMPONENT_OPTION:
  case W2N_COMPONENT_RESULT: {
    W2N_TRY(payload, keepValue(value.of.payload, arena));
    value.of.payload = payload;
    return {};
  }
  default:
    return {};
  }
}

} // namespace

Result<const ComponentValue *> keepValue(const ComponentValue *value, ValueArena &arena) {
  if (!value)
    return nullptr;
  W2N_TRY(kept, arena.allocate<ComponentValue>(1));
  kept[0] = *value;
  W2N_CHECK(keepParts(kept[0], arena));
  return kept.data();
}

} // namespace w2n::runtime
