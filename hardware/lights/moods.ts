/** A colour, 0-255 each. */
export interface Colour {
  red: number;
  green: number;
  blue: number;
}

/**
 * What the lights express, as colours. Red and amber belong to stops and faults alone (IEC 60204-1 colours of
 * indicator lights: red emergency, yellow abnormal, blue mandatory, green normal, white neutral).
 */
export const moodColours = {
  calm: { red: 30, green: 90, blue: 70 },
  greeting: { red: 60, green: 200, blue: 120 },
  busy: { red: 200, green: 200, blue: 190 },
  calling: { red: 40, green: 110, blue: 255 },
  stopped: { red: 255, green: 0, blue: 0 },
  offline: { red: 255, green: 130, blue: 0 },
} as const satisfies Record<string, Colour>;

export type LightMood = keyof typeof moodColours;
