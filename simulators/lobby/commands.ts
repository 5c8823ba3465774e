import { z } from 'zod';

/** What a hand can do to the simulated lobby. Lengths in mm in the lobby frame. */

const personId = z.string().regex(/^[a-z0-9-]{1,24}$/, 'lower-case letters, digits and dashes, at most 24');
const coordinate = z.number().min(-100_000).max(100_000);
const spot = { xMm: coordinate, yMm: coordinate };

export const maximumWalkMmS = 1600;

export const lobbyCommandSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('addPerson'), id: personId, ...spot }),
  /** Puts a person elsewhere at once, as a dragging hand does. */
  z.strictObject({ type: z.literal('movePerson'), id: personId, ...spot }),
  /** The person walks there in a straight line and stops early at whatever is in the way. */
  z.strictObject({ type: z.literal('walkPerson'), id: personId, ...spot, speedMmS: z.number().min(50).max(maximumWalkMmS).default(1000) }),
  z.strictObject({ type: z.literal('removePerson'), id: personId }),
  /** A hand lifts the robot and puts it down; that spot becomes the mark that the tape measures from. */
  z.strictObject({ type: z.literal('placeRobot'), ...spot, headingDeg: z.number().min(-360).max(360) }),
  z.strictObject({ type: z.literal('eStop'), pressed: z.boolean() }),
  /** A knock against one side of the bumper. */
  z.strictObject({ type: z.literal('hitBumper'), side: z.enum(['left', 'right']) }),
  /** The blue release button, pressed for 200 ms. */
  z.strictObject({ type: z.literal('pressRelease') }),
  z.strictObject({ type: z.literal('fillTank') }),
  z.strictObject({ type: z.literal('emptyTank') }),
  z.strictObject({ type: z.literal('cup'), present: z.boolean() }),
  z.strictObject({ type: z.literal('leak'), wet: z.boolean() }),
  /** Dirt keeps the water valve open, or is cleaned away. */
  z.strictObject({ type: z.literal('valveStuck'), open: z.boolean() }),
  z.strictObject({ type: z.literal('snackStock'), count: z.number().int().min(0).max(20) }),
  z.strictObject({ type: z.literal('hatch'), open: z.boolean() }),
  z.strictObject({ type: z.literal('cliff'), atEdge: z.boolean() }),
  z.strictObject({ type: z.literal('motorFault'), faulty: z.boolean() }),
  z.strictObject({ type: z.literal('battery'), volts: z.number().min(0).max(30) }),
  /** A front range sensor falls silent, or speaks again. */
  z.strictObject({ type: z.literal('sensorFail'), sensor: z.enum(['frontLeft', 'frontRight']), failed: z.boolean() }),
]);
export type LobbyCommand = z.infer<typeof lobbyCommandSchema>;
