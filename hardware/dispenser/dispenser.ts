/** Capability of the water and snack dispenser. Ids make a request idempotent across resets of either side. */
export interface Dispenser {
  /**
   * Fills `volumeMl` (10-300 mL). `onProgress` gets the volume so far. Resolves with the volume measured; rejects with
   * `DISPENSE_NO_FLOW`, `DISPENSE_TANK_EMPTY`, `DISPENSE_CUP_MISSING`, `DISPENSE_TIMEOUT`, `DISPENSE_INTERRUPTED`,
   * `DISPENSE_BUSY`, `SAFETY_STOP` or `BOARD_NOT_CONNECTED`.
   */
  dispenseWater(volumeMl: number, onProgress: (dispensedMl: number) => void): Promise<number>;
  /** One snack; rejects with `SNACK_NOT_DROPPED` and the codes above. */
  dispenseSnack(): Promise<void>;
  abort(): void;
}
