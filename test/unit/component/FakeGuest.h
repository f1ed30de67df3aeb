// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A guest that calls host functions from a test: a memory, an allocator, a table of handles.
#pragma once

#include "runtime/component/HostFunction.h"

#include <cstring>
#include <gtest/gtest.h>
#include <map>

namespace w2n::runtime {

class FakeGuest {
public:
  explicit FakeGuest(std::shared_ptr<HostContext> context) : context(std::move(context)) {}

  template <typename T> T load(uint32_t address) const {
    T value;
    std::memcpy(&value, bytes.data() + address, sizeof(T));
    return value;
  }
  template <typename T> void store(uint32_t address, const T &value) {
    std::memcpy(bytes.data() + address, &value, sizeof(T));
  }
  std::string text(uint32_t address, uint32_t length) const {
    return {reinterpret_cast<const char *>(bytes.data()) + address, length};
  }
  /// The string or list of bytes whose address and length are at `address`.
  std::string textAt(uint32_t address) const {
    return text(load<uint32_t>(address), load<uint32_t>(address + 4));
  }
  /// Puts `text` in memory; returns where.
  uint32_t put(std::string_view text) {
    const uint32_t address = take(uint32_t(text.size()), 8);
    std::memcpy(bytes.data() + address, text.data(), text.size());
    return address;
  }
  uint32_t take(uint32_t size, uint32_t alignment) {
    const uint32_t address = (top + alignment - 1) / alignment * alignment;
    top = address + size;
    return address;
  }
  void resetAllocations() { top = firstAllocation; }
  void drop(uint32_t handle) {
    const Handle row = handles.at(handle);
    handles.erase(handle);
    row.resource->destroy(row.representation);
  }

  /// Calls `row` with core values; the result is in `result`, or where the last one says.
  Status call(const HostFunctionRow &row, std::vector<Slot> slots,
              const CallTrace *trace = nullptr) {
    slots.push_back(0);
    Call call(*this, slots, encoding);
    Status status = row.invoke(call, *context, row, trace);
    result = slots[0];
    return status;
  }

  struct Handle {
    const HostResource *resource;
    uint32_t representation;
  };
  std::vector<uint8_t> bytes = std::vector<uint8_t>(1 << 20);
  std::map<uint32_t, Handle> handles;
  component::CanonOption encoding = component::CanonOption::Utf8;
  Slot result = 0;
  uint32_t lastAlignment = 0;

private:
  class Call final : public HostCall {
  public:
    Call(FakeGuest &guest, std::span<Slot> slots, component::CanonOption encoding)
        : HostCall(slots, encoding), guest(guest) {}
    std::span<uint8_t> memory() override { return guest.bytes; }
    Result<uint32_t> allocate(uint32_t size, uint32_t alignment) override {
      guest.lastAlignment = alignment;
      if (size > guest.bytes.size() - guest.top - alignment)
        return canonTrap(component::CanonTrap::ReallocOutOfBounds);
      return guest.take(size, alignment);
    }
    Result<uint32_t> lend(const HostResource &resource, uint32_t handle) override {
      auto found = guest.handles.find(handle);
      if (found == guest.handles.end() || found->second.resource != &resource)
        return canonTrap(component::CanonTrap::UnknownHandle, handle);
      return found->second.representation;
    }
    Result<uint32_t> take(const HostResource &resource, uint32_t handle) override {
      W2N_TRY(representation, lend(resource, handle));
      guest.handles.erase(handle);
      return representation;
    }
    Result<uint32_t> give(const HostResource &resource, uint32_t representation) override {
      const uint32_t handle = ++guest.lastHandle;
      guest.handles[handle] = {&resource, representation};
      return handle;
    }
    Instance &instance() override { __builtin_unreachable(); }
    const ImportedFunction &import() const override { __builtin_unreachable(); }

  private:
    FakeGuest &guest;
  };

  const std::shared_ptr<HostContext> context;
  static constexpr uint32_t firstAllocation = 4096;
  uint32_t top = firstAllocation, lastHandle = 0;
};

} // namespace w2n::runtime
