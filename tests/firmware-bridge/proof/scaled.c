/* Every case of the division that keeps a speed under its cap: too long for a solver, short enough to be tried. */
#include <stdio.h>
#include "safety/drive.c"

static bool sound(int16_t speed, uint16_t cap, uint16_t fastest) {
  const int16_t under = scaled(speed, cap, fastest);
  return abs(under) <= cap && abs(under) <= abs(speed) && (under == 0 || (under > 0) == (speed > 0));
}

int main(void) {
  for (uint16_t fastest = 0; fastest <= 600; fastest++) {
    for (uint16_t cap = 0; cap <= 600; cap++) {
      for (int16_t speed = 0; speed <= fastest; speed++) {
        if (sound(speed, cap, fastest) && sound((int16_t)-speed, cap, fastest)) continue;
        printf("speed %d, cap %u, fastest %u\n", speed, cap, fastest);
        return 1;
      }
    }
  }
  printf("every case is sound\n");
  return 0;
}
