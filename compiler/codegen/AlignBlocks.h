// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Aligns blocks whose place in lines of the cache decides how fast they run.
#pragma once

namespace llvm {
class MachineFunctionPass;
}

namespace w2n::compiler {

/// A pass for after block placement, which sets alignments and duplicates blocks. It lets begin
/// - the block with which an interpreter chooses its next instruction (it ends with a jump through
///   a table, and many blocks go to it) at a multiple of 64 bytes, a line of the cache;
/// - loops of a few instructions in one block at a multiple of 32 on x86-64, in functions that ran,
///   as a profile says.
/// On an AMD processor an interpreter's loop took 1.5 times as long where that block lay across two
/// lines, native code or ours, and a tight loop 1.2 times 16 bytes further on. The caller owns the
/// pass, as LLVM's pass managers do.
llvm::MachineFunctionPass *createAlignBlocksPass();

} // namespace w2n::compiler
