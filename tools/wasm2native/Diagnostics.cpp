// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/Diagnostics.h"

#include "lib/support/Utf8.h"

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <unistd.h>

namespace w2n::tool {

std::string printable(std::string_view text, std::string_view kept) {
  std::string result;
  std::span rest(reinterpret_cast<const uint8_t *>(text.data()), text.size());
  while (!rest.empty()) {
    const Utf8Sequence sequence = firstUtf8Sequence(rest);
    const auto bytes = rest.first(sequence.bytes);
    rest = rest.subspan(sequence.bytes);
    const std::string_view character(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    const bool isGood = sequence.kind == Utf8Sequence::Kind::WellFormed;
    if (isGood && (!isControl(bytes) || kept.find(character) != kept.npos)) {
      result += character;
      continue;
    }
    // A C1 control by its number, which is the second of its bytes.
    for (uint8_t byte : isGood ? bytes.last(1) : bytes) {
      char escaped[8];
      snprintf(escaped, sizeof(escaped), "\\x%02x", byte);
      result += escaped;
    }
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
  fprintf(stderr, "wasm2native: error: %s:", file == "-" ? "<stdin>" : printable(file).c_str());
  if (error.offset != Error::noOffset)
    fprintf(stderr, "0x%" PRIx64 ":", error.offset);
  fprintf(stderr, " %s\n%s", text.c_str(), notes.c_str());
  return exitError;
}

void writeLine(int descriptor, std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = write(descriptor, line.data(), line.size());
    if (written < 0 && errno != EINTR)
      return;
    line.remove_prefix(written < 0 ? 0 : size_t(written));
  }
}

std::string countText(size_t count, const std::string &noun, const std::string &plural) {
  const std::string &many = plural.empty() ? noun + "s" : plural;
  return std::to_string(count) + " " + (count == 1 ? noun : many);
}

int statusWithOutput(int status) {
  errno = 0;
  if (fflush(stdout) == 0 && !ferror(stdout))
    return status;
  fprintf(stderr, "wasm2native: error: cannot write standard output%s%s\n", errno ? ": " : "",
          errno ? strerror(errno) : "");
  return status == 0 ? int(exitError) : status;
}

void exitNow(int status) { _exit(statusWithOutput(status)); }

} // namespace w2n::tool
