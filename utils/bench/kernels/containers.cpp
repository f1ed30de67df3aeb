// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The C++ library: sort, vector, unordered_map, map, string, in memory of its own so that no C
// library's malloc is measured. The libraries differ (libstdc++ natively on Debian, libc++ for
// wasm), so orders of hash tables are not used.
// Measures: two C++ libraries.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <new>
#include <string>
#include <unordered_map>
#include <vector>

namespace {
alignas(16) char arena[48 << 20];
size_t used;
uint32_t seed = 1;
uint32_t next() { return (seed = seed * 1664525 + 1013904223) >> 8; }

struct Order {
  uint32_t customer, amount;
  std::string item;
};
} // namespace

// Free lists by powers of two over the arena.
static void *lists[48];

static int sizeClass(size_t size) {
  return size <= 16 ? 4 : 64 - __builtin_clzll(static_cast<unsigned long long>(size - 1));
}

void *operator new(size_t size) {
  // A block's class is in the 16 bytes before it.
  int kind = sizeClass(size + 16);
  if (void *block = lists[kind]) {
    lists[kind] = *static_cast<void **>(block);
    return block;
  }
  char *block = arena + used;
  used += size_t{1} << kind;
  if (used > sizeof arena)
    std::abort();
  *reinterpret_cast<int *>(block) = kind;
  return block + 16;
}

void *operator new(size_t size, const std::nothrow_t &) noexcept { return operator new(size); }

void operator delete(void *block) noexcept {
  if (!block)
    return;
  int kind = *reinterpret_cast<int *>(static_cast<char *>(block) - 16);
  *static_cast<void **>(block) = lists[kind];
  lists[kind] = block;
}
void operator delete(void *block, size_t) noexcept { operator delete(block); }

int main() {
  uint64_t sum = 0;
  for (int round = 0; round < 24; round++) {
    std::vector<Order> orders;
    for (int i = 0; i < 30000; i++) {
      std::string item = "item-";
      item += std::to_string(next() % 500);
      if (i % 4 == 0)
        item += " of the larger sort, in a box";
      orders.push_back({next() % 5000, next() % 1000, std::move(item)});
    }
    std::sort(orders.begin(), orders.end(), [](const Order &a, const Order &b) {
      return a.customer != b.customer ? a.customer < b.customer
             : a.amount != b.amount   ? a.amount < b.amount
                                      : a.item < b.item;
    });
    std::unordered_map<uint32_t, uint64_t> totals;
    std::unordered_map<std::string, uint32_t> counts;
    for (const Order &order : orders) {
      totals[order.customer] += order.amount;
      counts[order.item]++;
    }
    for (const auto &[customer, total] : totals)
      sum += customer * total;
    std::map<std::string, uint32_t> ordered(counts.begin(), counts.end());
    for (const auto &[item, count] : ordered)
      sum = sum * 31 + count + item.size();
    std::vector<uint32_t> amounts;
    for (const Order &order : orders)
      amounts.push_back(order.amount * 5000 + order.customer);
    std::stable_sort(amounts.begin(), amounts.end());
    amounts.erase(std::unique(amounts.begin(), amounts.end()), amounts.end());
    for (int i = 0; i < 100000; i++)
      sum += std::lower_bound(amounts.begin(), amounts.end(), next() % 5000000) - amounts.begin();
    std::string text;
    for (size_t i = 0; i < orders.size(); i += 3)
      text.append(orders[i].item).push_back(',');
    size_t words = 0;
    for (size_t at = 0; (at = text.find(',', at)) != std::string::npos; at++)
      words++;
    sum += words + text.size() + text.rfind("item-77");
  }
  std::printf("%llu\n", static_cast<unsigned long long>(sum));
}
