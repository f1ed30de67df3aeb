// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A loaded artifact: mapped, checked, immutable. Shared by all of its instances and by all threads.
#pragma once

#include "lib/artifact/DebugLines.h"
#include "lib/artifact/Metadata.h"
#include "lib/support/Error.h"
#include "runtime/core/AddressPlan.h"
#include "runtime/core/CanonicalTypes.h"
#include "runtime/core/CodeMap.h"
#include "runtime/core/Debuggers.h"
#include "runtime/core/ProfileCounters.h"
#include "runtime/core/RangeRegistry.h"
#include "runtime/core/Unwind.h"
#include "runtime/platform/VirtualMemory.h"

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace w2n::runtime {

struct LoadOptions {
  /// The part of the file that is checked before anything of it runs.
  enum class Verify {
    Everything, ///< all of it, by its checksum: damage anywhere is an error
    Structure   ///< headers, counts and offsets: for files that were checked when they were stored
  } verify = Verify::Everything;
  /// The CPU whose code is used, of an artifact with several slices; empty is the best that this
  /// machine can run.
  std::string cpu = {};
  /// The artifact's offset in its file: some programs have one behind their own code. A multiple of
  /// 64 KiB.
  uint64_t fileOffset = 0;
  /// Its size; 0 is all that follows.
  uint64_t fileBytes = 0;
  /// The addresses at which it is mapped; null: any.
  std::shared_ptr<AddressPlan> addresses = nullptr;
};

class Module {
public:
  /// Maps the artifact at `path` (open, fstat, mmap of the file, mmap of the code). Nothing is
  /// relocated or allocated per function. Whatever `options` say, a record is checked before it is
  /// used, so that a damaged or forged one is an error; the machine code is trusted. The file may
  /// be removed or replaced afterwards, but not changed. Errors: Io, Malformed, Unsupported
  /// (another target, a CPU feature that this machine lacks: the message names it). Threads: any.
  static Result<std::shared_ptr<const Module>> load(const std::string &path,
                                                    const LoadOptions &options = {});
  /// The same for the file that is open as `descriptor`, which stays the caller's; `name` is for
  /// messages. The file's offset does not matter and is not moved.
  static Result<std::shared_ptr<const Module>>
  loadDescriptor(int descriptor, const std::string &name, const LoadOptions &options = {});
  /// The same for the bytes of an artifact, which are copied into a file in memory.
  static Result<std::shared_ptr<const Module>> loadBytes(std::span<const uint8_t> artifact,
                                                         const std::string &name,
                                                         const LoadOptions &options = {});

  ~Module();
  Module(const Module &) = delete;
  Module &operator=(const Module &) = delete;

  const artifact::Metadata &metadata() const { return metadataView; }
  const std::string &path() const { return filePath; }
  /// Process-wide canonical numbers of the module's types, by type index.
  std::span<const uint32_t> typeIds() const { return types.numbers(); }
  /// 64-bit slots that the argument buffer of an instance needs.
  size_t argumentSlots() const { return argumentSlotCount; }
  /// The thunk that calls functions of the type with canonical number `typeId`, or null.
  artifact::EntryThunk entryThunkFor(uint32_t typeId) const;
  /// The thunk of the type with index `typeIndex`, or null.
  artifact::EntryThunk entryThunkAt(uint32_t typeIndex) const;
  /// The thunk through which compiled code calls host functions of the type with canonical number
  /// `typeId`, or null.
  const void *importThunkFor(uint32_t typeId) const;
  /// The code, for signal handlers and backtraces.
  bool containsCode(uintptr_t address) const { return address >= codeBegin && address < codeEnd; }
  /// The end of the code.
  uintptr_t codeRangeEnd() const { return codeEnd; }
  /// Index of the function whose code holds `address`, or noIndex if it is a thunk or a helper. The
  /// first call sorts all functions: only for backtraces, as is the next. Threads: any.
  uint32_t functionIndexAt(uintptr_t address) const;
  /// The functions that were inlined where `address` is, innermost first, some of which the module
  /// may not have; empty if it is in the code of functionIndexAt itself.
  std::span<const uint32_t> inlinedFunctionsAt(uintptr_t address) const;
  /// The line of the source that `address`, which is in the code, was made of. Nothing if it is not
  /// known, as without -g. The first call reads all lines: only for backtraces. Threads: any.
  std::optional<artifact::SourceLine> lineAt(uintptr_t address) const;
  /// Made at its first use. Threads: any.
  const UnwindTable &unwindTable() const;
  platform::FilePart filePart() const { return part; }
  /// Whether its instances have objects, and so need a heap.
  bool usesHeap() const { return metadataView.header().flags & artifact::flagUsesHeap; }
  /// The whole artifact.
  std::span<const uint8_t> file() const { return {mapping, mappingBytes}; }
  /// The counters of its instances; null if it was compiled without --profile-generate.
  ProfileCounters *profileCounters() const { return counters.get(); }
  /// Another for each module that this process loads, never 0.
  uint64_t serial() const { return serialNumber; }

private:
  Module();
  /// Takes over `descriptor`.
  static Result<std::shared_ptr<const Module>> adopt(int descriptor, const std::string &name,
                                                     const LoadOptions &options);
  Status map(const LoadOptions &options);
  Status mapCode();
  /// Takes the slice that this machine can run.
  Status chooseCode(const LoadOptions &options);
  void countArgumentSlots();
  const CodeMap &codeMap() const;

  artifact::Metadata metadataView;
  std::string filePath;
  const uint64_t serialNumber;
  platform::FilePart part;
  uint8_t *mapping = nullptr;
  size_t mappingBytes = 0;
  uintptr_t codeBegin = 0, codeEnd = 0;
  HeldTypes types;
  size_t argumentSlotCount = 0;
  RangeRegistry::Entry *codeRange = nullptr;
  mutable std::once_flag linesOnce;
  mutable artifact::DebugLines lines;
  mutable std::once_flag unwindOnce;
  mutable UnwindTable unwind;
  mutable std::once_flag codeMapOnce;
  mutable CodeMap codeMapData;
  std::unique_ptr<ProfileCounters> counters;
  Announcement announcement;
};

} // namespace w2n::runtime
