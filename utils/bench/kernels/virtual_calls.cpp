// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Virtual calls: a scene of shapes of many classes, visitors, and iterators behind an interface.
#include <cstdint>
#include <cstdio>

namespace {
uint32_t seed = 1;
double next() { return ((seed = seed * 1664525 + 1013904223) >> 8) * (1. / (1 << 24)); }

struct Shape {
  virtual ~Shape() = default;
  virtual double area() const = 0;
  virtual double distance(double x, double y) const = 0;
  virtual void grow(double factor) = 0;
  virtual int kind() const { return 0; }
};

struct Circle : Shape {
  double x = next(), y = next(), radius = next();
  double area() const override { return radius * radius * 3.14159; }
  double distance(double px, double py) const override {
    return (px - x) * (px - x) + (py - y) * (py - y) - radius;
  }
  void grow(double factor) override { radius *= factor; }
};

struct Box : Shape {
  double left = next(), top = next(), width = next(), height = next();
  double area() const override { return width * height; }
  double distance(double px, double py) const override {
    double dx = px < left ? left - px : px > left + width ? px - left - width : 0;
    double dy = py < top ? top - py : py > top + height ? py - top - height : 0;
    return dx * dx + dy * dy;
  }
  void grow(double factor) override { width *= factor, height *= factor; }
  int kind() const override { return 1; }
};

struct Square : Box {
  Square() { height = width; }
  double area() const override { return width * width; }
  int kind() const override { return 2; }
};

struct Group : Shape {
  Shape *members[3];
  Group(Shape *a, Shape *b, Shape *c) : members{a, b, c} {}
  double area() const override {
    return members[0]->area() + members[1]->area() + members[2]->area();
  }
  double distance(double px, double py) const override {
    double least = 1e9;
    for (Shape *member : members) {
      double distance = member->distance(px, py);
      least = distance < least ? distance : least;
    }
    return least;
  }
  void grow(double factor) override {
    for (Shape *member : members)
      member->grow(factor);
  }
  int kind() const override { return 3; }
};

struct Cursor {
  virtual bool advance() = 0;
  virtual uint32_t value() const = 0;
};

struct Count : Cursor {
  uint32_t at = 0, end;
  explicit Count(uint32_t end) : end(end) {}
  bool advance() override { return ++at <= end; }
  uint32_t value() const override { return at; }
};

struct Scale : Cursor {
  Cursor &source;
  explicit Scale(Cursor &source) : source(source) {}
  bool advance() override { return source.advance(); }
  uint32_t value() const override { return source.value() * 2654435761u; }
};

struct Odd : Cursor {
  Cursor &source;
  explicit Odd(Cursor &source) : source(source) {}
  bool advance() override {
    while (source.advance())
      if (source.value() & 1)
        return true;
    return false;
  }
  uint32_t value() const override { return source.value() >> 1; }
};
} // namespace

int main() {
  constexpr int count = 1000;
  static Shape *shapes[count];
  for (int i = 0; i < count; i++)
    switch (int kind = (seed >> 16) % (i < 3 ? 3 : 4)) {
    case 0:
      shapes[i] = new Circle;
      break;
    case 1:
      shapes[i] = new Box;
      break;
    case 2:
      shapes[i] = new Square, next();
      break;
    default:
      shapes[i] = new Group(shapes[i - 1], shapes[i - 2], shapes[i - 3]), next(), kind = 0;
    }
  double sum = 0;
  int kinds = 0;
  for (int round = 0; round < 5000; round++)
    for (int i = 0; i < count; i++) {
      sum += shapes[i]->area();
      kinds += shapes[i]->kind();
      if (i % 16 == 0)
        sum += shapes[i]->distance(i * .001, round * .0004);
      if (shapes[i]->kind() != 3 && (i + round) % 8 == 0)
        shapes[i]->grow(round & 8 ? .99 : 1 / .99);
    }
  uint32_t digest = 0;
  for (uint32_t round = 0; round < 80; round++) {
    Count numbers(400000 + round);
    Scale scaled(numbers);
    Odd odd(scaled);
    Cursor *cursor = round & 1 ? static_cast<Cursor *>(&odd) : &scaled;
    while (cursor->advance())
      digest = digest * 31 + cursor->value();
  }
  std::printf("%.3f %d %u\n", sum, kinds, digest);
}
