// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Floating point: the outer planets for 50,000 steps; every bit of the result is compared.
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  double position[3], velocity[3], mass;
} Body;

#define SOLAR_MASS (4 * 3.141592653589793 * 3.141592653589793)
#define DAYS 365.24

static Body bodies[] = {
    {{0, 0, 0}, {0, 0, 0}, SOLAR_MASS},
    {{4.84, -1.16, -0.103},
     {0.00166 * DAYS, 0.0077 * DAYS, -0.000069 * DAYS},
     0.000955 * SOLAR_MASS},
    {{8.34, 4.12, -0.404}, {-0.00277 * DAYS, 0.005 * DAYS, 0.000023 * DAYS}, 0.000286 * SOLAR_MASS},
    {{12.9, -15.1, -0.223},
     {0.00296 * DAYS, 0.00238 * DAYS, -0.00003 * DAYS},
     0.0000437 * SOLAR_MASS},
    {{15.4, -25.9, 0.179},
     {0.00268 * DAYS, 0.00163 * DAYS, -0.000095 * DAYS},
     0.0000515 * SOLAR_MASS},
};
enum { BODY_COUNT = sizeof bodies / sizeof *bodies };

static double energy(void) {
  double sum = 0;
  for (int i = 0; i < BODY_COUNT; ++i) {
    for (int axis = 0; axis < 3; ++axis)
      sum += 0.5 * bodies[i].mass * bodies[i].velocity[axis] * bodies[i].velocity[axis];
    for (int j = i + 1; j < BODY_COUNT; ++j) {
      double squared = 0;
      for (int axis = 0; axis < 3; ++axis) {
        double delta = bodies[i].position[axis] - bodies[j].position[axis];
        squared += delta * delta;
      }
      sum -= bodies[i].mass * bodies[j].mass / sqrt(squared);
    }
  }
  return sum;
}

static void advance(double step) {
  for (int i = 0; i < BODY_COUNT; ++i)
    for (int j = i + 1; j < BODY_COUNT; ++j) {
      double delta[3], squared = 0;
      for (int axis = 0; axis < 3; ++axis) {
        delta[axis] = bodies[i].position[axis] - bodies[j].position[axis];
        squared += delta[axis] * delta[axis];
      }
      double magnitude = step / (squared * sqrt(squared));
      for (int axis = 0; axis < 3; ++axis) {
        bodies[i].velocity[axis] -= delta[axis] * bodies[j].mass * magnitude;
        bodies[j].velocity[axis] += delta[axis] * bodies[i].mass * magnitude;
      }
    }
  for (int i = 0; i < BODY_COUNT; ++i)
    for (int axis = 0; axis < 3; ++axis)
      bodies[i].position[axis] += step * bodies[i].velocity[axis];
}

int main(void) {
  for (int round = 0; round < 5; ++round) {
    double value = energy();
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    printf("%.15f %016" PRIx64 "\n", value, bits);
    for (int step = 0; step < 10000; ++step)
      advance(0.01);
  }
}
