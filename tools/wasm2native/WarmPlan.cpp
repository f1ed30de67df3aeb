// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/WarmPlan.h"

#include "lib/support/File.h"
#include "tools/wasm2native/FileKind.h"
#include "tools/wasm2native/LoadCompiler.h"

#include <algorithm>
#include <dirent.h>
#include <sys/stat.h>

namespace w2n::tool {

namespace {

void addFolder(const std::string &folder, std::vector<std::string> &modules) {
  dirent **names = nullptr;
  const int count = scandir(folder.c_str(), &names, nullptr, alphasort);
  if (count < 0)
    modules.push_back(folder); // the error shows when it is opened
  for (int i = 0; i < count; ++i) {
    const std::string name = names[i]->d_name, path = folder + "/" + name;
    free(names[i]);
    struct stat status;
    if (name == "." || name == ".." || lstat(path.c_str(), &status) != 0)
      continue;
    if (S_ISDIR(status.st_mode))
      addFolder(path, modules);
    else if (name.ends_with(".wasm"))
      modules.push_back(path);
  }
  free(names);
}

void addPath(std::string path, std::vector<std::string> &modules) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    modules.push_back(std::move(path));
    return;
  }
  while (path.size() > 1 && path.ends_with('/'))
    path.pop_back();
  addFolder(path, modules);
}

/// Hash and key; whether the artifact is there.
Status lookUp(cache::ModuleCache &cache, cache::Source &source, WarmJob &job,
              const w2n_compile_options &options) {
  W2N_TRY(key, cache.keyFor(source, optionsFor(job, options)));
  job.key = key;
  // Artifacts that must not be used are compiled again.
  if (auto found = cache.store().find(key); found && *found) {
    job.state = WarmJob::State::Hit;
    job.artifactBytes = (*found)->bytes;
  }
  return {};
}

} // namespace

std::vector<std::string> findModules(const std::vector<std::string> &paths) {
  std::vector<std::string> modules;
  for (const std::string &path : paths) {
    if (path != "-") {
      addPath(path, modules);
      continue;
    }
    const auto list = readFile(path);
    std::string_view rest;
    if (list)
      rest = {reinterpret_cast<const char *>(list->data()), list->size()};
    while (!rest.empty()) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      if (end != 0)
        addPath(std::string(rest.substr(0, end)), modules);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return modules;
}

w2n_compile_options optionsFor(const WarmJob &job, w2n_compile_options options) {
  options.target = orNull(job.machine.target);
  options.cpu = orNull(job.machine.processor);
  return options;
}

std::vector<WarmJob> planJobs(cache::ModuleCache &cache, const std::vector<std::string> &paths,
                              const std::vector<MachineKind> &machines,
                              const w2n_compile_options &options) {
  std::vector<WarmJob> jobs;
  for (const std::string &path : paths) {
    auto source = cache::Source::open(path);
    struct stat status = {};
    stat(path.c_str(), &status);
    for (const MachineKind &machine : machines) {
      WarmJob job{
          .path = path, .machine = machine, .wasmBytes = uint64_t(status.st_size), .error = {}};
      Status ready = source ? Status() : std::unexpected(source.error());
      if (ready)
        ready = requireModuleAt(path);
      if (ready)
        ready = lookUp(cache, *source, job, options);
      if (!ready) {
        job.state = WarmJob::State::Failed;
        job.error = ready.error().text;
      }
      jobs.push_back(std::move(job));
    }
  }
  return jobs;
}

} // namespace w2n::tool
