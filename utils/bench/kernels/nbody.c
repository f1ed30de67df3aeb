// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Planets pulling at each other: floating-point chains, square roots.
#include <math.h>
#include <stdio.h>

struct Body {
  double x, y, z, vx, vy, vz, mass;
};

static struct Body bodies[5] = {{0, 0, 0, 0, 0, 0, 39.47},
                                {4.84, -1.16, -.10, .6, 2.8, -.02, .037},
                                {8.34, 4.12, -.4, -1.01, 1.8, .008, .011},
                                {12.8, -15.1, -.22, 1.08, .86, -.01, .0017},
                                {15.3, -25.9, .17, .97, .59, -.03, .002}};

static void attract(struct Body *a, struct Body *b) {
  double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
  double squared = dx * dx + dy * dy + dz * dz;
  double magnitude = .001 / (squared * sqrt(squared));
  a->vx -= dx * b->mass * magnitude;
  a->vy -= dy * b->mass * magnitude;
  a->vz -= dz * b->mass * magnitude;
  b->vx += dx * a->mass * magnitude;
  b->vy += dy * a->mass * magnitude;
  b->vz += dz * a->mass * magnitude;
}

int main(void) {
  for (int step = 0; step < 5000000; step++) {
    for (int i = 0; i < 5; i++)
      for (int j = i + 1; j < 5; j++)
        attract(&bodies[i], &bodies[j]);
    for (int i = 0; i < 5; i++) {
      bodies[i].x += .001 * bodies[i].vx;
      bodies[i].y += .001 * bodies[i].vy;
      bodies[i].z += .001 * bodies[i].vz;
    }
  }
  printf("%.9f\n", bodies[0].x);
}
