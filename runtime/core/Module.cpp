// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Module.h"

#include "lib/artifact/Checksum.h"
#include "lib/artifact/ElfFile.h"
#include "runtime/arch/Arch.h"
#include "runtime/core/Faults.h"
#include "runtime/core/Slices.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace w2n::runtime {

namespace {
std::atomic<uint64_t> lastSerial = 0;
} // namespace

Module::Module() : serialNumber(++lastSerial) {}

Result<std::shared_ptr<const Module>> Module::load(const std::string &path,
                                                   const LoadOptions &options) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return platform::failWithErrno("cannot open " + path);
  return adopt(file, path, options);
}

Result<std::shared_ptr<const Module>>
Module::loadDescriptor(int descriptor, const std::string &name, const LoadOptions &options) {
  const int file = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (file < 0)
    return platform::failWithErrno("cannot use the descriptor of " + name);
  return adopt(file, name, options);
}

Result<std::shared_ptr<const Module>> Module::loadBytes(std::span<const uint8_t> artifact,
                                                        const std::string &name,
                                                        const LoadOptions &options) {
  const int file = platform::makeMemoryFile("wasm2native", artifact);
  if (file < 0)
    return platform::failWithErrno("cannot make a file in memory for " + name);
  return adopt(file, name, options);
}

Result<std::shared_ptr<const Module>> Module::adopt(int descriptor, const std::string &name,
                                                    const LoadOptions &options) {
  std::shared_ptr<Module> module(new Module);
  module->filePath = name;
  module->part = {descriptor, options.fileOffset};
  W2N_CHECK(module->map(options));
  return module;
}

Status Module::map(const LoadOptions &options) {
  struct stat attributes;
  if (fstat(part.descriptor, &attributes) != 0)
    return platform::failWithErrno("cannot read " + filePath);
  if (!S_ISREG(attributes.st_mode))
    return fail(ErrorKind::Io, "cannot load " + filePath + ": not a regular file");
  const uint64_t rest =
      uint64_t(attributes.st_size) - std::min(uint64_t(attributes.st_size), part.offset);
  if (rest == 0 || options.fileBytes > rest)
    return fail(ErrorKind::Malformed,
                rest == 0 ? "not a compiled module: the file is empty"
                          : "the file ends within the compiled module",
                part.offset);
  mappingBytes = options.fileBytes == 0 ? rest : options.fileBytes;
  uint8_t *place = nullptr;
  if (options.addresses) {
    W2N_TRY(reserved, options.addresses->reserve(mappingBytes));
    place = reserved;
  }
  mapping = platform::mapFile(place, mappingBytes, platform::Access::ReadOnly, part.descriptor,
                              part.offset);
  if (!mapping)
    return platform::failWithErrno("cannot map " + filePath);
  W2N_TRY(metadata, artifact::Metadata::read({mapping, mappingBytes}));
  metadataView = metadata;
  W2N_CHECK(chooseCode(options));
  if (options.verify == LoadOptions::Verify::Everything)
    W2N_CHECK(artifact::checkChecksum({mapping, mappingBytes}, metadataView));
  W2N_TRY(made, ProfileCounters::create(metadataView));
  counters = std::move(made);
  countArgumentSlots();
  W2N_TRY(held, holdTypes(metadataView));
  types = std::move(held);
  return mapCode();
}

Status Module::chooseCode(const LoadOptions &options) {
  const artifact::MetadataHeader &header = metadataView.header();
  if (header.elfMachine != hostElfMachine)
    return fail(ErrorKind::Unsupported,
                "module was compiled for " + artifact::machineName(header.elfMachine) +
                    ", this machine is " + artifact::machineName(hostElfMachine));
  W2N_TRY(slice, chooseSlice(metadataView, options.cpu));
  return metadataView.useSlice(slice);
}

void Module::countArgumentSlots() {
  size_t values = 1;
  for (const artifact::TypeRecord &type : metadataView.types())
    values = std::max<size_t>({values, type.params.count, type.results.count});
  // A vector takes two.
  argumentSlotCount = 2 * values;
}

Status Module::mapCode() {
  installFaultHandlers();
  // A module without functions and function types has no code.
  if (metadataView.textBytes() == 0)
    return {};
  // The reader has checked that the segment lies in the file; its ends may lie within pages.
  const uint64_t page = platform::pageBytes();
  const uint64_t begin = metadataView.textOffset() & ~(page - 1);
  const uint64_t bytes = metadataView.textOffset() + metadataView.textBytes() - begin;
  if (!platform::mapFile(mapping + begin, bytes, platform::Access::ReadExecute, part.descriptor,
                         part.offset + begin)) {
    const bool isForbidden = errno == EPERM;
    return platform::failWithErrno(
        "cannot map the code of " + filePath +
        (isForbidden ? ", whose file system may be mounted noexec" : ""));
  }
  codeBegin = reinterpret_cast<uintptr_t>(mapping) + metadataView.textOffset();
  codeEnd = codeBegin + metadataView.textBytes();
  codeRange = codeRanges().add(codeBegin, codeEnd, this);
  announcement = Announcement::of(*this);
  return {};
}

Module::~Module() {
  codeRanges().remove(codeRange);
  platform::release(mapping, mappingBytes);
  if (part.descriptor >= 0)
    close(part.descriptor);
}

artifact::EntryThunk Module::entryThunkFor(uint32_t typeId) const {
  for (uint32_t i = 0; i < typeIds().size(); ++i)
    if (typeIds()[i] == typeId)
      if (const artifact::EntryThunk thunk = entryThunkAt(i))
        return thunk;
  return nullptr;
}

artifact::EntryThunk Module::entryThunkAt(uint32_t typeIndex) const {
  const artifact::ImageOffset thunk = metadataView.thunks()[typeIndex].entryThunk;
  if (thunk == 0)
    return nullptr;
  return reinterpret_cast<artifact::EntryThunk>(
      reinterpret_cast<uintptr_t>(metadataView.address(thunk)));
}

const void *Module::importThunkFor(uint32_t typeId) const {
  for (uint32_t i = 0; i < typeIds().size(); ++i)
    if (typeIds()[i] == typeId)
      if (const artifact::ImageOffset thunk = metadataView.thunks()[i].importThunk)
        return metadataView.address(thunk);
  return nullptr;
}

const UnwindTable &Module::unwindTable() const {
  std::call_once(unwindOnce, [this] {
    const artifact::MetadataHeader &header = metadataView.header();
    unwind = UnwindTable({metadataView.address(header.ehFrame), header.ehFrameBytes},
                         {mapping, mappingBytes});
  });
  return unwind;
}

const CodeMap &Module::codeMap() const {
  std::call_once(codeMapOnce, [this] { codeMapData = CodeMap::of(metadataView); });
  return codeMapData;
}

uint32_t Module::functionIndexAt(uintptr_t address) const {
  if (!containsCode(address))
    return artifact::noIndex;
  return codeMap().functionAt(unwindTable().functionStart(address));
}

std::span<const uint32_t> Module::inlinedFunctionsAt(uintptr_t address) const {
  return codeMap().inlinedAt(address);
}

std::optional<artifact::SourceLine> Module::lineAt(uintptr_t address) const {
  std::call_once(linesOnce, [this] { lines = artifact::DebugLines::of(file()); });
  return lines.at(address - reinterpret_cast<uintptr_t>(mapping));
}

} // namespace w2n::runtime
