// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native-oci/EntryPoint.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace w2n::oci {

namespace {

/// The folders in which runc looks if the environment has no PATH.
constexpr const char *defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A regular file below `root`, which is the root of all links, too. Files that the container's
/// image has may be pipes and devices: opening does not wait.
Result<Descriptor> openInRoot(int root, const std::string &path) {
  open_how how = {};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  long file = -1;
  do
    file = syscall(SYS_openat2, root, path.c_str(), &how, sizeof(how));
  while (file < 0 && (errno == EINTR || errno == EAGAIN));
  if (file < 0 && errno == ENOSYS)
    return fail(ErrorKind::Unsupported, "programs are found with openat2, which Linux 5.6 has");
  Descriptor opened{int(file)};
  struct stat status;
  if (opened && (fstat(opened.get(), &status) != 0 || !S_ISREG(status.st_mode)))
    return Descriptor();
  return opened;
}

} // namespace

Result<Descriptor> openProgram(const Program &program) {
  const Descriptor root(open(program.root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root)
    return fail(ErrorKind::Io, "cannot open '" + program.root + "': " + std::strerror(errno));
  if (program.name.find('/') != std::string::npos)
    return openInRoot(root.get(), program.name.starts_with('/')
                                      ? program.name
                                      : program.folder + "/" + program.name);
  const std::string path = program.path.empty() ? defaultPath : program.path;
  for (size_t begin = 0, end; begin <= path.size(); begin = end + 1) {
    end = std::min(path.find(':', begin), path.size());
    W2N_TRY(file, openInRoot(root.get(), path.substr(begin, end - begin) + "/" + program.name));
    if (file)
      return file;
  }
  return Descriptor();
}

bool isWasm(int file) {
  constexpr char magic[] = {0, 'a', 's', 'm'};
  char begin[sizeof(magic)];
  return pread(file, begin, sizeof(begin), 0) == ssize_t(sizeof(begin)) &&
         std::memcmp(begin, magic, sizeof(magic)) == 0;
}

} // namespace w2n::oci
