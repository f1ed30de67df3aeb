// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/link/Link.h"

#include "compiler/link/BuiltinsArchive.h"
#include "compiler/link/OutputPipe.h"
#include "lib/artifact/Format.h"
#include "lib/support/File.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <lld/Common/Driver.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/raw_ostream.h>
#include <mutex>

LLD_HAS_DRIVER(elf)

namespace w2n::compiler {

namespace {

/// A folder for lld's inputs and output, removed with everything in it.
class TemporaryFolder {
public:
  static Result<TemporaryFolder> make() {
    // A container's root is often read-only, without a /tmp, and has memory in /dev/shm.
    const char *const chosen = getenv("TMPDIR");
    const char *const parents[] = {chosen && *chosen ? chosen : "/tmp", "/tmp", "/dev/shm"};
    int reason = 0;
    for (const char *parent : parents) {
      std::string path = std::string(parent) + "/wasm2native-XXXXXX";
      // For its owner alone: what is linked will run.
      if (mkdtemp(path.data()))
        return TemporaryFolder(std::move(path));
      reason = reason ? reason : errno;
    }
    return fail(ErrorKind::Io,
                "cannot make a temporary folder in '" + std::string(parents[0]) +
                    "', /tmp or /dev/shm, TMPDIR may name another: " + std::strerror(reason));
  }
  TemporaryFolder(TemporaryFolder &&other) : path(std::exchange(other.path, {})) {}
  ~TemporaryFolder() {
    if (!path.empty())
      llvm::sys::fs::remove_directories(path);
  }
  std::string file(const std::string &name) const { return path + "/" + name; }

private:
  explicit TemporaryFolder(std::string path) : path(std::move(path)) {}
  std::string path;
};

std::vector<std::string> sharedObjectFlags() {
  std::string alignment = std::to_string(artifact::segmentAlignment);
  return {"-shared",
          // Offsets equal addresses, so that the loader maps the file once.
          "-z", "separate-loadable-segments", "-z", "max-page-size=" + alignment, "-z",
          "common-page-size=" + alignment,
          // Nothing is left for a dynamic linker to write or to look up.
          "-z", "rodynamic", "-z", "norelro", "-z", "text", "--no-undefined", "-Bsymbolic",
          "--hash-style=gnu", "--build-id=none", "--eh-frame-hdr", "--no-allow-shlib-undefined"};
}

Result<std::vector<uint8_t>> runLld(const std::vector<std::string> &arguments,
                                    const std::string &output) {
  static std::mutex mutex;
  std::lock_guard lock(mutex);
  std::vector<const char *> pointers;
  for (const std::string &argument : arguments)
    pointers.push_back(argument.c_str());
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  OutputPipe pipe;
  W2N_CHECK(pipe.open(output));
  lld::Result result = lld::lldMain(pointers, stream, stream, {{lld::Gnu, &lld::elf::link}});
  W2N_TRY(bytes, pipe.finish());
  if (result.retCode != 0)
    return fail(ErrorKind::Internal, "linking failed: " + messages);
  return bytes;
}

} // namespace

Result<std::vector<uint8_t>> link(const std::vector<std::vector<uint8_t>> &objects,
                                  const TargetChoice &target, LinkKind kind) {
  W2N_TRY(folder, TemporaryFolder::make());
  std::string output = folder.file("output");
  std::vector<std::string> arguments{"ld.lld",      "-m", target.info->emulation,
                                     "--threads=1", "-o", output};
  if (kind == LinkKind::Relocatable) {
    arguments.push_back("-r");
  } else {
    auto flags = sharedObjectFlags();
    arguments.insert(arguments.end(), flags.begin(), flags.end());
  }
  for (size_t i = 0; i < objects.size(); ++i) {
    arguments.push_back(folder.file(std::to_string(i) + ".o"));
    W2N_CHECK(writeFileAtomically(arguments.back(), objects[i]));
  }
  if (kind == LinkKind::SharedObject) {
    std::span<const uint8_t> archive = builtinsArchive(target.info->name);
    arguments.push_back(folder.file("builtins.a"));
    W2N_CHECK(writeFileAtomically(arguments.back(), archive));
  }
  return runLld(arguments, output);
}

} // namespace w2n::compiler
