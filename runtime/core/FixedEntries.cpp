// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/FixedEntries.h"

#include "runtime/arch/Arch.h"
#include "runtime/core/Services.h"
#include "runtime/platform/VirtualMemory.h"

#include <cstring>
#include <unistd.h>

namespace w2n::runtime {

namespace {

// The page: the table of services, then code, a piece for each, in the order of the table; the
// pieces for calls of host functions and for the way in come last.
constexpr size_t serviceCount = sizeof(artifact::RuntimeServices) / sizeof(void *);
constexpr size_t codeOffset =
    (sizeof(artifact::RuntimeServices) + fixedCodeBytes - 1) / fixedCodeBytes * fixedCodeBytes;
constexpr size_t offsetOf(size_t piece) { return codeOffset + piece * fixedCodeBytes; }
constexpr size_t invokePiece = serviceCount, stubPiece = serviceCount + 1;
constexpr size_t usedBytes = offsetOf(stubPiece + 1);

std::vector<uint8_t> contentsAt(const uint8_t *page) {
  std::vector<uint8_t> bytes(usedBytes);
  const void *targets[serviceCount];
  std::memcpy(targets, &runtimeServices, sizeof(targets));
  for (size_t i = 0; i < serviceCount; ++i) {
    const uint8_t *code = page + offsetOf(i);
    std::memcpy(bytes.data() + i * sizeof(code), &code, sizeof(code));
    writeJump(bytes.data() + offsetOf(i), targets[i]);
  }
  writeJump(bytes.data() + offsetOf(invokePiece),
            reinterpret_cast<const void *>(&w2nInvokeHostEntry));
  writeFixedStub(bytes.data() + offsetOf(stubPiece));
  return bytes;
}

} // namespace

Result<FixedEntries> FixedEntries::make(AddressPlan &addresses) {
  FixedEntries entries;
  W2N_TRY(page, addresses.allocate(usedBytes));
  entries.page = page;
  const int file = platform::makeMemoryFile("wasm2native-entries", contentsAt(page));
  const bool isMapped =
      file >= 0 && platform::mapFile(page, usedBytes, platform::Access::ReadExecute, file, 0);
  const Status failed =
      isMapped ? Status() : platform::failWithErrno("cannot map code for a checkpoint");
  if (file >= 0)
    close(file);
  W2N_CHECK(failed);
  return entries;
}

decltype(artifact::HostFunction::invoke) FixedEntries::invokeHost() const {
  return reinterpret_cast<decltype(artifact::HostFunction::invoke)>(
      reinterpret_cast<uintptr_t>(page) + offsetOf(invokePiece));
}

artifact::EntryThunk FixedEntries::stub() const {
  return reinterpret_cast<artifact::EntryThunk>(reinterpret_cast<uintptr_t>(page) +
                                                offsetOf(stubPiece));
}

} // namespace w2n::runtime
