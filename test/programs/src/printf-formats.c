// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Behavior of printf, scanf and strtod that every C library shares: flags, widths, exact decimal
// digits, end pointers.
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void integers(void) {
  static const char *const formats[] = {"%d",   "%5d",   "%-5d|", "%05d",  "%+d",  "% d",
                                        "%.3d", "%8.3d", "%+.0d", "%-+6d", "% 06d"};
  static const int values[] = {0, 7, -7, 12345, -2147483647 - 1, 2147483647};
  for (unsigned f = 0; f < sizeof formats / sizeof *formats; ++f) {
    for (unsigned v = 0; v < sizeof values / sizeof *values; ++v) {
      char text[64];
      int length = snprintf(text, sizeof text, formats[f], values[v]);
      printf("[%s]%d ", text, length);
    }
    puts(formats[f]);
  }
  printf("%u %o %x %X %#o %#x %#X %#x %08x %-8x|\n", 4000000000u, 8u, 0xabcu, 0xabcu, 8u, 0xabcu,
         0xabcu, 0u, 0xabcu, 0xabcu);
  printf("%hhd %hhu %hd %hu\n", (signed char)-3, (unsigned char)253, (short)-300,
         (unsigned short)65000);
  printf("%lld %llu %jd %zu %td\n", -1LL, -1ULL, (intmax_t)-5, (size_t)17, (ptrdiff_t)-9);
  printf("%*d|%-*d|%.*d|%*d|\n", 6, 42, 6, 42, 4, 42, -6, 42);
  int position = 0;
  printf("four%n", &position);
  printf(" %d %% %c%c%c\n", position, 'a', 'b', 'c');
  printf("%2$s %1$s\n", "second", "first");
}

static void strings(void) {
  char small[8];
  printf("[%s][%10s][%-10s][%.2s][%8.3s][%.0s][%.*s]\n", "text", "text", "text", "text", "text",
         "text", 3, "not terminated");
  int length = snprintf(small, sizeof small, "%s", "longer than that");
  printf("%s, would be %d; nothing: %d\n", small, length, snprintf(NULL, 0, "%d", 123));
  printf("%ls\n", L"wide");
}

static void floats(void) {
  static const double values[] = {0,        -0.0,      1,        -1.5,   2.5,       0.1,
                                  1e21,     123456789, 1e-5,     9.9995, 1e100,     0x1p-1022,
                                  5e-324,   1e15 / 7,  99999.95, 0.5,    1.5,       1e23,
                                  INFINITY, -INFINITY, 2.0 / 3,  1e308,  0.00012345};
  static const char *const formats[] = {"%f",       "%.0f",  "%.1f",  "%.20f", "%10.3f", "%-10.2f|",
                                        "%+010.1f", "%#.0f", "%e",    "%.0e",  "%.3E",   "%g",
                                        "%.3g",     "%#g",   "%.17g", "%G",    "% .5e"};
  for (unsigned f = 0; f < sizeof formats / sizeof *formats; ++f) {
    printf("%s\n ", formats[f]);
    for (unsigned v = 0; v < sizeof values / sizeof *values; ++v) {
      printf(" ");
      printf(formats[f], values[v]);
    }
    puts("");
  }
  printf("%a %A %.2a %+.0a %20a\n", 1.0, 0.1, 1.999, -2.0, 3.14159);
  printf("%.60f\n%.310f\n", 0.1, 5e-300);
}

static void scanning(void) {
  int a = 0, b = 0, c = 0, used = 0;
  unsigned hex = 0;
  char word[20] = "", set[20] = "", letters[4] = "";
  float single = 0;
  double number = 0;
  long long big = 0;
  int count = sscanf("12 -34,0x1f", "%d %d,%i%n", &a, &b, &c, &used);
  printf("%d: %d %d %d, used %d\n", count, a, b, c, used);
  count = sscanf("  word abc123xyz 7f", "%19s %[a-c]%*d%3c %x", word, set, letters, &hex);
  printf("%d: %s %s %.3s %x\n", count, word, set, letters, hex);
  count = sscanf("1e3 -0x1.8p1 9223372036854775807", "%f %lf %lld", &single, &number, &big);
  printf("%d: %g %g %lld\n", count, single, number, big);
  count = sscanf("12345", "%2d%2d%2d", &a, &b, &c);
  printf("%d: %d %d %d\n", count, a, b, c);
  printf("%d %d %d\n", sscanf("x", "%d", &a), sscanf("", "%d", &a), sscanf("5 x", "%d %d", &a, &b));
  count = sscanf("key = some value ; rest", "%19[^= ] = %19[^;]", word, set);
  printf("%d: '%s' '%s'\n", count, word, set);
}

static void conversions(void) {
  static const char *const texts[] = {"0",
                                      "-0",
                                      "1.5e3x",
                                      "  +.5",
                                      "5.",
                                      ".",
                                      "1e",
                                      "1e+",
                                      "inf",
                                      "-INFINITY!",
                                      "nan",
                                      "0x1.8p1",
                                      "0x",
                                      "0x.8",
                                      "1e400",
                                      "-1e400",
                                      "1e-400",
                                      "4.9406564584124654e-324",
                                      "2.4703282292062327e-324",
                                      "2.4703282292062328e-324",
                                      "179769313486231580793728971405301e276",
                                      "9007199254740993",
                                      "9007199254740992.99999999999999999999",
                                      "0.1000000000000000055511151231257827021181583404541015625",
                                      "123abc"};
  for (unsigned i = 0; i < sizeof texts / sizeof *texts; ++i) {
    char *end;
    errno = 0;
    double value = strtod(texts[i], &end);
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    // C leaves open whether a denormal result is a range error.
    int range = errno == ERANGE && (value == 0 || isinf(value));
    printf("%s: %016" PRIx64 " after %d%s\n", texts[i], isnan(value) ? 0 : bits,
           (int)(end - texts[i]), range ? ", out of range" : "");
  }
  static const char *const numbers[] = {
      "42", "-42", "0x2a", "052", "2147483648", "99999999999999999999", "-9223372036854775809",
      "zz", "-",   "  7 "};
  static const int bases[] = {0, 10, 16, 36};
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; ++i) {
    printf("%s:", numbers[i]);
    for (unsigned base = 0; base < sizeof bases / sizeof *bases; ++base) {
      char *end;
      errno = 0;
      long long value = strtoll(numbers[i], &end, bases[base]);
      printf(" %lld/%d%s", value, (int)(end - numbers[i]), errno == ERANGE ? "!" : "");
      errno = 0;
      unsigned long long natural = strtoull(numbers[i], NULL, bases[base]);
      printf(" %llu%s", natural, errno == ERANGE ? "!" : "");
    }
    puts("");
  }
  printf("%d %lld %g\n", atoi("-17 "), atoll("123456789012345"), atof("2.5e-3"));
}

int main(void) {
  integers();
  strings();
  floats();
  scanning();
  conversions();
}
