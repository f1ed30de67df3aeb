// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Programs see a directory that they were not given in two ways. Those with a C library ask for the
// directories at the start, and refuse paths below none of them by themselves: WASI never hears of
// the path. Others, and paths that lead out of a directory, make calls that fail.
#include "tools/wasm2native/DirectoryNote.h"

#include <algorithm>
#include <unistd.h>

namespace w2n::tool {

namespace {

std::string folderOf(const std::string &path) {
  const size_t slash = path.rfind('/');
  if (slash == path.npos)
    return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// Whether the guest's path is the directory or below it; "." is where relative paths begin.
bool isBeneath(std::string_view path, std::string_view directory) {
  if (directory == ".")
    return !path.starts_with('/');
  while (directory.ends_with('/'))
    directory.remove_suffix(1);
  return path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

} // namespace

void DirectoryNote::watch(wasi::WasiOptions &options) {
  isWatching = true;
  preopens = options.preopens;
  arguments = options.arguments;
  options.refused = [this](const wasi::Refusal &refusal) { note(refusal); };
}

void DirectoryNote::note(const wasi::Refusal &refusal) {
  const std::lock_guard lock(turn);
  if (refusal.path.empty()) {
    askedForDirectories = true;
    return;
  }
  lastPath = refusal.path;
  lastError = refusal.error;
}

/// An argument that is a path of the host, and that no directory holds; empty if there is none.
std::string DirectoryNote::missingArgument() const {
  for (size_t i = 1; i < arguments.size(); ++i) {
    const std::string &argument = arguments[i];
    const bool isGiven = std::ranges::any_of(preopens, [&](const wasi::Preopen &preopen) {
      return isBeneath(argument, preopen.guestPath);
    });
    if (!argument.empty() && !argument.starts_with('-') && !isGiven &&
        access(argument.c_str(), F_OK) == 0)
      return argument;
  }
  return "";
}

std::string DirectoryNote::text() {
  const std::lock_guard lock(turn);
  if (!isWatching || (lastPath.empty() && !askedForDirectories))
    return "";
  if (const std::string argument = missingArgument(); !argument.empty())
    return "the program was not given '" + argument + "'; --dir " + folderOf(argument) +
           " gives it the directory";
  const std::string path = lastPath.empty() ? "" : " (it tried '" + lastPath + "')";
  // Many programs ask for directories that they do not need, and fail for other reasons: what may
  // be wrong is for people, not for logs.
  if (lastPath.empty() && !isatty(STDERR_FILENO))
    return "";
  if (preopens.empty())
    return "the program was given no directory" + path + "; --dir HOST::GUEST gives it one";
  if (lastPath.empty())
    return "";
  const bool isReadOnly =
      std::ranges::any_of(preopens, [](const wasi::Preopen &preopen) { return preopen.readOnly; });
  if (isReadOnly && lastPath.find("..") == lastPath.npos && !lastPath.starts_with('/'))
    return "'" + lastPath + "' was refused; ':ro' after --dir lets nothing be changed";
  return "'" + lastPath + "' is outside of the directories that the program was given; " +
         "--dir HOST::GUEST gives it another";
}

} // namespace w2n::tool
