// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/FileKind.h"

#include "lib/artifact/Metadata.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace w2n::tool {

namespace {

using namespace std::string_view_literals;

/// A row of FileKinds.def.
struct KnownFile {
  size_t offset;
  std::string_view bytes;
  const char *what, *advice;
};

constexpr KnownFile knownBinaries[] = {
#define W2N_FILE_KIND(kind, offset, bytes, what, advice) {offset, bytes##sv, what, advice},
#define W2N_TEXT_KIND(kind, bytes, what, advice)
#include "tools/wasm2native/FileKinds.def"
};

constexpr KnownFile knownTexts[] = {
#define W2N_FILE_KIND(kind, offset, bytes, what, advice)
#define W2N_TEXT_KIND(kind, bytes, what, advice) {0, bytes##sv, what, advice},
#include "tools/wasm2native/FileKinds.def"
};

constexpr std::string_view wasmMagic = "\0asm"sv, elfMagic = "\x7f"
                                                             "ELF"sv;

std::string_view textOf(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

char lowerCase(char letter) { return char(std::tolower(static_cast<unsigned char>(letter))); }

bool startsWithText(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(),
                    [](char a, char b) { return lowerCase(a) == lowerCase(b); });
}

/// After white space and comments of the text format. Source: core specification, section 6.2.
std::string_view skipBlank(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf"))
    text.remove_prefix(3);
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    std::string_view end;
    if (text.starts_with(";;"))
      end = "\n";
    else if (text.starts_with("(;"))
      end = ";)";
    else
      return text;
    const size_t found = text.find(end);
    text.remove_prefix(found == text.npos ? text.size() : found + end.size());
  }
}

// Within which kinds show, the tar archive's latest.
constexpr size_t maxPrefixBytes = 512;

/// Whether the beginning has nothing but what texts have.
bool looksLikeText(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text.substr(0, maxPrefixBytes), [](char letter) {
    return uint8_t(letter) >= ' ' || std::strchr("\t\r\n\f", letter);
  });
}

const KnownFile *findKnown(std::string_view text) {
  for (const KnownFile &row : knownBinaries)
    if (text.size() >= row.offset && text.substr(row.offset).starts_with(row.bytes))
      return &row;
  const std::string_view begin = skipBlank(text);
  for (const KnownFile &row : knownTexts)
    if (startsWithText(begin, row.bytes))
      return &row;
  return nullptr;
}

/// The first bytes of the file at `path`, in `buffer`; empty if it cannot be read.
std::span<const uint8_t> firstBytesAt(const std::string &path, std::span<uint8_t> buffer) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return {};
  // pread: a pipe stays as it is for the next reader.
  const ssize_t count = pread(file, buffer.data(), buffer.size(), 0);
  close(file);
  return buffer.first(count < 0 ? 0 : size_t(count));
}

/// An ELF file where a module is wanted.
std::string describeElf(std::span<const uint8_t> bytes, const std::string &path) {
  if (artifact::Metadata::read(bytes))
    return "it is an artifact, compiled already; 'wasm2native run " + path + "' runs it";
  return "it is a native ELF file, perhaps an artifact; 'wasm2native inspect " + path + "' tells";
}

} // namespace

FileKind fileKindOf(std::span<const uint8_t> bytes) {
  const std::string_view text = textOf(bytes);
  if (text.starts_with(wasmMagic))
    return FileKind::Wasm;
  return text.starts_with(elfMagic) ? FileKind::Elf : FileKind::Other;
}

FileKind fileKindAt(const std::string &path) {
  uint8_t bytes[8];
  return fileKindOf(firstBytesAt(path, bytes));
}

Status requireModuleAt(const std::string &path) {
  uint8_t bytes[maxPrefixBytes];
  const auto prefix = firstBytesAt(path, bytes);
  return prefix.empty() ? Status() : requireModule(prefix, path);
}

std::unexpected<Error> wrongFile(std::span<const uint8_t> bytes, const std::string &wanted) {
  const std::string_view text = textOf(bytes);
  if (text.empty())
    return fail(ErrorKind::Malformed, wanted + ": it is empty");
  if (const KnownFile *known = findKnown(text))
    return fail(ErrorKind::Malformed, wanted + ": it is " + known->what +
                                          (known->advice ? "; " + std::string(known->advice) : ""));
  return fail(ErrorKind::Malformed, wanted + (looksLikeText(text) ? ": it is a text" : ""));
}

Status requireModule(std::span<const uint8_t> bytes, const std::string &path) {
  const std::string wanted = "not a WebAssembly module";
  switch (fileKindOf(bytes)) {
  case FileKind::Wasm:
    return {};
  case FileKind::Elf:
    return fail(ErrorKind::Malformed, wanted + ": " + describeElf(bytes, path));
  case FileKind::Other:
    break;
  }
  const std::string_view text = textOf(bytes);
  // Other languages begin as WIT does, so the name decides.
  if (path.ends_with(".wit"))
    return fail(ErrorKind::Malformed,
                wanted + ": it is a text with interfaces (WIT); 'wasm2native inspect " + path +
                    "' checks and prints it, 'wasm2native-bindgen --wit " + path +
                    "' makes C++ of it");
  return text.empty() || findKnown(text) || looksLikeText(text) ? Status(wrongFile(bytes, wanted))
                                                                : Status();
}

} // namespace w2n::tool
