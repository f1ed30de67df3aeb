// Where tight loops begin that a profile says to run.
#pragma once

namespace llvm {
class MachineFunctionPass;
}

namespace w2n::compiler {

/// A pass for after block placement, which aligns loops that are not cold to 16 bytes: lets those
/// of a few instructions in a single block begin at a multiple of 32 on x86-64, in functions that
/// ran. With the same instructions 16 bytes further on, a loop took 1.2 times as long on an AMD
/// processor. The caller owns it, as LLVM's pass managers do.
llvm::MachineFunctionPass *createAlignLoopsPass();

} // namespace w2n::compiler
