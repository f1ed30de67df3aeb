// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Copies of what is in the lower layer of an overlay, for changes.

#include "runtime/core/Interrupt.h"
#include "runtime/wasi/tree/OverlayNode.h"

namespace w2n::wasi {

namespace {

// A copy that is not complete yet.
constexpr const char *copyName = ".wh..w2n-copy";
constexpr size_t copyBytes = 256 << 10;
// Directories in directories, of which a copy needs a stack frame each.
constexpr unsigned maxDepth = 256;

} // namespace

Outcome OverlayNode::copyUp() {
  if (upper)
    return {};
  if (isRemoved)
    return copyWithoutName();
  // The root has an upper node, so the directories above end there.
  std::vector<OverlayNode *> missing;
  for (OverlayNode *at = this; !at->upper; at = at->parent.get())
    missing.push_back(at);
  while (!missing.empty()) {
    OverlayNode &node = *missing.back();
    missing.pop_back();
    Node &directory = *node.parent->upper;
    W2N_TRY(made, node.copyTo(directory));
    if (const Outcome renamed = directory.rename(copyName, directory, node.name); !renamed) {
      (void)directory.remove(copyName, node.isDirectory());
      return renamed;
    }
    node.upper = std::move(made);
  }
  return {};
}

// It has no name any more, but those who have it open may go on changing it.
Outcome OverlayNode::copyWithoutName() {
  OverlayNode *root = this;
  while (root->parent)
    root = root->parent.get();
  W2N_TRY(made, copyTo(*root->upper));
  W2N_CHECK(root->upper->remove(copyName, isDirectory()));
  upper = std::move(made);
  return {};
}

WasiResult<NodeHandle> OverlayNode::copyTo(Node &directory) {
  W2N_TRY(status, lower->status());
  std::string text;
  if (isLink()) {
    W2N_TRY(linkTarget, lower->target());
    text = std::move(linkTarget);
  } else if (!isFile() && !isDirectory()) {
    return std::unexpected(Errno::Acces);
  }
  // A copy that was left there is not complete.
  if (const auto old = directory.find(copyName))
    W2N_CHECK(directory.remove(copyName, (*old)->isDirectory()));
  W2N_TRY(made, directory.make(copyName, {type, status.st_mode & 0777, text}));
  Outcome copied = isFile() ? copyContents(*made) : Outcome();
  if (copied) {
    const timespec times[2] = {status.st_atim, status.st_mtim};
    copied = made->setTimes(times);
  }
  if (!copied) {
    (void)directory.remove(copyName, isDirectory());
    return std::unexpected(copied.error());
  }
  return made;
}

Outcome OverlayNode::copyContents(Node &to) {
  W2N_CHECK(to.open(/*reads=*/false, /*writes=*/true));
  std::vector<uint8_t> buffer(copyBytes);
  for (uint64_t offset = 0;;) {
    if (runtime::isInterrupted())
      return std::unexpected(Errno::Intr);
    W2N_TRY(bytes, lower->read(buffer, offset));
    if (bytes == 0)
      return {};
    for (size_t done = 0; done < bytes;) {
      W2N_TRY(written, to.write(std::span(buffer).subspan(done, bytes - done), offset + done));
      if (written == 0)
        return std::unexpected(Errno::Io);
      done += written;
    }
    offset += bytes;
  }
}

Outcome OverlayNode::copyUpWhole(unsigned depth) {
  if (depth > maxDepth)
    return std::unexpected(Errno::NameTooLong);
  W2N_CHECK(copyUp());
  if (!isDirectory() || !lower)
    return {};
  W2N_TRY(all, names());
  for (const std::string &child : all) {
    W2N_TRY(node, childAt(child));
    W2N_CHECK(node->copyUpWhole(depth + 1));
  }
  lower = nullptr;
  return {};
}

} // namespace w2n::wasi
