// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A plug-in of the shop, and some that break its rules.
#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))
typedef unsigned long long uint64;

struct Order {
  uint64 number;
  unsigned pieces;
  float price;
};

IMPORT("shop", "log") void shop_log(const char *text, unsigned bytes);
IMPORT("shop", "total") double shop_total(const struct Order *orders, unsigned count);
IMPORT("shop", "quote")
unsigned shop_quote(const char *name, unsigned bytes, struct Order *order);
IMPORT("math", "mix") uint64 mix(uint64 number, int is_odd);

static struct Order orders[2] = {{6, 10, 0}, {7, 2, 1.5f}};

EXPORT("buy") void buy(void) {
  unsigned pieces = shop_quote("bolt", 4, &orders[0]);
  // 10 * 0.25 + 2 * 1.5; the shop has counted the order; anything but 0 is true.
  if (pieces == 10 && shop_total(orders, 2) == 5.5 && mix(orders[0].number, 256) == 15)
    shop_log("bought", 6);
  shop_log("", 0);
}

EXPORT("buy_unknown") void buy_unknown(void) { shop_quote("nut", 3, &orders[1]); }
EXPORT("log_outside") void log_outside(void) { shop_log((const char *)1, ~0u); }
EXPORT("total_outside") void total_outside(void) { shop_total(orders, 0x10000000); }
EXPORT("total_misaligned") void total_misaligned(void) {
  shop_total((const struct Order *)((const char *)orders + 4), 1);
}
EXPORT("quote_outside") void quote_outside(void) {
  shop_quote("bolt", 4, (struct Order *)(0x10000 * __builtin_wasm_memory_size(0) - 15));
}
