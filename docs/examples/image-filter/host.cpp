// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Draws into the guest's memory, lets the filter work on it, and reads the result where it is:
// nothing is copied. The address is the guest's, so it is checked once, by the view.
#include <algorithm>
#include <cstdio>
#include <wasm2native/wasm2native.hpp>

using namespace wasm2native;

int main(int argc, char **argv) {
  constexpr uint32_t width = 8, height = 4;
  auto module = Module::load(argc == 2 ? argv[1] : "guest.so");
  if (!module)
    return std::printf("%s\n", module.error().text().data()), 1;
  Linker linker;
  auto instance = linker.instantiate(*module);
  if (!instance)
    return std::printf("%s\n", instance.error().text().data()), 1;
  auto buffer = instance->get<uint32_t(uint32_t)>("buffer");
  auto invert = instance->get<void(uint32_t, uint32_t)>("invert");
  if (!buffer || !invert)
    return 1;
  Result<uint32_t> address = (*buffer)(width * height);
  const auto image = instance->memory()->at<uint8_t>(*address, width * height);
  if (!address || !image)
    return 1;
  for (uint32_t i = 0; i < image->size(); ++i)
    (*image)[i] = uint8_t(i % width * 36);
  if (Result<void> done = (*invert)(*address, width * height); !done)
    return std::printf("%s\n", done.error().text().data()), 1;
  for (uint32_t row = 0; row < height; ++row, std::printf("\n"))
    for (uint8_t pixel : image->subspan(row * width, width))
      std::printf("%c", "_.:-=+*#"[pixel / 32]);
}
