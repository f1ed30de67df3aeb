// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// For builds without libsodium: nothing is hashed, and whoever asks first (hashIsAvailable) knows.
#include "lib/support/Hash.h"
#include "lib/support/Sha256.h"

#include <cstdlib>

namespace w2n {

bool hashIsAvailable() { return false; }

Hasher::Hasher() { abort(); }
void Hasher::add(std::span<const uint8_t>) { abort(); }
Digest Hasher::finish() { abort(); }

std::string sha256Of(std::span<const uint8_t>) { return ""; }

} // namespace w2n
