#include "runtime/wasi/GuestPath.h"

#include "lib/support/Error.h"

#include <climits>
#include <fcntl.h>

namespace w2n::wasi {

WasiResult<std::string> readPath(GuestMemory memory, GuestPointer<char> pointer, uint32_t bytes) {
  W2N_TRY(buffer, memory.buffer(pointer.address, bytes));
  if (bytes >= PATH_MAX)
    return std::unexpected(Errno::NameTooLong);
  std::string path(reinterpret_cast<const char *>(buffer.data()), buffer.size());
  if (path.find('\0') != std::string::npos)
    return std::unexpected(Errno::Inval);
  return path;
}

WasiResult<int> linkFlagOf(uint32_t lookup) {
  if (lookup & ~lookupflags::all)
    return std::unexpected(Errno::Inval);
  return lookup & lookupflags::symlinkFollow ? 0 : O_NOFOLLOW;
}

} // namespace w2n::wasi
