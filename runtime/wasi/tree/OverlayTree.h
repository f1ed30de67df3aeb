// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A tree of two layers: what is written goes to the upper one, and the lower one stays as it is.
//
// A file of the lower layer is copied to the upper one before it is changed. An entry that is
// removed, or replaced by a new directory, is hidden by a whiteout: an empty file `.wh.NAME` beside
// it in the upper layer, as layers of container images have them. So an upper layer that is a
// directory of the host can be used again, and be read by other programs. Guests neither see nor
// make names that begin like this.
//
// A directory of the lower layer is copied as a whole when it is renamed. The number of a file
// (st_ino) may change when nobody has it open; links of the lower layer to the same file are
// separate files once one of them is written to.
#pragma once

#include "runtime/wasi/tree/Node.h"

namespace w2n::wasi {

/// The root of `lower` with `upper` above it; both are directories.
NodeHandle makeOverlayTree(NodeHandle lower, NodeHandle upper);

} // namespace w2n::wasi
