/**
 * The messages between host and firmware, declared once. `generate.ts` turns this file into the firmware's C header, the
 * host's TypeScript codec, PROTOCOL.md and golden frames.
 *
 * On the wire: `F0 id pairs(seq, fields…, crc16) F7`. Every byte after the id travels as two seven-bit bytes, least
 * significant first (Firmata's convention). Numbers are little-endian. The CRC is CRC-16/CCITT-FALSE (poly 0x1021, init
 * 0xFFFF) over id, seq and fields, before the seven-bit encoding. `seq` counts each side's frames modulo 256.
 */
export const protocolVersion = { major: 2, minor: 0 } as const;

export type FieldType = 'u8' | 'u16' | 'u32' | 'i16' | 'i32';

export interface FieldDeclaration {
  name: string;
  type: FieldType;
  unit: string;
  min: number;
  max: number;
  doc: string;
  /** Named values of an enumeration (`name: value`). */
  values?: Readonly<Record<string, number>>;
  /** Named bits of a bit set (`name: bit number`). */
  bits?: Readonly<Record<string, number>>;
}

export interface MessageDeclaration {
  name: string;
  /** Firmata user sysex command, 0x01-0x0F. */
  id: number;
  from: 'host' | 'firmware';
  /** The firmware answers it with `ack`. */
  acknowledged: boolean;
  doc: string;
  fields: readonly FieldDeclaration[];
}

const limits: Record<FieldType, [number, number]> = {
  u8: [0, 0xff],
  u16: [0, 0xffff],
  u32: [0, 0xffffffff],
  i16: [-0x8000, 0x7fff],
  i32: [-0x80000000, 0x7fffffff],
};

function field(name: string, type: FieldType, unit: string, doc: string, more: Partial<FieldDeclaration> = {}): FieldDeclaration {
  const [min, max] = limits[type];
  return { name, type, unit, min, max, doc, ...more };
}

/** Why the robot is held still. The first cause of a stop is kept until it is released. */
export const stopCauseValues = {
  none: 0,
  powerUp: 1,
  watchdogReset: 2,
  eStop: 3,
  bumperLeft: 4,
  bumperRight: 5,
  cliff: 6,
  obstacleFront: 7,
  obstacleLeft: 8,
  obstacleRight: 9,
  obstacleRear: 10,
  rangeSensorFailed: 11,
  heartbeatLost: 12,
  encoderFault: 13,
  motorFault: 14,
  batteryLow: 15,
  hatchOpen: 16,
  wheelStall: 17,
  /** A wheel turns otherwise than it is told to. */
  runaway: 18,
  /** Flash, RAM or stack check failed: no release, the board needs a technician. */
  selfTestFailed: 19,
  brownOut: 20,
} as const;

export const ackResultValues = {
  accepted: 0,
  /** Same dispense id as before: the earlier outcome stands. */
  repeated: 1,
  /** A stop is in force. */
  stopped: 2,
  /** An interlock forbids it: moving while dispensing or the reverse. */
  interlocked: 3,
  /** A field is out of its range. */
  outOfRange: 4,
  busy: 5,
  unknownMessage: 6,
  /** After a bumper hit: only away from the hit side, at creep speed. */
  retreatOnly: 7,
} as const;

export const resetCauseValues = { powerOn: 0, external: 1, brownOut: 2, watchdog: 3, jtag: 4 } as const;

export const dispenseResultValues = {
  idle: 0,
  running: 1,
  done: 2,
  noFlow: 3,
  volumeCap: 4,
  timeCap: 5,
  cupMissing: 6,
  tankEmpty: 7,
  leak: 8,
  interrupted: 9,
  notRenewed: 10,
  notDropped: 11,
  /** Water runs although the valve is closed. */
  flowWhileClosed: 12,
} as const;

export const dispenseKindValues = { water: 0, snack: 1 } as const;

const dispenseFields: readonly FieldDeclaration[] = [
  field('dispenseId', 'u32', '', 'Chosen by the host, never 0; a repeated id never dispenses twice', { min: 1 }),
];

export const messages: readonly MessageDeclaration[] = [
  {
    name: 'hello',
    id: 0x01,
    from: 'host',
    acknowledged: false,
    doc: 'Opens the session; answered by `identity`.',
    fields: [
      field('protocolMajor', 'u8', '', "The host's protocol version"),
      field('protocolMinor', 'u8', '', "The host's protocol version"),
    ],
  },
  {
    name: 'heartbeat',
    id: 0x02,
    from: 'host',
    acknowledged: false,
    doc: 'The host is alive. Silence for 100 ms begins a controlled stop, silence for 250 ms ends a running dispense.',
    fields: [field('hostTimeMs', 'u32', 'ms', "The host's monotonic clock, echoed in `state` to measure the round trip")],
  },
  {
    name: 'drive',
    id: 0x03,
    from: 'host',
    acknowledged: true,
    doc: 'Wheel speeds to hold, at most for `validMs`; must be renewed.',
    fields: [
      field('leftMmS', 'i16', 'mm/s', 'Left wheel, forwards positive', { min: -600, max: 600 }),
      field('rightMmS', 'i16', 'mm/s', 'Right wheel, forwards positive', { min: -600, max: 600 }),
      field('validMs', 'u16', 'ms', 'The command lapses after this time', { min: 20, max: 250 }),
    ],
  },
  {
    name: 'stop',
    id: 0x04,
    from: 'host',
    acknowledged: true,
    doc: 'Stops wheels, valve and spiral at once. Latches nothing.',
    fields: [],
  },
  {
    name: 'dispenseWater',
    id: 0x05,
    from: 'host',
    acknowledged: true,
    doc: 'Opens the valve until `pulses` have passed. Needs a heartbeat all the time.',
    fields: [
      ...dispenseFields,
      field('pulses', 'u16', 'pulses', 'Target volume in flow meter pulses; the firmware closes early by the over-run it has learned', {
        min: 1,
        max: 6000,
      }),
      field('capPulses', 'u16', 'pulses', 'Volume cap: never more than this', { min: 1, max: 6000 }),
      field('capMs', 'u16', 'ms', 'Time cap: the valve is never open longer', { min: 100, max: 30000 }),
    ],
  },
  {
    name: 'dispenseSnack',
    id: 0x06,
    from: 'host',
    acknowledged: true,
    doc: 'Turns the spiral one turn; up to three quarter turns more until the beam sees a drop.',
    fields: dispenseFields,
  },
  {
    name: 'configure',
    id: 0x07,
    from: 'host',
    acknowledged: true,
    doc: 'Calibration of this unit; sent after every `identity`. Refused while moving or dispensing.',
    fields: [
      field('pulsesPerMetreLeft', 'u16', 'pulses/m', 'Encoder pulses a metre, left wheel', { min: 100, max: 20000 }),
      field('pulsesPerMetreRight', 'u16', 'pulses/m', 'Encoder pulses a metre, right wheel', { min: 100, max: 20000 }),
      field('speedCapMmS', 'u16', 'mm/s', 'Upper bound of any wheel speed', { min: 50, max: 600 }),
      field('marginMm', 'u16', 'mm', 'Distance kept from anything in the way; at it or nearer is a protective stop', {
        min: 150,
        max: 2000,
      }),
      field('resumeMm', 'u16', 'mm', 'A protective stop ends when the way is free this far; at least marginMm', { min: 150, max: 3000 }),
      field('decelerationMmS2', 'u16', 'mm/s2', 'Braking ramp of a controlled stop', { min: 100, max: 5000 }),
      field('brakingMmS2', 'u16', 'mm/s2', 'Deceleration that this unit was measured to reach in a controlled stop', {
        min: 100,
        max: 5000,
      }),
      field('brakingDelayMs', 'u16', 'ms', 'Measured time from the order to brake to the beginning of deceleration', { min: 0, max: 500 }),
      field('frontLeftOffsetMm', 'i16', 'mm', 'Added to the readings of the front left sensor', { min: -200, max: 200 }),
      field('frontRightOffsetMm', 'i16', 'mm', 'Added to the readings of the front right sensor', { min: -200, max: 200 }),
      field('valveClosing100us', 'u16', '0.1 ms', 'Time that full flow goes on after the order to close: where learning begins', {
        min: 0,
        max: 3000,
      }),
    ],
  },
  {
    name: 'queryDispense',
    id: 0x08,
    from: 'host',
    acknowledged: false,
    doc: 'Asks for the outcome of a dispense; answered by `dispenseReport` (result `idle` if the id is not known).',
    fields: dispenseFields,
  },
  {
    name: 'identity',
    id: 0x0a,
    from: 'firmware',
    acknowledged: false,
    doc: 'Who the firmware is. Sent after boot and in answer to `hello`.',
    fields: [
      field('protocolMajor', 'u8', '', 'Protocol version; a different major number cannot be used'),
      field('protocolMinor', 'u8', '', 'Protocol version'),
      field('firmwareMajor', 'u8', '', 'Firmware version'),
      field('firmwareMinor', 'u8', '', 'Firmware version'),
      field('firmwarePatch', 'u8', '', 'Firmware version'),
      field('dictionaryHash', 'u32', '', 'First four bytes of the SHA-256 of the message declarations'),
      field('resetCause', 'u8', '', 'Cause of the last reset', { values: resetCauseValues }),
      field('previousUptimeMs', 'u32', 'ms', 'How long the program had run at that reset; 0 after power-on'),
      field('previousStopCause', 'u8', '', 'First cause of the last stop before that reset', { values: stopCauseValues }),
      field('previousStopAtMs', 'u32', 'ms', 'Uptime of that run at which it happened'),
      field('selfTest', 'u8', '', 'What the self test at boot found', { bits: { flashDamaged: 0, ramDamaged: 1 } }),
    ],
  },
  {
    name: 'ack',
    id: 0x0b,
    from: 'firmware',
    acknowledged: false,
    doc: 'Answer to an acknowledged message.',
    fields: [
      field('ackedSeq', 'u8', '', 'Sequence number of the message answered'),
      field('ackedId', 'u8', '', 'Id of the message answered'),
      field('result', 'u8', '', 'What became of it', { values: ackResultValues }),
    ],
  },
  {
    name: 'state',
    id: 0x0c,
    from: 'firmware',
    acknowledged: false,
    doc: 'Sent every 50 ms, and at once when the stop cause changes.',
    fields: [
      field('uptimeMs', 'u32', 'ms', 'Since boot'),
      field('hostTimeMs', 'u32', 'ms', 'Echo of the last heartbeat'),
      field('stopCause', 'u8', '', 'First cause of the present stop', { values: stopCauseValues }),
      field('lastStopCause', 'u8', '', 'First cause of the latest stop since boot, over or not', { values: stopCauseValues }),
      field('lastStopAtMs', 'u32', 'ms', 'Uptime at which it began'),
      field('flags', 'u16', '', 'State bits', {
        bits: {
          latched: 0,
          moving: 1,
          dispensing: 2,
          eStopOpen: 3,
          configured: 4,
          cupPresent: 5,
          tankEmpty: 6,
          hatchOpen: 7,
          retreatOnly: 8,
          flowWhileClosed: 9,
          leak: 10,
          releasePressed: 11,
        },
      }),
      field('leftPulses', 'i32', 'pulses', 'Left encoder since boot, signed'),
      field('rightPulses', 'i32', 'pulses', 'Right encoder since boot, signed'),
      field('leftMmS', 'i16', 'mm/s', 'Measured speed'),
      field('rightMmS', 'i16', 'mm/s', 'Measured speed'),
      field('rangeFrontLeftMm', 'u16', 'mm', '65535 = nothing seen or sensor failed'),
      field('rangeFrontRightMm', 'u16', 'mm', '65535 = nothing seen or sensor failed'),
      field('rangeLeftMm', 'u16', 'mm', '65535 = nothing seen'),
      field('rangeRightMm', 'u16', 'mm', '65535 = nothing seen'),
      field('rangeRearMm', 'u16', 'mm', '65535 = nothing seen'),
      field('batteryMv', 'u16', 'mV', 'Supply'),
      field('speedCapMmS', 'u16', 'mm/s', 'What the free distance in the present direction allows'),
      field('worstTickUs', 'u16', 'us', 'Longest tick since boot'),
      field('missedTicks', 'u16', 'ticks', 'Ticks that began a whole period late, since boot'),
      field('stackFreeBytes', 'u16', 'bytes', 'Least stack left since boot'),
      field('rejectedFrames', 'u16', 'frames', 'Frames refused since boot: wrong CRC, length or id'),
      field('refusedPinWrites', 'u16', 'writes', 'Firmata writes to pins that a safety function owns'),
    ],
  },
  {
    name: 'dispenseReport',
    id: 0x0d,
    from: 'firmware',
    acknowledged: false,
    doc: 'Every 100 ms while dispensing, at its end (repeated twice), and in answer to `queryDispense`.',
    fields: [
      field('dispenseId', 'u32', '', 'The dispense reported'),
      field('kind', 'u8', '', 'What was dispensed', { values: dispenseKindValues }),
      field('result', 'u8', '', 'State or outcome', { values: dispenseResultValues }),
      field('pulses', 'u16', 'pulses', 'Flow meter pulses so far, over-run included'),
      field('elapsedMs', 'u16', 'ms', 'Since the valve opened'),
      field('targetPulses', 'u16', 'pulses', 'What was asked for; 0 for a snack'),
      field('closing100us', 'u16', '0.1 ms', 'Closing time as learned so far'),
    ],
  },
];
