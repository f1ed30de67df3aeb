// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native-oci: an OCI runtime command for engines of containers. Where a container is made
// whose program is a WebAssembly module, its bundle is changed so that it runs the module's
// artifact; then, and for everything else, another runtime takes this process over.
#include "runtime/platform/OwnLibrary.h"
#include "tools/wasm2native-oci/Arguments.h"
#include "tools/wasm2native-oci/Bundle.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace w2n;
using namespace w2n::oci;

constexpr const char *runtimes[] = {"runc", "crun"};

constexpr const char *help =
    "Usage: wasm2native-oci [OPTION...] COMMAND [ARGUMENT...]\n"
    "\n"
    "An OCI runtime for engines of containers: runs images whose program is a WebAssembly module.\n"
    "'create' and 'run' change the bundle of such a container so that it runs the module's\n"
    "artifact. Then, and for everything else, another runtime does the work: COMMAND, ARGUMENTs "
    "and\n"
    "all other OPTIONs are that runtime's ('wasm2native-oci COMMAND --help' prints its help).\n"
    "\n"
    "Options:\n"
    "      --runtime FILE  the other runtime (default: WASM2NATIVE_OCI_RUNTIME, or runc or crun in "
    "PATH)\n"
    "  -h, --help          print this\n"
    "\n"
    "Variables:\n"
    "  WASM2NATIVE_OCI_RUNTIME  the other runtime\n"
    "  WASM2NATIVE_OCI_COMMAND  the static command 'wasm2native' for containers\n";

std::string environmentOr(const char *name, const std::string &otherwise) {
  const char *value = getenv(name);
  return value && *value ? value : otherwise;
}

bool isSameFile(const std::string &a, const std::string &b) {
  struct stat first, second;
  return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/// The first of `runtimes` in PATH that is another file than this; empty if there is none.
std::string findRuntime() {
  const std::string path = environmentOr("PATH", "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin");
  const std::string own = platform::pathOfProgram();
  for (const char *name : runtimes)
    for (size_t begin = 0, end; begin <= path.size(); begin = end + 1) {
      end = std::min(path.find(':', begin), path.size());
      const std::string file = path.substr(begin, end - begin) + "/" + name;
      if (access(file.c_str(), X_OK) == 0 && !isSameFile(file, own))
        return file;
    }
  return "";
}

/// The static command: as installed, or of a build.
std::string findCommand() {
  const std::string own = platform::pathOfProgram();
  const std::string folder = own.substr(0, own.rfind('/'));
  const std::string installed = folder + "/../lib/wasm2native/wasm2native";
  const std::string built = folder + "/../static/wasm2native";
  return access(installed.c_str(), X_OK) == 0 ? installed : built;
}

std::string realPath(const std::string &path) {
  char *resolved = realpath(path.c_str(), nullptr);
  const std::string result = resolved ? resolved : path;
  free(resolved);
  return result;
}

/// Engines read the log for the reason of a failure, or standard error.
int reportError(const Arguments &arguments, const std::string &text) {
  fprintf(stderr, "wasm2native-oci: error: %s\n", text.c_str());
  const int log = arguments.log.empty() ? -1
                                        : open(arguments.log.c_str(),
                                               O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0)
    return 1;
  char time[32];
  const time_t now = ::time(nullptr);
  tm utc;
  strftime(time, sizeof(time), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
  const nlohmann::ordered_json entry = {
      {"level", "error"}, {"msg", "wasm2native-oci: " + text}, {"time", time}};
  const std::string line =
      arguments.isLogJson
          ? entry.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
          : "time=\"" + std::string(time) + "\" level=error msg=" +
                entry["msg"].dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  (void)!write(log, (line + "\n").data(), line.size() + 1);
  close(log);
  return 1;
}

/// Only returns if that fails.
int execute(const Arguments &arguments, const std::string &runtime) {
  std::vector<const char *> words = {runtime.c_str()};
  for (const std::string &word : arguments.passed)
    words.push_back(word.c_str());
  words.push_back(nullptr);
  execvp(runtime.c_str(), const_cast<char *const *>(words.data()));
  return reportError(arguments, "cannot run '" + runtime + "': " + std::strerror(errno));
}

} // namespace

int main(int argc, char **argv) {
  const std::span<char *const> words(argv, size_t(argc));
  const Arguments arguments = readArguments(words.subspan(words.empty() ? 0 : 1));
  if (arguments.wantsHelp)
    return fputs(help, stdout) < 0 || fflush(stdout) != 0;
  const std::string runtime = !arguments.runtime.empty()
                                  ? arguments.runtime
                                  : environmentOr("WASM2NATIVE_OCI_RUNTIME", findRuntime());
  if (runtime.empty())
    return reportError(arguments, "there is no runc or crun in PATH; --runtime or "
                                  "WASM2NATIVE_OCI_RUNTIME names another runtime");
  if (arguments.makesContainer) {
    const std::string command = realPath(environmentOr("WASM2NATIVE_OCI_COMMAND", findCommand()));
    if (Status status = rewriteBundle({arguments.bundle, command}); !status)
      return reportError(arguments, status.error().text);
  }
  return execute(arguments, runtime);
}
