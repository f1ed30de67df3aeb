// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Fuzzes what a long-lived host does: small modules are loaded and unloaded, instances are made in
// a pool or outside, linked to each other and to the host, called, written to and freed, in any
// order, while function references stay behind in a table. The input is a list of such steps.
//
// Whatever the order: a new instance finds its initial memory, a function reference keeps its type
// and its code, and in the end no type is left.
#include "runtime/core/Instance.h"
#include "runtime/core/InstancePool.h"
#include "runtime/core/Memory.h"
#include "runtime/core/Table.h"
#include "test/unit/SampleModule.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>

namespace {

using namespace w2n;
using namespace w2n::runtime;
using artifact::ValueTypeCode;
using wasm::ValueType;

constexpr uint64_t imageAddress = 16384;
constexpr size_t places = 4;
constexpr const char *exportNames[] = {"add",  "trap",   "load",      "grow",
                                       "fill", "divide", "call-host", "illegal"};

void require(bool holds, const char *what) {
  if (holds)
    return;
  fprintf(stderr, "does not hold: %s\n", what);
  abort();
}

/// Takes numbers from the input; zeros when it is used up.
class Input {
public:
  Input(const uint8_t *data, size_t size) : rest(data, size) {}
  bool empty() const { return rest.empty(); }
  uint8_t byte() {
    if (rest.empty())
      return 0;
    const uint8_t value = rest.front();
    rest = rest.subspan(1);
    return value;
  }
  size_t below(size_t bound) { return byte() % bound; }

private:
  std::span<const uint8_t> rest;
};

wasm::FunctionType binaryType() {
  return {{ValueType::i32(), ValueType::i32()}, {ValueType::i32()}};
}

/// A module that is nothing but types, to use up numbers.
std::vector<uint8_t> buildTypes(uint8_t seed) {
  test::ArtifactBuilder builder;
  for (unsigned i = 0; i < 1u + seed % 16; ++i) {
    std::vector<ValueTypeCode> params;
    for (unsigned digits = seed + 37 * i; digits != 0; digits /= 4)
      params.push_back(ValueTypeCode(digits % 4));
    builder.addType(params, {});
    if (seed & 1)
      builder.types.back().flags |= artifact::typeIsOpen;
    if ((seed & 3) == 3 && i > 0) {
      builder.types.back().flags |= artifact::typeHasSuper;
      builder.types.back().super = i - 1;
    }
  }
  return builder.build();
}

std::vector<uint8_t> buildModule(uint8_t kind) {
  if (kind & 0x80)
    return buildTypes(kind & 0x7f);
  return test::buildSample({.minPages = 1u + (kind & 3),
                            .importsMemory = (kind & 4) != 0,
                            .explicitBounds = (kind & 8) != 0,
                            .hostModule = kind & 16 ? "other" : "env",
                            .hostName = kind & 32 ? "add" : "host",
                            .hostTakesOne = (kind & 64) != 0});
}

/// Loading reads the same files again and again.
const std::vector<uint8_t> &moduleOfKind(uint8_t kind) {
  static std::map<uint8_t, std::vector<uint8_t>> modules;
  auto found = modules.find(kind);
  if (found == modules.end())
    found = modules.emplace(kind, buildModule(kind)).first;
  return found->second;
}

class Host {
public:
  Host() {
    pool = *InstancePool::create(
        {.slots = 3, .maxMemoryBytes = 1 << 20, .maxTableElements = 64, .residentBytes = 32768});
    wasm::TableType type;
    type.element = ValueType::funcref();
    type.limits.min = places;
    table = *makeTable(type);
  }

  void step(Input &input) {
    using Step = void (Host::*)(Input &);
    constexpr Step steps[] = {&Host::load, &Host::unload,   &Host::instantiate, &Host::instantiate,
                              &Host::end,  &Host::call,     &Host::call,        &Host::write,
                              &Host::keep, &Host::callKept, &Host::forget};
    (this->*steps[input.below(std::size(steps))])(input);
  }

private:
  void load(Input &input) {
    auto loaded = Module::loadBytes(moduleOfKind(input.byte()), "fuzz");
    require(loaded.has_value(), "a sound module loads");
    modules[input.below(places)] = std::move(*loaded);
  }
  void unload(Input &input) { modules[input.below(places)].reset(); }

  std::optional<Extern> find(std::string_view from, std::string_view name, Instance *other) {
    if (from == "other")
      return other ? other->findExport(name) : std::nullopt;
    if (name == "memory")
      return other ? other->findExport(name) : std::nullopt;
    return makeHostFunction(binaryType(), [](Caller, std::span<Slot> slots) -> Status {
      slots[0] *= slots[1];
      return {};
    });
  }

  void instantiate(Input &input) {
    const auto module = modules[input.below(places)];
    if (!module)
      return;
    Instance *const other = instances[input.below(places)].get();
    auto resolve = [&](std::string_view from, std::string_view name, wasm::ExternKind) {
      return find(from, name, other);
    };
    auto made = Instance::instantiate(module, resolve, {.pool = input.byte() & 1 ? pool : nullptr});
    if (!made)
      return;
    if (Memory *memory = (*made)->memory0(); memory && memory->owner == made->get())
      requireInitial(memory->bytes());
    instances[input.below(places)] = std::move(*made);
  }
  void end(Input &input) { instances[input.below(places)].reset(); }

  static void requireInitial(std::span<const uint8_t> memory) {
    for (uint64_t i = 0; i < memory.size(); ++i) {
      const uint64_t inImage = i - imageAddress;
      require(memory[i] == (inImage < 5 ? "image"[inImage] : 0), "a new memory is initial");
    }
  }

  std::shared_ptr<Function> functionIn(Input &input) {
    const auto &instance = instances[input.below(places)];
    auto found = instance ? instance->findExport(exportNames[input.below(std::size(exportNames))])
                          : std::nullopt;
    return found ? std::get<std::shared_ptr<Function>>(*found) : nullptr;
  }
  void callWith(Function &function, Input &input) {
    Slot slots[2] = {Slot(input.byte()) << (input.byte() & 31), input.byte()};
    slots[0] = uint32_t(slots[0]);
    (void)runtime::call(function, slots);
  }
  void call(Input &input) {
    if (auto function = functionIn(input))
      callWith(*function, input);
  }
  void write(Input &input) {
    const auto &instance = instances[input.below(places)];
    Memory *memory = instance ? instance->memory0() : nullptr;
    if (memory)
      memory->bytes()[size_t(input.byte()) << 8 | input.byte()] = 0x5e;
  }

  void keep(Input &input) {
    if (auto function = functionIn(input); function && function->reference)
      require(setElement(*table, input.below(places), referenceTo(*function)), "the index exists");
  }
  void callKept(Input &input) {
    const Slot reference = table->record->elements[input.below(places)];
    auto function = functionOf(reference);
    if (!function)
      return;
    require(function->type == binaryType(), "a function reference keeps its type");
    require(canonicalType(function->typeId) == binaryType(), "its number is not used again");
    for (const auto &module : modules)
      for (uint32_t id : module ? module->typeIds() : std::span<const uint32_t>())
        if (id == function->typeId)
          require(canonicalType(id) == binaryType(), "equal numbers are equal types");
    callWith(*function, input);
  }
  void forget(Input &input) { setElement(*table, input.below(places), 0); }

  std::shared_ptr<InstancePool> pool;
  std::array<std::shared_ptr<const Module>, places> modules;
  std::array<std::shared_ptr<Instance>, places> instances;
  std::shared_ptr<Table> table;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const uint32_t typesBefore = canonicalTypeCount();
  Input input(data, size);
  {
    Host host;
    for (int steps = 0; steps < 200 && !input.empty(); ++steps)
      host.step(input);
  }
  require(canonicalTypeCount() == typesBefore, "no type is left");
  return 0;
}
