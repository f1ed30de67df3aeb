// Where the blocks begin that choose an interpreter's next instruction.
#pragma once

namespace llvm {
class MachineFunctionPass;
}

namespace w2n::compiler {

/// A pass for after block placement, which sets alignments and duplicates blocks: lets a block
/// begin at a multiple of 64 bytes, a line of the cache, if it ends with a jump through a table and
/// many blocks go to it, as such a block runs once for each instruction of an interpreter. Where it
/// lay across two lines, an AMD processor took 1.5 times as long for the whole loop, native code or
/// ours. The caller owns it, as LLVM's pass managers do.
llvm::MachineFunctionPass *createAlignDispatchPass();

} // namespace w2n::compiler
