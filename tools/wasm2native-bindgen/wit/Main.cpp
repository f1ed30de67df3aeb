// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native-bindgen/wit/Main.h"

#include "lib/support/File.h"
#include "lib/wit/LoadFiles.h"
#include "tools/wasm2native-bindgen/wit/EmitWorld.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <sys/stat.h>

namespace w2n::bindgen {

namespace {

constexpr char usage[] =
    R"(usage: wasm2native-bindgen --wit PATH [--wit PATH...] [--world NAME] [--features A,B] -o DIR

Writes headers of C++ for a host of the components of a world: types, classes that the host
implements for imports, and callers of exports.

  --wit PATH        a .wit file, or a folder with a package and its dependencies in deps/; of
                    several, the last one has the world and the others are its dependencies
  --world NAME      the world: its name, or PACKAGE/NAME@VERSION for one of a dependency
  --features A,B    items that are gated by @unstable(feature = A) or B are not left out
  -o DIR            the folder for the headers, which is made if it is not there
)";

struct WitOptions {
  std::vector<std::string> paths;
  std::string world, folder;
  std::set<std::string> features;
  bool help = false;
};

int report(const Error &error) {
  fprintf(stderr, "wasm2native-bindgen: error: %s\n%s", error.text.c_str(), error.notes.c_str());
  return 1;
}

void addFeatures(std::set<std::string> &features, std::string_view list) {
  while (!list.empty()) {
    const size_t end = std::min(list.find(','), list.size());
    if (end > 0)
      features.emplace(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

/// `--name value` and `--name=value`.
Result<WitOptions> parseOptions(std::span<const char *const> arguments) {
  WitOptions options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string_view word = arguments[i];
    if (word == "--help" || word == "-h") {
      options.help = true;
      return options;
    }
    std::optional<std::string_view> value;
    if (const size_t equals = word.find('='); word.starts_with("--") && equals != word.npos) {
      value = word.substr(equals + 1);
      word = word.substr(0, equals);
    }
    if (word != "--wit" && word != "--world" && word != "--features" && word != "-o")
      return fail(ErrorKind::Invalid, "unknown option '" + std::string(word) + "'");
    if (!value) {
      if (++i == arguments.size())
        return fail(ErrorKind::Invalid, "option '" + std::string(word) + "' needs a value");
      value = arguments[i];
    }
    if (word == "--wit")
      options.paths.emplace_back(*value);
    else if (word == "--features")
      addFeatures(options.features, *value);
    else
      (word == "-o" ? options.folder : options.world) = *value;
  }
  if (options.folder.empty())
    return fail(ErrorKind::Invalid, "option '-o' says where the headers are written");
  return options;
}

Status writeFiles(const std::string &folder, const std::vector<GeneratedFile> &files) {
  if (mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST)
    return fail(ErrorKind::Io, folder + ": " + strerror(errno));
  for (const GeneratedFile &file : files)
    W2N_CHECK(writeFileAtomically(
        folder + "/" + file.name,
        std::span(reinterpret_cast<const uint8_t *>(file.text.data()), file.text.size())));
  return {};
}

Status generate(const WitOptions &options) {
  W2N_TRY(packages, wit::loadPackages(options.paths));
  W2N_TRY(world, selectWorld(packages, options.world));
  W2N_TRY(files, emitWorld(packages, *world, options.features));
  return writeFiles(options.folder, files);
}

} // namespace

bool wantsWit(std::span<const char *const> arguments) {
  return std::ranges::any_of(arguments, [](std::string_view word) {
    return word == "--wit" || word.starts_with("--wit=");
  });
}

int runWit(std::span<const char *const> arguments) {
  auto options = parseOptions(arguments);
  if (!options)
    return report(options.error());
  if (options->help) {
    fputs(usage, stdout);
    return 0;
  }
  const Status status = generate(*options);
  return status ? 0 : report(status.error());
}

} // namespace w2n::bindgen
