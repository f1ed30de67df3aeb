// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/AttachedProgram.h"

#include "lib/artifact/ElfFile.h"
#include "lib/support/File.h"
#include "runtime/platform/OwnLibrary.h"
#include "runtime/platform/VirtualMemory.h"

#include <bit>
#include <cstring>
#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

namespace w2n::tool {

namespace {

// Pages of every system are a divisor.
constexpr uint64_t artifactAlignment = 64 << 10;
constexpr char magic[16] = "w2n program 1\n\0";

/// The last bytes of the file. The options are before it, each ended by a zero.
struct Footer {
  char magic[16];
  uint64_t artifactOffset, artifactBytes, optionBytes, takesOptions;
};
static_assert(sizeof(Footer) == 48 && std::endian::native == std::endian::little);

void append(std::vector<uint8_t> &file, const void *data, size_t bytes) {
  const auto *begin = static_cast<const uint8_t *>(data);
  file.insert(file.end(), begin, begin + bytes);
}

/// EM_X86_64 and so on; EM_NONE if `file` is no ELF file.
uint16_t machineOf(std::span<const uint8_t> file) {
  Elf64_Ehdr header;
  if (file.size() < sizeof header || memcmp(file.data(), ELFMAG, SELFMAG) != 0)
    return EM_NONE;
  memcpy(&header, file.data(), sizeof header);
  return header.e_machine;
}

std::string folderOfCommand() {
  const std::string path = platform::pathOfProgram();
  return path.substr(0, path.find_last_of('/') + 1);
}

/// Finds the runtime for `machine` where it is installed, relative to the command, or was built.
Result<std::string> findStub(uint16_t machine) {
  // As systems name the processor, with which builds name the file.
  const std::string processor = machine == EM_X86_64 ? "x86_64" : artifact::machineName(machine);
  const std::string folder = folderOfCommand(), name = "program-" + processor;
  std::string looked;
  for (const char *place : {"../lib/wasm2native/", "../libexec/wasm2native/"}) {
    std::string path = folder + place + name;
    if (access(path.c_str(), R_OK) == 0)
      return path;
    looked += (looked.empty() ? "" : ", ") + path;
  }
  return fail(ErrorKind::Io, "there is no runtime for programs on " + processor + " (looked for " +
                                 looked + "); --program-runtime=FILE names one");
}

} // namespace

Result<std::vector<uint8_t>> makeProgram(std::span<const uint8_t> artifact,
                                         const AttachedProgram &program, const std::string &stub) {
  std::string path = stub;
  if (path.empty()) {
    W2N_TRY(found, findStub(machineOf(artifact)));
    path = found;
  }
  W2N_TRY(file, readFile(path));
  if (machineOf(file) == EM_NONE)
    return fail(ErrorKind::Invalid, path + " is not a runtime for programs");
  if (machineOf(file) != machineOf(artifact))
    return fail(ErrorKind::Invalid, path + " is for another processor than the program");
  Footer footer = {.magic = {},
                   .artifactOffset = 0,
                   .artifactBytes = artifact.size(),
                   .optionBytes = 0,
                   .takesOptions = program.takesOptions};
  memcpy(footer.magic, magic, sizeof magic);
  file.resize((file.size() + artifactAlignment - 1) / artifactAlignment * artifactAlignment);
  footer.artifactOffset = file.size();
  append(file, artifact.data(), artifact.size());
  for (const std::string &option : program.options) {
    append(file, option.c_str(), option.size() + 1);
    footer.optionBytes += option.size() + 1;
  }
  append(file, &footer, sizeof footer);
  return file;
}

Result<AttachedProgram> readAttachedProgram(int descriptor) {
  struct stat attributes;
  Footer footer;
  if (fstat(descriptor, &attributes) != 0)
    return platform::failWithErrno("cannot read the program's file");
  const uint64_t size = uint64_t(attributes.st_size);
  const auto read = [descriptor](void *to, uint64_t bytes, uint64_t offset) {
    return platform::readFile(static_cast<uint8_t *>(to), bytes, descriptor, offset);
  };
  if (size < sizeof footer || !read(&footer, sizeof footer, size - sizeof footer) ||
      memcmp(footer.magic, magic, sizeof magic) != 0)
    return fail(ErrorKind::Malformed, "no program is attached to this runtime; "
                                      "'wasm2native --emit=exe' makes programs");
  const uint64_t before = size - sizeof footer;
  if (footer.optionBytes > before || footer.artifactBytes > before - footer.optionBytes ||
      footer.artifactOffset != before - footer.optionBytes - footer.artifactBytes)
    return fail(ErrorKind::Malformed, "the program's file is damaged", before);
  AttachedProgram program = {.descriptor = descriptor,
                             .artifactOffset = footer.artifactOffset,
                             .artifactBytes = footer.artifactBytes,
                             .options = {},
                             .takesOptions = footer.takesOptions != 0};
  std::string options(footer.optionBytes, 0);
  if (!read(options.data(), options.size(), before - options.size()) ||
      (!options.empty() && options.back() != 0))
    return fail(ErrorKind::Malformed, "the program's file is damaged", before);
  for (size_t begin = 0; begin < options.size(); begin += program.options.back().size() + 1)
    program.options.emplace_back(options.c_str() + begin);
  return program;
}

} // namespace w2n::tool
