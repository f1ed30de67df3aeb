// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs a plug-in that uses the functions of shop.hpp.
#include "shop_imports.hpp"

#include <cstdio>
#include <wasm2native/runtime.h>

void Shop::log(std::string_view text) {
  printf("log: %.*s\n", static_cast<int>(text.size()), text.data());
}

double Shop::total(std::span<const Order> orders) const {
  double sum = 0;
  for (const Order &order : orders)
    sum += double(order.price) * order.pieces;
  return sum;
}

std::expected<uint32_t, std::string> Shop::quote(std::string_view name, Order &order) {
  auto found = prices.find(name);
  if (found == prices.end())
    return std::unexpected("nobody sells " + std::string(name));
  order.price = found->second;
  ++order.number;
  return order.pieces;
}

uint64_t mix(uint64_t number, bool isOdd) { return number * 2 + isOdd; }

static bool failed(w2n_error *error) {
  if (!error)
    return false;
  printf("error: %s\n", w2n_error_text(error));
  w2n_error_free(error);
  return true;
}

int main(int argc, char **argv) {
  Shop shop;
  shop.prices["bolt"] = 0.25f;
  w2n_module *module = nullptr;
  w2n_instance *instance = nullptr;
  w2n_linker *linker = w2n_linker_new();
  if (argc != 2 || failed(w2n_module_load(argv[1], &module)) ||
      failed(w2nDefineImports(linker, shop)) || failed(w2nDefineImports(linker)) ||
      failed(w2n_linker_instantiate(linker, module, &instance)))
    return 1;
  for (const char *name : {"buy", "buy_unknown", "log_outside", "total_outside", "total_misaligned",
                           "quote_outside"}) {
    printf("%s\n", name);
    failed(w2n_function_call(w2n_instance_function(instance, name), nullptr, 0, nullptr, 0));
  }
  w2n_instance_free(instance);
  w2n_module_free(module);
  w2n_linker_free(linker);
}
