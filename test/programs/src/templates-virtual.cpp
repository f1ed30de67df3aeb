// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls whose target is known at run time only: virtual functions with several bases, pointers to
// functions and members, std::function, visitors; and templates that leave nothing to run time.
#include <array>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <typeinfo>
#include <utility>
#include <variant>
#include <vector>

namespace {

struct Shape {
  virtual ~Shape() { ++destroyed; }
  virtual double area() const = 0;
  virtual const char *name() const { return "shape"; }
  virtual std::unique_ptr<Shape> clone() const = 0;
  static int destroyed;
};
int Shape::destroyed = 0;

// Supplies what every shape writes the same way.
template <typename Derived> struct Cloned : Shape {
  std::unique_ptr<Shape> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived &>(*this));
  }
};

struct Square : Cloned<Square> {
  explicit Square(double side) : side(side) {}
  double area() const override { return side * side; }
  const char *name() const override { return "square"; }
  double side;
};

struct Counted {
  virtual ~Counted() = default;
  virtual int count() { return ++calls; }
  int calls = 0;
};

// The second base is at an offset: calls through it go through a thunk.
struct Rectangle final : Cloned<Rectangle>, Counted {
  Rectangle(double width, double height) : width(width), height(height) {}
  double area() const override { return width * height; }
  int count() override { return Counted::count() * 100 + int(width); }
  double width, height;
};

struct Base {
  explicit Base(int value) : value(value) {}
  virtual ~Base() = default;
  virtual int get() const { return value; }
  int value;
};
struct Left : virtual Base {
  Left() : Base(1) {}
  int get() const override { return value * 10; }
};
struct Right : virtual Base {
  Right() : Base(2) {}
};
struct Diamond : Left, Right {
  Diamond() : Base(3) {}
};

void shapes() {
  std::vector<std::unique_ptr<Shape>> all;
  for (int i = 1; i <= 6; ++i)
    if (i % 2)
      all.push_back(std::make_unique<Square>(i));
    else
      all.push_back(std::make_unique<Rectangle>(i, i + 0.5));
  for (int i = 0; i < 6; ++i)
    all.push_back(all[i]->clone());
  double sum = 0;
  for (const auto &owner : all) {
    Shape &shape = *owner;
    sum += shape.area();
    auto *counted = dynamic_cast<Counted *>(&shape);
    std::printf("%s %g %d %d\n", shape.name(), shape.area(), counted ? counted->count() : -1,
                typeid(shape) == typeid(Square));
  }
  all.clear();
  std::printf("sum %g, destroyed %d\n", sum, Shape::destroyed);
  Diamond diamond;
  Base &base = diamond;
  Right &right = diamond;
  std::printf("%d %d %d\n", base.get(), right.get(), dynamic_cast<Left *>(&right) == &diamond);
}

int add(int a, int b) { return a + b; }
int subtract(int a, int b) { return a - b; }
double mixed(int a, double b, int64_t c) { return a + b * double(c); }

struct Calculator {
  int base;
  int plus(int value) const { return base + value; }
  int times(int value) const { return base * value; }
};

void functions() {
  int (*const table[])(int, int) = {add, subtract, [](int a, int b) { return a * b; }};
  int value = 1;
  for (int i = 0; i < 30; ++i)
    value = table[i * 7 % 3](value, i) % 1000;
  double (*volatile pointer)(int, double, int64_t) = mixed;
  std::printf("%d %g\n", value, pointer(1, 0.5, -6));

  int (Calculator::*members[])(int) const = {&Calculator::plus, &Calculator::times};
  int Calculator::*field = &Calculator::base;
  Calculator calculator{6};
  calculator.*field += 1;
  std::printf("%d %d\n", (calculator.*members[0])(10), (calculator.*members[1])(10));

  std::vector<std::function<int(int)>> chain;
  std::string captured = "a text too long for the space inside std::function";
  for (int i = 0; i < 10; ++i)
    switch (i % 4) {
    case 0:
      chain.emplace_back([i](int x) { return x + i; });
      break;
    case 1:
      chain.emplace_back([captured, i](int x) { return x * 3 + captured[i]; });
      break;
    case 2:
      chain.emplace_back(std::bind(subtract, std::placeholders::_1, i));
      break;
    case 3:
      chain.emplace_back([&calculator](int x) { return calculator.plus(x); });
      break;
    }
  int result = 0;
  for (auto &function : chain)
    result = function(result);
  std::function<int(int)> fibonacci = [&](int n) {
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
  };
  std::printf("%d %d %d\n", result, fibonacci(20), int(bool(std::function<void()>())));
}

template <typename... Types> struct Overloaded : Types... {
  using Types::operator()...;
};

// An expression is a tree of variants.
struct Node;
using Expression = std::variant<int, char, std::shared_ptr<Node>>;
struct Node {
  char operation;
  Expression left, right;
};

int64_t evaluate(const Expression &expression, int x) {
  return std::visit(
      Overloaded{[](int value) { return int64_t(value); }, [x](char) { return int64_t(x); },
                 [x](const std::shared_ptr<Node> &node) {
                   int64_t a = evaluate(node->left, x), b = evaluate(node->right, x);
                   return node->operation == '+' ? a + b : node->operation == '*' ? a * b : a - b;
                 }},
      expression);
}

template <size_t... Index> constexpr auto squares(std::index_sequence<Index...>) {
  return std::array<int, sizeof...(Index)>{int(Index * Index)...};
}

template <typename... Values> auto sumOf(Values... values) { return (0 + ... + values); }

} // namespace

int main() {
  shapes();
  functions();
  auto node = [](char operation, Expression left, Expression right) {
    return std::make_shared<Node>(Node{operation, std::move(left), std::move(right)});
  };
  Expression tree = node('-', node('*', node('+', 'x', 3), 'x'), node('*', 2, node('*', 'x', 'x')));
  for (int x = -2; x <= 2; ++x)
    std::printf("%lld ", static_cast<long long>(evaluate(tree, x)));
  constexpr auto table = squares(std::make_index_sequence<12>());
  static_assert(table[11] == 121);
  std::printf("\n%d %g\n", table[7], sumOf(1, 2.5, 3u, 'a'));
}
