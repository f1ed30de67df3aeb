// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wit/LoadFiles.h"

#include "lib/support/File.h"
#include "lib/wit/Limits.h"
#include "lib/wit/Parser.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <memory>
#include <sys/stat.h>

namespace w2n::wit {

namespace {

bool isFolder(const std::string &path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool isWitName(std::string_view name) { return name.ends_with(".wit"); }

/// Paths of the entries of a folder in the order of their names, hidden ones left out.
Result<std::vector<std::string>> entriesOf(const std::string &folder) {
  const std::unique_ptr<DIR, int (*)(DIR *)> stream(opendir(folder.c_str()), closedir);
  if (!stream)
    return fail(ErrorKind::Io, folder + ": " + strerror(errno));
  std::vector<std::string> entries;
  while (const dirent *entry = readdir(stream.get()))
    if (entry->d_name[0] != '.')
      entries.push_back(folder + "/" + entry->d_name);
  if (entries.size() > limits::files)
    return fail(ErrorKind::Limit, folder + ": has " + std::to_string(entries.size()) +
                                      " entries, most is " + std::to_string(limits::files));
  std::ranges::sort(entries);
  return entries;
}

class Loader {
public:
  Status load(const std::string &path) {
    if (!isFolder(path))
      return loadFile(path);
    const std::string folder = path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
    const std::string dependencies = folder + "/deps";
    if (isFolder(dependencies))
      W2N_CHECK(loadEach(dependencies));
    W2N_TRY(isPackage, loadFolder(folder));
    if (isPackage)
      return {};
    // No package of its own: a folder of packages.
    const size_t before = groups.size();
    W2N_CHECK(loadEach(folder));
    if (groups.size() == before)
      return fail(ErrorKind::Io, path + ": has no .wit files");
    // None of them is the root.
    groups.emplace_back();
    return {};
  }

  std::unique_ptr<Sources> sources = std::make_unique<Sources>();
  std::vector<SourceGroup> groups;

private:
  /// Each file and folder in a folder is a package.
  Status loadEach(const std::string &folder) {
    W2N_TRY(entries, entriesOf(folder));
    for (const std::string &entry : entries)
      if (isFolder(entry))
        W2N_CHECK(loadFolder(entry));
      else if (isWitName(entry))
        W2N_CHECK(loadFile(entry));
    return {};
  }

  /// The package of a folder's .wit files, if it has any.
  Result<bool> loadFolder(const std::string &folder) {
    W2N_TRY(entries, entriesOf(folder));
    SourceGroup group;
    for (const std::string &entry : entries)
      if (isWitName(entry) && !isFolder(entry))
        W2N_CHECK(parse(entry, group));
    if (group.empty())
      return false;
    groups.push_back(std::move(group));
    return true;
  }

  Status loadFile(const std::string &path) {
    SourceGroup group;
    W2N_CHECK(parse(path, group));
    groups.push_back(std::move(group));
    return {};
  }

  Status parse(const std::string &path, SourceGroup &group) {
    W2N_TRY(bytes, readFile(path));
    W2N_TRY(file,
            sources->add(path == "-" ? "<stdin>" : path, std::string(bytes.begin(), bytes.end())));
    W2N_TRY(document, parseDocument(*sources, file));
    group.push_back(std::move(document));
    return {};
  }
};

} // namespace

Result<Packages> loadPackages(std::span<const std::string> paths) {
  Loader loader;
  for (const std::string &path : paths)
    W2N_CHECK(loader.load(path));
  return resolvePackages(std::move(loader.sources), std::move(loader.groups));
}

bool isWitPath(const std::string &path) { return isWitName(path) || isFolder(path); }

} // namespace w2n::wit
