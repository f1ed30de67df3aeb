// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/AddressPlan.h"

#include "runtime/platform/VirtualMemory.h"

#include <cinttypes>
#include <cstdio>

namespace w2n::runtime {

namespace {

/// More than any system has as pages, so that a plan does not depend on them.
constexpr uint64_t stepBytes = 64 << 10;

/// Places where systems put nothing, the best first: between what programs have at the bottom and
/// what the kernel gives out from the top; also where addresses have 39 bits, as on many RISC-V.
struct Candidate {
  uintptr_t first;
  uint64_t bytes; ///< must be free there
};
constexpr Candidate candidates[] = {{uintptr_t(0x2000) << 32, uint64_t(1) << 40},
                                    {uintptr_t(0x300) << 32, uint64_t(1) << 38},
                                    {uintptr_t(0x18) << 32, uint64_t(1) << 35}};

} // namespace

Result<std::shared_ptr<AddressPlan>> AddressPlan::choose() {
  for (const Candidate &candidate : candidates)
    if (uint8_t *free = platform::reserveAt(candidate.first, candidate.bytes)) {
      platform::release(free, candidate.bytes);
      return at(candidate.first);
    }
  return fail(ErrorKind::Limit, "no addresses are free that another process could have as well");
}

std::shared_ptr<AddressPlan> AddressPlan::at(uintptr_t first) {
  return std::shared_ptr<AddressPlan>(new AddressPlan(first));
}

AddressPlan::~AddressPlan() {
  for (const Block &block : blocks)
    platform::release(block.address, block.bytes);
}

Result<uint8_t *> AddressPlan::reserve(uint64_t bytes) {
  constexpr uint64_t maxBytes = uint64_t(1) << 47;
  const uint64_t wanted = bytes < maxBytes ? platform::roundUpToPage(bytes) : bytes;
  uint8_t *address = bytes < maxBytes ? platform::reserveAt(next, wanted) : nullptr;
  if (!address) {
    char range[64];
    snprintf(range, sizeof range, "%#" PRIxPTR " to %#" PRIx64, next, uint64_t(next) + wanted);
    return fail(ErrorKind::Limit,
                "the addresses that the program needs are not free: " + std::string(range));
  }
  next += (wanted + 2 * stepBytes - 1) & ~(stepBytes - 1); // at least a page between two
  return address;
}

Result<uint8_t *> AddressPlan::allocate(uint64_t bytes) {
  W2N_TRY(address, reserve(bytes));
  const uint64_t rounded = platform::roundUpToPage(bytes);
  blocks.push_back({address, rounded});
  if (!platform::commit(address, rounded))
    return fail(ErrorKind::Limit,
                "the system has no room for " + std::to_string(bytes) + " bytes of an instance");
  return address;
}

} // namespace w2n::runtime
