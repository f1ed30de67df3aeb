// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The least of a C++ exception runtime for wasm32-wasi, whose C++ library comes without one: enough
// for the programs here, which throw what has exactly the type that they catch. What clang calls is
// described in WebAssembly's tool conventions ("ExceptionHandling") and in the Itanium C++ ABI.
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <new>
#include <typeinfo>

// The tag of all C++ exceptions, which carry the address of the object.
asm(R"(
  .tagtype __cpp_exception i32
  .globl __cpp_exception
__cpp_exception:
)");

namespace {

struct Header {
  const std::type_info *type;
  void *(*destructor)(void *); ///< in this ABI it returns its argument
  int handlers;
  Header *next; ///< caught before this one
};

Header *caught = nullptr;

Header *headerOf(void *object) { return static_cast<Header *>(object) - 1; }

uint64_t readUleb(const uint8_t *&at) {
  uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    uint8_t byte = *at++;
    value |= uint64_t(byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return value;
  }
}

int64_t readSleb(const uint8_t *&at) {
  uint64_t value = 0;
  for (unsigned shift = 0;;) {
    uint8_t byte = *at++;
    value |= uint64_t(byte & 0x7f) << shift;
    shift += 7;
    if (byte & 0x80)
      continue;
    if (byte & 0x40)
      value |= ~uint64_t(0) << shift;
    return int64_t(value);
  }
}

} // namespace

extern "C" {

struct LandingPadContext {
  uintptr_t index;
  const uint8_t *table;
  uintptr_t selector;
};
thread_local LandingPadContext __wasm_lpad_context;

void *__cxa_allocate_exception(size_t bytes) noexcept {
  auto *header = static_cast<Header *>(std::calloc(1, sizeof(Header) + bytes));
  return header + 1;
}

void __cxa_free_exception(void *object) noexcept { std::free(headerOf(object)); }

[[noreturn]] void __cxa_throw(void *object, std::type_info *type, void *(*destructor)(void *)) {
  headerOf(object)->type = type;
  headerOf(object)->destructor = destructor;
  __builtin_wasm_throw(0, object);
}

void *__cxa_get_exception_ptr(void *object) noexcept { return object; }

void *__cxa_begin_catch(void *object) noexcept {
  Header *header = headerOf(object);
  header->handlers = (header->handlers < 0 ? -header->handlers : header->handlers) + 1;
  if (caught != header) {
    header->next = caught;
    caught = header;
  }
  return object;
}

void __cxa_end_catch() {
  Header *header = caught;
  // Negative: thrown again while it is handled.
  const bool again = header->handlers < 0;
  const int handlers = (again ? -header->handlers : header->handlers) - 1;
  header->handlers = again ? -handlers : handlers;
  if (handlers != 0)
    return;
  caught = header->next;
  if (again)
    return;
  if (header->destructor)
    header->destructor(header + 1);
  std::free(header);
}

[[noreturn]] void __cxa_rethrow() {
  caught->handlers = -caught->handlers;
  __builtin_wasm_throw(0, caught + 1);
}

// Finds the catch clause for the type, from the table of the function.
int _Unwind_CallPersonality(void *object) {
  const uint8_t *at = __wasm_lpad_context.table;
  __wasm_lpad_context.selector = 0;
  if (*at++ != 0xff)
    std::abort();
  const uint8_t *types = nullptr;
  if (*at++ != 0xff) {
    uint64_t distance = readUleb(at);
    types = at + distance;
  }
  ++at;
  uint64_t sitesBytes = readUleb(at);
  const uint8_t *actions = at + sitesBytes;
  uint64_t action = 0;
  for (uintptr_t i = 0; i <= __wasm_lpad_context.index; ++i) {
    readUleb(at);
    action = readUleb(at);
  }
  if (action == 0)
    return 0;
  for (const uint8_t *record = actions + action - 1;;) {
    int64_t filter = readSleb(record);
    const uint8_t *next = record;
    int64_t distance = readSleb(next);
    if (filter > 0) {
      auto *type = reinterpret_cast<const std::type_info *const *>(types)[-filter];
      if (!type || *type == *headerOf(object)->type) {
        __wasm_lpad_context.selector = uintptr_t(filter);
        return 0;
      }
    }
    if (distance == 0)
      return 0;
    record += distance;
  }
}

int __gxx_wasm_personality_v0(...) { return 0; }
}
