// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The C++ header: typed functions, lambdas as host functions, memory, errors, deadlines.
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <wasm2native/wasm2native.hpp>

using namespace wasm2native;

#define CHECK(claim)                                                                               \
  do                                                                                               \
    if (!(claim)) {                                                                                \
      std::printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #claim);                              \
      std::exit(1);                                                                                \
    }                                                                                              \
  while (0)

namespace {

int destroyed = 0;

struct CountsEnd {
  CountsEnd() = default;
  CountsEnd(CountsEnd &&other) noexcept : active(std::exchange(other.active, false)) {}
  ~CountsEnd() { destroyed += active; }
  bool active = true;
};

std::tuple<int32_t, float> pair(int32_t number) noexcept { return {number + 1, float(number) / 2}; }
std::tuple<int32_t, float> pairOf(const Caller &caller, int32_t number) noexcept {
  return pair(number + (caller.memory() ? 0 : 1));
}

void checkFunctions(const Instance &instance) {
  auto add = instance.get<int32_t(int32_t, int32_t)>("add");
  CHECK(add);
  CHECK(*(*add)(40, 2) == 42);
  CHECK(instance.get<void()>("nothing") && (*instance.get<void()>("nothing"))());
  const auto scale = instance.get<double(double, int64_t)>("scale");
  for (int i = 0; i < 3; ++i)
    CHECK(*(*scale)(0.5, -6) == -3.0);
  CHECK((*instance.get<std::tuple<int32_t, float>(int32_t)>("pair"))(7).valueOr({}) ==
        std::tuple(8, 3.5f));
  CHECK((instance.get<int32_t(uint32_t, uint32_t)>("add")));
  auto wrong = instance.get<int64_t(int32_t, int32_t)>("add");
  CHECK(!wrong && wrong.error().kind() == W2N_ERROR_INVALID);
  CHECK(!instance.get<void()>("missing"));
}

// Frames of an error, whose instance may go first; a program that knows fewer fields gets fewer.
void checkFrames(const Module &module, const void *data) {
  Linker linker;
  linker.trapUnknownImports();
  auto instance = linker.instantiate(module), other = linker.instantiate(module);
  CHECK(instance && other);
  instance->setData(const_cast<void *>(data));
  auto divide = instance->get<int32_t(int32_t, int32_t)>("divide");
  // The call after it is in registers.
  CHECK(*(*divide)(6, 3) == 2);
  const Result<int32_t> quotient = (*divide)(1, 0);
  const w2n_error *error = quotient.error().get();
  const w2n_frame frame = quotient.error().frame(0);
  CHECK(frame.instance_data == data && !frame.function_name && !frame.is_inlined);
  CHECK(frame.function_offset < frame.artifact_offset);
  CHECK(w2n_error_frame_is_of(error, 0, instance->get()));
  CHECK(!w2n_error_frame_is_of(error, 0, other->get()) &&
        !w2n_error_frame_is_of(error, 1, instance->get()));
  w2n_frame small = {};
  small.size = offsetof(w2n_frame, function_name);
  CHECK(w2n_error_frame(error, 0, &small) && small.function_index == 9 && !small.artifact_offset);
  CHECK(!w2n_error_frame(error, 1, &small));
  w2n_instance_free(instance->release());
  CHECK(!quotient.error().frame(0).instance_data);
}

void checkErrors(const Instance &instance) {
  Result<int32_t> quotient = (*instance.get<int32_t(int32_t, int32_t)>("divide"))(1, 0);
  CHECK(!quotient && quotient.error().trapName() == "integer divide by zero");
  CHECK(quotient.error().frameCount() == 1 && quotient.error().frame(0).function_index == 9);
  Result<void> stray = (*instance.get<void()>("stray"))();
  CHECK(!stray && stray.error().text() == "the text lies outside");
  auto deadline = Deadline::in(20'000'000);
  CHECK(deadline);
  Result<void> endless = (*instance.get<void()>("loop"))();
  CHECK(!endless && endless.error().kind() == W2N_ERROR_INTERRUPTED);
}

void checkMemory(const Instance &instance) {
  const auto memory = instance.memory();
  CHECK(memory && memory->size() == 65536 && memory->bytes()[16] == 'h');
  CHECK(memory->text(16, 5) == "hello" && !memory->text(65535, 2));
  CHECK(memory->store<uint32_t>(33, 0x01020304) && memory->load<uint32_t>(33) == 0x01020304u);
  CHECK(memory->at<uint32_t>(64, 4) && !memory->at<uint32_t>(65, 4) &&
        !memory->at<uint32_t>(65532, 2));
  CHECK(!memory->at<uint64_t>(0, UINT64_MAX));
  CHECK(memory->grow(1) && memory->size() == 131072);
  const auto count = instance.global<int64_t>("count");
  CHECK(count && count->get() == 5 && count->set(6) && count->get() == 6);
  CHECK(!instance.global<int32_t>("count"));
}

} // namespace

int main(int, char **argv) {
  auto module = Module::load(argv[1]);
  CHECK(module && module->importAt(0) && !module->exportAt(99));
  std::string noted;
  {
    Linker linker;
    int64_t factor = 1;
    CHECK(linker.define("host", "scale", [end = CountsEnd(), &factor](double number, int64_t by) {
      return number * double(by * factor);
    }));
    CHECK(linker.define("host", "note",
                        [](const Caller &caller, uint32_t address, uint32_t bytes) -> Result<void> {
                          const auto text = caller.memory()->text(address, bytes);
                          if (!text)
                            return Error::trap("the text lies outside");
                          *caller.data<std::string>() += *text;
                          return {};
                        }));
    CHECK(linker.define("host", "pair", pair));
    CHECK(!linker.define("host", "pair", pairOf));
    CHECK(linker.define("other", "pair", pairOf));
    CHECK(
        linker.define("other", "memory", [](Caller caller) { return int32_t(!!caller.memory()); }));
    linker.setData(&noted);
    auto instance = linker.instantiate(*module);
    CHECK(instance);
    checkFunctions(*instance);
    checkErrors(*instance);
    checkFrames(*module, &factor);
    checkMemory(*instance);
    CHECK((*instance->get<void()>("greet"))() && noted == "hello");
    std::string other;
    instance->setData(&other);
    CHECK((*instance->get<void()>("greet"))() && other == "hello" && noted == "hello");
    CHECK(destroyed == 0);
  }
  CHECK(destroyed == 1);
  CHECK(OwnMemory::create(1, 2) && !OwnMemory::create(2, 1));
  CHECK(!Module::load("/nowhere"));
}
