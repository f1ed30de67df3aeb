// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Streams into and out of strings and to standard output, with manipulators; and global
// constructors in order.
#include <iomanip>
#include <iostream>
#include <iterator>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

std::ostringstream journal;

struct Logged {
  explicit Logged(const char *name) : name(name) { journal << "+" << name; }
  ~Logged() { std::cout << "-" << name << "\n"; }
  const char *name;
};
Logged first("first"), second("second");

struct Vector {
  double x, y;
};
std::ostream &operator<<(std::ostream &out, const Vector &vector) {
  return out << '(' << vector.x << ", " << vector.y << ')';
}
std::istream &operator>>(std::istream &in, Vector &vector) {
  char open, comma, close;
  if (in >> open >> vector.x >> comma >> vector.y >> close &&
      (open != '(' || comma != ',' || close != ')'))
    in.setstate(std::ios::failbit);
  return in;
}

void formats() {
  std::ostringstream out;
  out << 42 << ' ' << std::hex << std::showbase << 255 << ' ' << std::oct << 8 << std::dec << ' '
      << -7 << '\n';
  out << std::setw(8) << std::setfill('*') << 3.5 << '|' << std::left << std::setw(8) << "left"
      << '|' << std::right << std::internal << std::setw(8) << -12 << '\n';
  out << std::fixed << std::setprecision(3) << 2.0 / 3 << ' ' << std::scientific << 12345.678 << ' '
      << std::defaultfloat << std::setprecision(10) << 0.1 << ' ' << 1e300 << '\n';
  out << std::boolalpha << true << ' ' << std::noboolalpha << false << ' ' << std::showpos << 5
      << std::noshowpos << ' ' << std::uppercase << std::hex << 0xabcdef << std::dec
      << std::nouppercase << ' ' << 'c' << ' ' << 1.0f << '\n';
  out << std::numeric_limits<long long>::min() << ' '
      << std::numeric_limits<unsigned long long>::max() << ' ' << std::quoted("say \"this\"") << ' '
      << std::showpoint << 2.0 << '\n';
  std::cout << out.str() << out.str().size() << std::endl;
}

void parsing() {
  std::istringstream in("10 0x1f 077 3.25 word (1.5, -2) true tail of line\n(1; 2)");
  int decimal, hexadecimal, octal;
  double number;
  std::string word, rest;
  Vector vector{};
  bool flag;
  in >> decimal >> std::hex >> hexadecimal >> std::oct >> octal >> std::dec >> number >> word >>
      vector >> std::boolalpha >> flag;
  std::getline(in >> std::ws, rest);
  std::cout << decimal << ' ' << hexadecimal << ' ' << octal << ' ' << number << ' ' << word << ' '
            << vector << ' ' << flag << " [" << rest << "]\n";
  in >> vector;
  std::cout << "bad vector: " << in.fail() << in.eof() << '\n';
  in.clear();
  in.seekg(3);
  in >> word;
  std::cout << word << " at " << in.tellg() << '\n';

  std::istringstream numbers("5 4 3 x 2");
  std::vector<int> values{std::istream_iterator<int>(numbers), {}};
  std::cout << values.size() << " values, then '" << char((numbers.clear(), numbers.get()))
            << "'\n";
  std::copy(values.rbegin(), values.rend(), std::ostream_iterator<int>(std::cout, ";"));
  std::istringstream tooLarge("99999999999");
  tooLarge >> decimal;
  std::cout << "\ntoo large: " << tooLarge.fail() << ' ' << decimal << '\n';
}

void table() {
  std::stringstream csv("name,amount,price\nnut,12,0.25\nbolt,7,1.5\nwasher,1000,0.01\n");
  std::string line, field;
  std::getline(csv, line);
  std::map<std::string, Vector> rows;
  while (std::getline(csv, line)) {
    std::istringstream fields(line);
    std::vector<std::string> parts;
    while (std::getline(fields, field, ','))
      parts.push_back(field);
    rows[parts[0]] = {std::stod(parts[1]), std::stod(parts[2])};
  }
  double total = 0;
  for (const auto &[name, row] : rows) {
    total += row.x * row.y;
    std::cout << std::left << std::setw(10) << name << std::right << std::setw(6) << row.x
              << std::setw(9) << std::fixed << std::setprecision(2) << row.x * row.y << '\n';
  }
  std::cout << "total " << total << '\n' << std::defaultfloat << std::setprecision(6);
}

} // namespace

int main() {
  std::cout << journal.str() << '\n';
  formats();
  parsing();
  table();
  // A megabyte through a stream buffer, in small pieces.
  std::stringstream large;
  for (int i = 0; i < 100000; ++i)
    large << i << ' ';
  long long sum = 0;
  for (int value; large >> value;)
    sum += value;
  std::cout << large.str().size() << ' ' << sum << '\n';
}
