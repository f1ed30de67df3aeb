// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Containers and algorithms of the C++ library, in uses whose results the standard defines.
#include <algorithm>
#include <array>
#include <bitset>
#include <cinttypes>
#include <cstdio>
#include <deque>
#include <functional>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <queue>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

// The standard gives this generator's numbers; those of distributions are the library's choice.
static std::mt19937 generator(42);

static uint64_t checksum(const auto &values) {
  return std::accumulate(values.begin(), values.end(), uint64_t(7), [](uint64_t sum, auto value) {
    return sum * 1099511628211u + uint64_t(value);
  });
}

static void sorting() {
  std::vector<uint32_t> values(5000);
  std::generate(values.begin(), values.end(), std::ref(generator));
  auto sorted = values, heap = values, partial = values, nth = values;
  std::sort(sorted.begin(), sorted.end());
  std::make_heap(heap.begin(), heap.end());
  std::sort_heap(heap.begin(), heap.end());
  std::partial_sort(partial.begin(), partial.begin() + 100, partial.end(), std::greater<>());
  std::nth_element(nth.begin(), nth.begin() + 2500, nth.end());
  std::printf("sort %016" PRIx64 ", heap agrees %d, largest %" PRIu32 ", median %" PRIu32 "\n",
              checksum(sorted), heap == sorted, partial[0], nth[2500]);
  // Equal keys keep their order.
  std::vector<std::pair<int, int>> pairs;
  for (int i = 0; i < 1000; ++i)
    pairs.emplace_back(values[i] % 10, i);
  std::stable_sort(pairs.begin(), pairs.end(), [](auto &a, auto &b) { return a.first < b.first; });
  std::printf("stable %d\n", std::is_sorted(pairs.begin(), pairs.end()));
  auto [low, high] = std::equal_range(sorted.begin(), sorted.end(), sorted[1234]);
  std::printf("found at %d, %d times\n", int(low - sorted.begin()), int(high - low));
  auto middle = std::stable_partition(values.begin(), values.end(),
                                      [](auto value) { return value % 3 == 0; });
  std::printf("%d multiples, order %016" PRIx64 "\n", int(middle - values.begin()),
              checksum(values));
  std::rotate(values.begin(), middle, values.end());
  std::reverse(values.begin(), values.end());
  values.erase(std::remove_if(values.begin(), values.end(), [](auto value) { return value & 1; }),
               values.end());
  std::printf("%d left, %016" PRIx64 "\n", int(values.size()), checksum(values));
  std::string letters = "aabcd";
  int permutations = 0;
  do
    ++permutations;
  while (std::next_permutation(letters.begin(), letters.end()));
  std::printf("%d permutations, back to %s\n", permutations, letters.c_str());
}

static void associative() {
  std::map<std::string, std::vector<int>> byName;
  std::unordered_map<std::string, int> counts;
  std::unordered_set<uint32_t> seen;
  std::multiset<int> bag;
  for (int i = 0; i < 20000; ++i) {
    uint32_t number = generator();
    std::string name = "key" + std::to_string(number % 997);
    if (i < 3000)
      byName[name].push_back(i);
    ++counts[name];
    seen.insert(number % 12345);
    bag.insert(int(number % 50));
    if (i % 7 == 0)
      counts.erase("key" + std::to_string(generator() % 997));
  }
  std::vector<std::pair<std::string, int>> flat(counts.begin(), counts.end());
  std::sort(flat.begin(), flat.end(), [](auto &a, auto &b) {
    return std::tie(b.second, a.first) < std::tie(a.second, b.first);
  });
  for (int i = 0; i < 5; ++i)
    std::printf("%s %d\n", flat[i].first.c_str(), flat[i].second);
  std::printf("%d names, %d counted, %d seen, %d in the bag\n", int(byName.size()),
              int(counts.size()), int(seen.size()), int(bag.size()));
  for (auto at = byName.lower_bound("key50"); at != byName.upper_bound("key503"); ++at)
    std::printf("%s:%016" PRIx64 "\n", at->first.c_str(), checksum(at->second));
  bag.erase(bag.find(17));
  bag.erase(18);
  std::printf("%d %d %d\n", int(bag.count(17)), int(bag.count(18)), *std::prev(bag.end()));
}

// Dijkstra over a grid with a priority queue; ties are broken by the place.
static void shortestPath() {
  constexpr int size = 60;
  std::array<std::array<int, size>, size> cost{}, best{};
  for (auto &row : cost)
    for (int &cell : row)
      cell = 1 + int(generator() % 9);
  for (auto &row : best)
    row.fill(1 << 30);
  using Entry = std::tuple<int, int, int>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
  queue.emplace(best[0][0] = 0, 0, 0);
  int steps = 0;
  while (!queue.empty()) {
    auto [distance, row, column] = queue.top();
    queue.pop();
    ++steps;
    if (distance != best[row][column])
      continue;
    for (auto [down, right] : {std::pair{0, 1}, {1, 0}, {0, -1}, {-1, 0}}) {
      int r = row + down, c = column + right;
      if (r >= 0 && c >= 0 && r < size && c < size && distance + cost[r][c] < best[r][c])
        queue.emplace(best[r][c] = distance + cost[r][c], r, c);
    }
  }
  std::printf("distance %d in %d steps\n", best[size - 1][size - 1], steps);
}

static void strings() {
  std::string text = "the quick brown fox jumps over the lazy dog";
  std::list<std::string> words;
  for (size_t start = 0, end; start <= text.size(); start = end + 1) {
    end = std::min(text.find(' ', start), text.size());
    words.push_back(text.substr(start, end - start));
  }
  words.sort();
  words.unique();
  words.splice(words.begin(), words, std::prev(words.end()));
  for (std::string_view word : words)
    std::printf("%.*s,", int(word.size()), word.data());
  text.replace(4, 5, "slow").insert(0, 3, '>').append(200, '.').erase(60);
  std::printf("\n%s %d %d\n", text.c_str(), int(text.rfind("o")), text.compare("the") < 0);
  std::deque<int> deque;
  for (int i = 0; i < 2000; ++i)
    i % 3 ? deque.push_front(i) : deque.push_back(-i);
  std::bitset<70> bits("1011");
  bits <<= 60;
  std::printf("%016" PRIx64 " %d %s\n", checksum(deque), int(bits.count()),
              bits.to_string().c_str());
}

int main() {
  sorting();
  associative();
  shortestPath();
  strings();
}
