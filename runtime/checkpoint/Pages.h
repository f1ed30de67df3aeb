// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The file of pages: those of memories that the program has written, each in a slot. A checkpoint
// writes what has changed since the last one to slots that the last one does not use, so that it is
// good until the next takes its place, whenever the process is killed.
#pragma once

#include "lib/support/Descriptor.h"
#include "runtime/checkpoint/Checkpoint.h"

namespace w2n::checkpoint {

/// Threads: one at a time.
class PageFile {
public:
  /// Takes over the open file; `index` says which of its slots are in use.
  PageFile(Descriptor file, PageIndex index);

  /// Writes what has changed in the memories of `instance`, and forces it to the disk. Returns the
  /// index for the checkpoint that is about to be written. Errors: Io.
  Result<PageIndex> write(runtime::Instance &instance);
  /// The checkpoint with `index` is there.
  void commit(PageIndex index);

  /// Fills the memories of `instance`, which have their sizes, with the pages of the last
  /// checkpoint. Errors: Io; Malformed, if a page is not what it was.
  Status load(runtime::Instance &instance) const;

private:
  Status writeRun(runtime::Instance &instance, uint32_t number, uint8_t *begin, uint64_t bytes,
                  PageIndex &next);
  uint64_t takeSlot();

  const Descriptor file;
  PageIndex committed;
  /// Not used by the last checkpoint, nor written since.
  std::vector<uint64_t> freeSlots;
  /// Written for a checkpoint that is not there yet.
  std::vector<uint64_t> takenSlots;
  uint64_t slotCount = 0;
};

} // namespace w2n::checkpoint
