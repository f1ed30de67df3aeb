// Which of LLVM's processor features this AArch64 machine has.
#include "runtime/arch/Arch.h"

namespace w2n::runtime {

// Only what the baseline has is known here.
Status checkProcessorFeatures(std::string_view features) {
  if (features.empty())
    return {};
  return fail(ErrorKind::Unsupported, "module needs the processor features \"" +
                                          std::string(features) +
                                          "\", which this runtime does not know");
}

} // namespace w2n::runtime
