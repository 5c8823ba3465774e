/** Capability of the mood light. Colours are 0-255. */
export interface Lights {
  set(colour: { red: number; green: number; blue: number }): void;
}
