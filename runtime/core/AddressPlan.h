// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Addresses that another process can have again. The stack of a guest, its registers and its tables
// hold addresses of the artifact, of its context, of its memories and of what it calls. A run that
// is to go on in another process therefore has all of them at places that it does not leave to the
// system: one after the other from a first one, where systems put nothing themselves.
#pragma once

#include "lib/support/Error.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace w2n::runtime {

/// Threads: one at a time.
class AddressPlan {
public:
  /// Begins where there is room for a usual instance. Errors: Limit.
  static Result<std::shared_ptr<AddressPlan>> choose();
  /// Begins at `first`: the same calls of reserve and allocate give the same addresses.
  static std::shared_ptr<AddressPlan> at(uintptr_t first);
  AddressPlan(const AddressPlan &) = delete;
  AddressPlan &operator=(const AddressPlan &) = delete;
  /// Frees what was allocated.
  ~AddressPlan();

  uintptr_t first() const { return begin; }
  /// The end of what was given out.
  uintptr_t end() const { return next; }

  /// The next `bytes`, reserved for the caller, who releases them. Errors: Limit, naming the
  /// addresses, if something is there already.
  Result<uint8_t *> reserve(uint64_t bytes);
  /// The next `bytes`, which read as zero and live as long as the plan. Errors: Limit.
  Result<uint8_t *> allocate(uint64_t bytes);

private:
  explicit AddressPlan(uintptr_t first) : begin(first), next(first) {}

  struct Block {
    uint8_t *address;
    uint64_t bytes;
  };
  const uintptr_t begin;
  uintptr_t next;
  std::vector<Block> blocks;
};

} // namespace w2n::runtime
