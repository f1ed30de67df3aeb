// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/http/Library.h"

#include <climits>
#include <dlfcn.h>
#include <unistd.h>

namespace w2n::http {

namespace {

constexpr const char *libraryName = "libwasm2native-http.so";
// From the program's folder: an installation, a build, beside it.
constexpr const char *folders[] = {"/../" W2N_LIBDIR "/", "/../lib/", "/"};

std::string programFolder() {
  char path[PATH_MAX];
  const ssize_t bytes = readlink("/proc/self/exe", path, sizeof(path));
  const std::string_view program(path, bytes > 0 ? size_t(bytes) : 0);
  return std::string(program.substr(0, program.rfind('/')));
}

void *openLibrary() {
  const std::string folder = programFolder();
  for (const char *each : folders)
    if (void *library = dlopen((folder + each + libraryName).c_str(), RTLD_NOW | RTLD_LOCAL))
      return library;
  return dlopen(libraryName, RTLD_NOW | RTLD_LOCAL);
}

} // namespace

Result<const Codec *> openCodec() {
  // Never closed.
  static void *const library = openLibrary();
  if (!library)
    return fail(ErrorKind::Unsupported,
                "HTTP needs " + std::string(libraryName) + ", which is not installed");
  const auto *codec = static_cast<const Codec *>(dlsym(library, "w2nHttpCodec"));
  if (!codec || codec->version != Codec::currentVersion)
    return fail(ErrorKind::Unsupported,
                std::string(libraryName) + " is of another version of wasm2native");
  return codec;
}

} // namespace w2n::http
