// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/component/CanonTrap.h"

#include <iterator>
#include <string_view>

namespace w2n::component {

std::string messageOf(CanonTrap reason, uint32_t number) {
  static constexpr std::string_view texts[] = {
#define CANON_TRAP(name, text) text,
#include "lib/component/CanonTraps.def"
  };
  // A damaged artifact may ask for any reason.
  if (size_t(reason) >= std::size(texts))
    return "unknown reason " + std::to_string(uint32_t(reason));
  std::string text(texts[size_t(reason)]);
  if (const size_t at = text.find('#'); at != std::string::npos)
    text.replace(at, 1, std::to_string(number));
  return text;
}

} // namespace w2n::component
