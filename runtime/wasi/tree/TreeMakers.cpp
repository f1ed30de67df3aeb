// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/tree/TreeMakers.h"

#include "runtime/wasi/WasiContext.h"
#include "runtime/wasi/tree/ArchiveTree.h"
#include "runtime/wasi/tree/HostTree.h"
#include "runtime/wasi/tree/OverlayTree.h"

#include <filesystem>

namespace w2n::wasi {

Preopen memoryPreopen(std::string guestPath, const MemoryTreeLimits &limits) {
  auto make = [limits](WasiContext &) -> Result<NodeHandle> { return makeMemoryTree(limits); };
  return {.hostPath = {}, .guestPath = std::move(guestPath), .readOnly = false, .makeTree = make};
}

Result<Preopen> archivePreopen(const std::string &hostPath, std::string guestPath) {
  W2N_TRY(root, openArchiveTree(hostPath));
  auto make = [root](WasiContext &) -> Result<NodeHandle> { return root; };
  return Preopen{
      .hostPath = hostPath, .guestPath = std::move(guestPath), .readOnly = true, .makeTree = make};
}

namespace {

/// Whether one folder is the other or lies in it. Folders that are not there are not: opening them
/// says so.
bool areNested(const std::string &one, const std::string &other) {
  std::error_code error;
  const auto isWithin = [&error](const std::filesystem::path &path, const std::string &folder) {
    auto at = std::filesystem::canonical(path, error);
    // Bind mounts have other paths, so that the folders are compared and not their names.
    for (; !error && !std::filesystem::equivalent(at, folder, error); at = at.parent_path())
      if (at == at.root_path())
        return false;
    return !error;
  };
  return isWithin(one, other) || isWithin(other, one);
}

} // namespace

Result<Preopen> overlayPreopen(const std::string &lower, const std::string &upper,
                               std::string guestPath, const MemoryTreeLimits &limits) {
  NodeHandle archive;
  if (isArchiveName(lower)) {
    W2N_TRY(root, openArchiveTree(lower));
    archive = std::move(root);
  } else if (!upper.empty() && areNested(lower, upper)) {
    return fail(ErrorKind::Invalid, "'" + upper + "' and '" + lower +
                                        "' are the same folder or one lies in the other, so that "
                                        "the lower layer would be changed");
  }
  auto make = [=](WasiContext &context) -> Result<NodeHandle> {
    NodeHandle below = archive;
    if (!below) {
      W2N_TRY(root, openHostTree(lower, context.quota));
      below = std::move(root);
    }
    if (upper.empty())
      return makeOverlayTree(std::move(below), makeMemoryTree(limits));
    W2N_TRY(above, openHostTree(upper, context.quota));
    return makeOverlayTree(std::move(below), std::move(above));
  };
  return Preopen{
      .hostPath = lower, .guestPath = std::move(guestPath), .readOnly = false, .makeTree = make};
}

} // namespace w2n::wasi
