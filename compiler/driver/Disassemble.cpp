// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/driver/Disassemble.h"

#include "compiler/targets/Target.h"

#include <llvm-c/Disassembler.h>
#include <llvm-c/Target.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCTargetOptions.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/TargetParser/Triple.h>
#include <memory>
#include <mutex>
#include <span>

namespace w2n::compiler {

namespace {

/// Names a branch's target. Source: LLVM's C API, LLVMSymbolLookupCallback.
const char *nameOfTarget(void *user, uint64_t value, uint64_t *type, uint64_t,
                         const char **referenceName) {
  const auto &request = *static_cast<const w2n_disassembly *>(user);
  const bool isBranch = *type == LLVMDisassembler_ReferenceType_In_Branch;
  *type = LLVMDisassembler_ReferenceType_InOut_None;
  *referenceName = nullptr;
  return isBranch && request.name ? request.name(request.user, value) : nullptr;
}

/// "+a,+b" of "a,b".
std::string added(const std::string &features) {
  std::string list;
  for (size_t begin = 0, end; begin < features.size(); begin = end + 1) {
    end = std::min(features.find(',', begin), features.size());
    list += (list.empty() ? "+" : ",+") + features.substr(begin, end - begin);
  }
  return list;
}

void initializeDisassemblers() {
  static std::once_flag once;
  std::call_once(once, LLVMInitializeAllDisassemblers);
}

/// The alignment of instructions: bytes that are none are passed over up to the next such address.
size_t alignmentOf(const TargetInfo &info) {
  const llvm::Triple triple(info.triple);
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  const std::unique_ptr<llvm::MCRegisterInfo> registers(target->createMCRegInfo(triple));
  const llvm::MCTargetOptions options;
  const std::unique_ptr<llvm::MCAsmInfo> assembly(
      target->createMCAsmInfo(*registers, triple, options));
  return assembly->getMinInstAlignment();
}

} // namespace

Status disassemble(const w2n_disassembly &request) {
  W2N_CHECK(initializeLlvm());
  W2N_TRY(info, findTarget(request.target ? request.target : ""));
  initializeDisassemblers();
  const std::string more = added(request.features ? request.features : "");
  const std::string base = info->attributes;
  const std::string features = base + (base.empty() || more.empty() ? "" : ",") + more;
  std::unique_ptr<void, void (*)(void *)> context(
      LLVMCreateDisasmCPUFeatures(info->triple, info->baseline, features.c_str(),
                                  const_cast<w2n_disassembly *>(&request), 0, nullptr,
                                  nameOfTarget),
      LLVMDisasmDispose);
  if (!context)
    return fail(ErrorKind::Unsupported, std::string("LLVM has no disassembler for ") + info->name);
  LLVMSetDisasmOptions(context.get(), LLVMDisassembler_Option_PrintImmHex);
  std::span<const uint8_t> rest(request.code, request.code_bytes);
  uint64_t address = request.address;
  const size_t alignment = alignmentOf(*info);
  while (!rest.empty()) {
    char text[256];
    // It does not write to the bytes, whatever its type says.
    size_t bytes = LLVMDisasmInstruction(context.get(), const_cast<uint8_t *>(rest.data()),
                                         rest.size(), address, text, sizeof(text));
    if (bytes == 0) {
      bytes = std::min(alignment, rest.size());
      std::snprintf(text, sizeof(text), "\t(bad)");
    }
    request.instruction(request.user, address, bytes, text);
    rest = rest.subspan(bytes);
    address += bytes;
  }
  return {};
}

} // namespace w2n::compiler
