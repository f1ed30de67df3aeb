// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Functions that a shop offers to its plug-ins.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <wasm2native/host.hpp>

struct Order {
  uint64_t number;
  uint32_t pieces;
  float price;
};

class Shop {
public:
  W2N_IMPORT("shop", "log")
  void log(std::string_view text);

  /// The sum of what the orders cost.
  W2N_IMPORT("shop", "total")
  double total(std::span<const Order> orders) const;

  /// Fills in the price; an error if nobody sells `name`.
  W2N_IMPORT("shop", "quote")
  std::expected<uint32_t, std::string> quote(std::string_view name, Order &order);

  std::map<std::string, float, std::less<>> prices;
};

W2N_IMPORT("math", "mix")
uint64_t mix(uint64_t number, bool isOdd);
