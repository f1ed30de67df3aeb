// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The division of a vector into lanes by an instruction (core specification, section 2.4.3).
#pragma once

#include <cstdint>

namespace w2n::compiler {

enum class VectorShape : uint8_t { I8x16, I16x8, I32x4, I64x2, F32x4, F64x2 };

} // namespace w2n::compiler
