#include "tools/wasm2native/Diagnostics.h"

#include <cinttypes>
#include <cstdio>
#include <unistd.h>

namespace w2n::tool {

std::string printable(std::string_view text, std::string_view kept) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = uint8_t(text[i]);
    // The C1 controls, U+0080 to U+009F, are two bytes of UTF-8; the first alone says nothing.
    const bool isC1 = byte == 0xc2 && i + 1 < text.size() && (uint8_t(text[i + 1]) & 0xe0) == 0x80;
    if (!isC1 && ((byte >= 0x20 && byte != 0x7f) || kept.find(text[i]) != kept.npos)) {
      result += text[i];
      continue;
    }
    char escaped[8];
    snprintf(escaped, sizeof(escaped), "\\x%02x", isC1 ? uint8_t(text[++i]) : byte);
    result += escaped;
  }
  return result;
}

int reportError(const std::string &file, const Error &error) {
  fflush(stdout);
  const std::string text = printable(error.text), notes = printable(error.notes, "\n");
  switch (error.kind) {
  case ErrorKind::Exit:
    return int(error.code & 0xff);
  case ErrorKind::Trap:
    fprintf(stderr, "wasm2native: trap: %s\n%s", text.c_str(), notes.c_str());
    return exitTrap;
  case ErrorKind::Interrupted:
    fprintf(stderr, "wasm2native: %s\n%s", text.c_str(), notes.c_str());
    return exitTimeout;
  case ErrorKind::Io: // names its file itself
    fprintf(stderr, "wasm2native: error: %s\n%s", text.c_str(), notes.c_str());
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
  fprintf(stderr, " %s\n%s", text.c_str(), notes.c_str());
  return exitError;
}

void exitNow(int status) {
  fflush(stdout);
  _exit(status);
}

} // namespace w2n::tool
