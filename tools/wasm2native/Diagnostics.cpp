#include "tools/wasm2native/Diagnostics.h"

#include <cinttypes>
#include <cstdio>
#include <unistd.h>

namespace w2n::tool {

int reportError(const std::string &file, const Error &error) {
  fflush(stdout);
  switch (error.kind) {
  case ErrorKind::Exit:
    return int(error.code & 0xff);
  case ErrorKind::Trap:
    fprintf(stderr, "wasm2native: trap: %s\n%s", error.text.c_str(), error.notes.c_str());
    return exitTrap;
  case ErrorKind::Io: // names its file itself
    fprintf(stderr, "wasm2native: error: %s\n%s", error.text.c_str(), error.notes.c_str());
    return exitError;
  case ErrorKind::Malformed:
  case ErrorKind::Invalid:
  case ErrorKind::Unsupported:
  case ErrorKind::Limit:
  case ErrorKind::Link:
  case ErrorKind::Internal:
    break;
  }
  fprintf(stderr, "wasm2native: error: %s:", file == "-" ? "<stdin>" : file.c_str());
  if (error.offset != Error::noOffset)
    fprintf(stderr, "0x%" PRIx64 ":", error.offset);
  fprintf(stderr, " %s\n%s", error.text.c_str(), error.notes.c_str());
  return exitError;
}

void exitNow(int status) {
  fflush(stdout);
  _exit(status);
}

} // namespace w2n::tool
