// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Static constructors, virtual functions, containers.
#include "preinit.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace {

struct Counter {
  Counter() { ++made; }
  int made = 0;
} counter;

struct Animal {
  virtual ~Animal() = default;
  virtual std::string sound() const = 0;
};
struct Dog : Animal {
  std::string sound() const override { return "woof"; }
};
struct Cat : Animal {
  std::string sound() const override { return "meow"; }
};

const std::map<std::string, int> numbers = {{"one", 1}, {"two", 2}, {"three", 3}};
std::vector<std::unique_ptr<Animal>> animals;
std::map<std::string, std::vector<size_t>> places;
std::function<size_t(const std::string &)> find;

size_t &callCount() {
  static size_t calls = numbers.size();
  return calls;
}

} // namespace

void initialize() {
  for (int i = 0; i < 10; ++i)
    if (i % 3)
      animals.push_back(std::make_unique<Dog>());
    else
      animals.push_back(std::make_unique<Cat>());
  for (size_t i = 0; i < 20000; ++i)
    places["word" + std::to_string(i * 7919 % 1000)].push_back(i);
  find = [](const std::string &word) { return places.at(word).size() + ++callCount(); };
}

void report() {
  std::string sounds;
  for (const auto &animal : animals)
    sounds += animal->sound() + " ";
  printf("%d counter, %zu numbers: %s\n", counter.made, numbers.size(), sounds.c_str());
  printf("%zu words, %zu of one, %zu calls\n", places.size(), find("word77"), callCount());
  places["new"].push_back(1);
  printf("first %s, last %s\n", places.begin()->first.c_str(), places.rbegin()->first.c_str());
}
