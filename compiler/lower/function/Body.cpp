// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The walk over a body, and the dispatch from opcodes to the members that lower them.

#include "compiler/lower/function/BodyLowering.h"
#include "compiler/lower/function/DebugBody.h"

#include "lib/artifact/Format.h"
#include "lib/support/CompileBudget.h"

#include <array>

namespace w2n::compiler {

namespace {

using Handler = void (*)(BodyLowering &, const wasm::Instruction &);

consteval std::array<Handler, wasm::opcodeCount> makeHandlers() {
  using enum wasm::ValueKind;
  using enum VectorShape;
  using Vector = VectorOperation;
  using Op = llvm::Instruction::BinaryOps;
  using Cast = llvm::Instruction::CastOps;
  using Cmp = llvm::CmpInst;
  using Rmw = llvm::AtomicRMWInst;
  namespace Intrinsic = llvm::Intrinsic;
  std::array<Handler, wasm::opcodeCount> handlers{};
#define LOWER(opcode, member, ...)                                                                 \
  handlers[size_t(wasm::Opcode::opcode)] = [](BodyLowering &body,                                  \
                                              const wasm::Instruction &instruction) {              \
    body.member(instruction __VA_OPT__(, ) __VA_ARGS__);                                           \
  };
#include "compiler/lower/function/Lowering.def"
  return handlers;
}

/// The cost of SSA form beyond which a body is lowered without: a few microseconds a byte, as much
/// as the optimizer takes.
constexpr uint64_t ssaSteps = 1'000'000, ssaStepsPerByte = 64;

/// From here on they would take the register allocator seconds. A try has an operand for each of
/// its calls and each local that is written in it and read behind it.
constexpr uint64_t maxLandingPadOperands = 40'000;

/// Instructions that are lowered between two looks at the budget.
constexpr size_t instructionsPerStep = 64;

constexpr auto handlers = makeHandlers();
static_assert(
    [] {
      for (Handler handler : handlers)
        if (!handler)
          return false;
      return true;
    }(),
    "an opcode has no row in Lowering.def");

} // namespace

void BodyLowering::beginDebug(const SourceCode &source) {
  const wasm::Function &wasmFunction = wasm.functions[functionIndex];
  const auto parameters = uint32_t(wasm.functionType(functionIndex).params.size());
  std::vector<uint8_t> writes(localTypes.size());
  std::fill_n(writes.begin(), parameters, 1);
  for (const Instruction &instruction : wasm::Instructions(wasmFunction.code))
    if (instruction.opcode == wasm::Opcode::LocalSet ||
        instruction.opcode == wasm::Opcode::LocalTee)
      writes[instruction.index] = uint8_t(std::min(writes[instruction.index] + 1, 2));
  DebugBody::Environment environment{.builder = builder,
                                     .context = instanceContext,
                                     .memoryOffset = {},
                                     .usesSlots =
                                         module.plan.options.level == OptimizationLevel::O0,
                                     .writes = std::move(writes),
                                     .read = [this](uint32_t local) { return readLocal(local); },
                                     .memoryBase = [this] { return memoryBase(0); }};
  if (!wasm.memories.empty())
    environment.memoryOffset =
        module.plan.layout.memorySlots() + offsetof(artifact::MemorySlot, base);
  debug = std::make_unique<DebugBody>(*module.plan.source, *module.debug(), source,
                                      function->getSubprogram(), std::move(environment));
  debug->begin();
  for (uint32_t i = 0; i < parameters; ++i)
    debug->written(i, readLocal(i));
}

// Values of locals meet where a label is, and at the head of a loop, whose other edges come later.
void BodyLowering::joinDebug(const Instruction &instruction) {
  if (wasm::classOf(instruction.opcode) == wasm::OpcodeClass::Loop ||
      ssa.predecessors(builder.GetInsertBlock()).size() != 1)
    debug->join();
}

bool BodyLowering::run() {
  const SourceCode *source = module.debug() ? module.plan.source->codeOf(functionIndex) : nullptr;
  if (module.plan.inlineCandidates[functionIndex] || module.debug())
    builder.SetCurrentDebugLocation(module.location(functionIndex));
  entryBlock = makeBlock("entry");
  // Constants of the context are loaded in `entry`; the body starts in a block of its own, so that
  // they come first.
  llvm::BasicBlock *start = makeBlock("body");
  builder.SetInsertPoint(entryBlock);
  auto parameters = module.readParameters(builder, signature, function, usedParameters());
  makeLocals(parameters);
  branchTo(start);
  builder.SetInsertPoint(start);
  if (source)
    beginDebug(*source);

  Frame frame;
  frame.kind = Frame::Kind::Function;
  frame.target = frame.after = makeBlock("return");
  setLabelTypes(frame, wasm.functionType(functionIndex).results);
  pushFrame(std::move(frame));

  const wasm::Function &wasmFunction = wasm.functions[functionIndex];
  const uint64_t maxSteps = ssaSteps + ssaStepsPerByte * wasmFunction.code.size();
  const bool isMetered = module.plan.options.meter == Meter::Fuel;
  size_t lowered = 0;
  for (const Instruction &instruction :
       wasm::Instructions(wasmFunction.code, wasmFunction.codeOffset)) {
    // The body stays incomplete: see lowerFunctions.
    if (++lowered % instructionsPerStep == 0 && module.plan.budget->isExceeded())
      return true;
    if (debug)
      debug->at(instruction.offset, !unreachable);
    if (unreachable && isSkipped(wasm::classOf(instruction.opcode)))
      continue;
    const llvm::BasicBlock *before = builder.GetInsertBlock();
    if (isMetered && !unreachable) {
      beforeInstruction(instruction);
      handlers[size_t(instruction.opcode)](*this, instruction);
      afterInstruction(instruction);
    } else {
      handlers[size_t(instruction.opcode)](*this, instruction);
    }
    if (debug && !unreachable && builder.GetInsertBlock() != before)
      joinDebug(instruction);
    if (ssa.steps() > maxSteps || ssa.landingPadOperands() > maxLandingPadOperands)
      return false;
  }
  if (spillArea)
    spillArea->setOperand(0, builder.getInt64(spills.slotCount()));
  return true;
}

void lowerFunction(ModuleLowering &module, uint32_t functionIndex) {
  using Locals = BodyState::Locals;
  if (module.plan.hasTailEntry[functionIndex])
    lowerTailWrapper(module, functionIndex);
  if (module.plan.inlineCandidates[functionIndex])
    module.function(functionIndex)->addFnAttr(llvm::Attribute::InlineHint);
  if (BodyLowering(module, functionIndex, Locals::Ssa).run())
    return;
  module.remark(functionIndex,
                "keeping locals on the stack: they are too many for its branches or tries");
  module.bodyFunction(functionIndex)->deleteBody();
  BodyLowering(module, functionIndex, Locals::StackSlots).run();
}

void lowerInlineCopies(ModuleLowering &module) {
  constexpr size_t maxBytes = 16 * 1024;
  size_t bytes = 0;
  // Each may declare others, which then come behind it.
  for (llvm::Function &function : module.module) {
    const uint32_t index = module.inlineCandidateCalled(function);
    if (index == artifact::noIndex)
      continue;
    bytes += module.plan.wasm.functions[index].code.size();
    if (bytes > maxBytes)
      break;
    lowerFunction(module, index);
    function.setLinkage(llvm::GlobalValue::AvailableExternallyLinkage);
  }
}

} // namespace w2n::compiler
