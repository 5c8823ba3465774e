import { z } from 'zod';
import { sitePapersSchema } from './papers.ts';
import { peripheralsSchema } from './peripherals.ts';

/** Shape, units and ranges of the configuration files. Unknown keys are faults: nothing is silently ignored. */

const millimetres = (min: number, max: number) => z.number().int().min(min).max(max).describe('mm');
const milliseconds = (min: number, max: number) => z.number().int().min(min).max(max).describe('ms');
const port = z.number().int().min(0).max(65535).describe('TCP port; 0 picks a free one');
const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'lower-case letters, digits and dashes, at most 31');
/** USB ids as `lsusb` writes them, hexadecimal; none: the first device with the right usage. */
const usbId = z.custom<string>(
  (id) => typeof id === 'string' && /^[0-9a-f]{4}$/.test(id),
  // Without quotes YAML makes a number of 0901, and of 05e0 too.
  "four hexadecimal digits in quotes, for instance '05e0'",
);
const usbIdentity = { vendorId: usbId.optional(), productId: usbId.optional() };
const gpioLine = z.strictObject({ chipLabel: z.string().min(1), line: z.number().int().min(0).max(511) });
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM');
const point = z.strictObject({ xMm: z.number(), yMm: z.number() });

/** A public ed25519 key has a fixed shape: base64 of its 32 bytes, bare or behind the constant head of its PEM. */
const firmwareKey = z
  .string()
  .trim()
  .regex(
    /^(?:[A-Za-z0-9+/]{43}=|-----BEGIN PUBLIC KEY-----\s+MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=\s+-----END PUBLIC KEY-----)$/,
    'must be a public ed25519 key: the line that `letan firmware keygen` prints, or PEM',
  );

export const localTextSchema = z.strictObject({ vi: z.string().min(1), en: z.string().min(1), ko: z.string().min(1) });

export const siteSchema = z.strictObject({
  ward: slug,
  name: localTextSchema,
  /** Outline of the lobby, mm, counter-clockwise. */
  outline: z.array(point).min(3),
  /** Solid things: pillars, desks. */
  obstacles: z.array(
    z.strictObject({
      name: z.string(),
      xMm: z.number(),
      yMm: z.number(),
      widthMm: millimetres(10, 20000),
      heightMm: millimetres(10, 20000),
    }),
  ),
  places: z.record(z.string(), z.strictObject({ xMm: z.number(), yMm: z.number(), headingDeg: z.number().min(-360).max(360) })),
  counters: z.array(z.strictObject({ counter: z.number().int().min(1).max(99), xMm: z.number(), yMm: z.number() })),
  patrol: z.array(z.string()),
  home: z.string(),
  /** PNG file in config/papers, printed in black and white where the paper's template says `logo`. */
  logo: z.string().min(1).optional(),
  /** Templates of the papers. */
  papers: sitePapersSchema.prefault({}),
});
export type SiteConfig = z.infer<typeof siteSchema>;

export const robotSchema = z.strictObject({
  robotId: slug,
  name: z.string().min(1).max(40),
  /** File name in config/sites without `.yaml`. */
  site: slug,
  defaultLanguage: z.enum(['vi', 'en', 'ko']).default('vi'),
  board: z.strictObject({ path: z.string(), baudRate: z.literal(250000).default(250000) }),
  /** Whose firmware `letan flash` takes: `signed` by one of the keys, or on a development unit unsigned too. */
  firmware: z
    .strictObject({ trust: z.enum(['signed', 'development']).default('signed'), keys: z.array(firmwareKey).default([]) })
    .prefault({}),
  printer: z.strictObject({
    path: z.string(),
    baudRate: z.union([z.literal(9600), z.literal(19200), z.literal(38400), z.literal(57600), z.literal(115200)]).default(115200),
    /** Epson TM with process id; a clone without. Paper width 80 mm (576 dots) or 58 mm (384 dots). */
    profile: z.enum(['epson-80mm', 'epson-58mm', 'clone-80mm', 'clone-58mm']).default('epson-80mm'),
    /**
     * When nobody knows whether the paper came out: `void` the ticket, or print it once more, marked as a second copy. In both cases the
     * printer has been emptied first.
     */
    onUnknown: z.enum(['void', 'reprintOnce']).default('void'),
  }),
  /** On a serial or USB-COM line, or in HID POS mode. */
  qrScanner: z.discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: z.literal('serial').optional(), path: z.string(), baudRate: z.literal([9600, 115200]).default(115200) }),
      z.strictObject({ kind: z.literal('hid'), ...usbIdentity }),
    ],
    'kind must be one of: serial, hid',
  ),
  /** Reader of the card's chip: a PN532 on a serial line, or whatever the PC/SC service knows. None: cards are read by their QR code alone. */
  cardReader: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('pn532'), path: z.string(), baudRate: z.literal(115200).default(115200) }),
      /** `name`: part of the reader's name as `letan doctor` lists it; none: the first reader. */
      z.strictObject({ kind: z.literal('pcsc'), name: z.string().min(1).optional() }),
    ])
    .optional(),
  /** The touch panel's HID interface, for calibration and diagnosis; the browser points by itself. */
  touchscreen: z
    .strictObject({
      ...usbIdentity,
      /**
       * First two rows of the matrix from the panel's to the screen's coordinates, both from 0 to 1, as libinput's
       * LIBINPUT_CALIBRATION_MATRIX has it; `letan calibrate touchscreen` measures it.
       */
      calibration: z
        .array(z.number().min(-10).max(10))
        .refine(({ length }) => length === 6, "six numbers: a b c d e f of x' = ax + by + c, y' = dx + ey + f")
        .optional(),
    })
    .optional(),
  identity: z
    .strictObject({
      /** Folder of country signing certificates (DER or PEM). None: a sound chip counts as `intact`, never as `genuine`. */
      cscaFolder: z.string().optional(),
      /** Shows the chip's portrait while the citizen confirms her data, and nowhere else. */
      showPortrait: z.boolean().default(false),
    })
    .prefault({}),
  /** Lines of the computer's own GPIO, by chip label and line (`gpioinfo` shows both); hardware/README.md says how they are wired. */
  gpio: z
    .strictObject({
      boardReset: gpioLine.optional(),
      eStopSense: gpioLine.optional(),
      fan: gpioLine.optional(),
      serviceButton: gpioLine.optional(),
    })
    .prefault({}),
  /** Sensors, contacts and servos on free pins of the control board. */
  peripherals: peripheralsSchema.default([]),
  voice: z
    .strictObject({
      /** Loudness, percent of full. */
      volumePercent: z.number().int().min(0).max(100).default(80),
      /** Other loudness at times of the day, ward's time; later entries win. */
      quieter: z.array(z.strictObject({ from: clockTime, to: clockTime, volumePercent: z.number().int().min(0).max(100) })).default([]),
      /** How Vietnamese numbers are said: `linh` and `nghìn`, or `lẻ` and `ngàn`. */
      region: z.enum(['north', 'south']).default('north'),
      /** Sound device as `aplay -L` names it. None: ALSA's default. */
      device: z.string().min(1).optional(),
    })
    .prefault({}),
  kiosk: z.strictObject({ host: z.string().default('127.0.0.1'), port: port.default(8080) }),
  queue: z.strictObject({
    /** Of one broker, or of each node of a cluster; tried in turn. */
    brokerUrls: z
      .array(
        z
          .url({ protocol: /^mqtts?$/, error: 'must be mqtt://host:port or mqtts://host:port' })
          .refine((url) => !/@/.test(url), 'no user or password here: use username and passwordFile'),
      )
      .min(1)
      .max(8),
    /** MQTT version; `auto` tries 5 first, then 3.1.1. */
    protocol: z.enum(['auto', '5', '3.1.1']).default('auto'),
    username: z.string().optional(),
    passwordFile: z.string().optional(),
    /** PEM files. With `mqtts` the broker's certificate is always checked, against `caFile` or the system's authorities. */
    tls: z
      .strictObject({
        caFile: z.string().optional(),
        certificateFile: z.string().optional(),
        keyFile: z.string().optional(),
        /** Name in the broker's certificate, where it is not the host of the URL. */
        serverName: z.string().min(1).optional(),
      })
      .refine((tls) => (tls.certificateFile === undefined) === (tls.keyFile === undefined), 'certificateFile and keyFile go together')
      .optional(),
    /** Public key (JWK, P-256) that registrations are encrypted to. */
    publicKeyFile: z.string(),
    requestTimeoutMs: milliseconds(100, 60000).default(5000),
    outboxLimit: z.number().int().min(10).max(100000).default(5000),
  }),
  store: z.strictObject({ file: z.string() }),
  behaviour: z
    .strictObject({
      patrolEveryMs: milliseconds(5000, 3600000).default(90000),
      waterEnabled: z.boolean().default(true),
      snackEnabled: z.boolean().default(true),
      waterVolumeMl: z.number().int().min(50).max(300).default(150),
      screenTimeoutMs: milliseconds(3000, 300000).default(30000),
      longScreenTimeoutMs: milliseconds(3000, 600000).default(90000),
      shortScreenTimeoutMs: milliseconds(1000, 60000).default(8000),
      callDisplayMs: milliseconds(500, 60000).default(8000),
      presenceDistanceMm: millimetres(300, 3000).default(1300),
    })
    .prefault({}),
  calibration: z.strictObject({
    pulsesPerMetreLeft: z.number().int().min(100).max(20000),
    pulsesPerMetreRight: z.number().int().min(100).max(20000),
    trackWidthMm: z.number().min(100).max(1000),
    speedCapMmS: z.number().int().min(50).max(600),
    marginMm: millimetres(150, 2000),
    resumeMm: millimetres(150, 3000),
    /** Ramp of a controlled stop. */
    decelerationMmS2: z.number().int().min(100).max(5000),
    /** What the unit was measured to reach, and how long it takes to begin. */
    brakingMmS2: z.number().int().min(100).max(5000),
    brakingDelayMs: milliseconds(0, 500),
    frontLeftOffsetMm: z.number().int().min(-200).max(200),
    frontRightOffsetMm: z.number().int().min(-200).max(200),
    flowPulsesPerLitre: z.number().min(100).max(20000),
    /** Time that full flow goes on after the order to close. */
    valveClosingMs: z.number().min(0).max(300),
  }),
  /** First-run password of the service page is made on first start and kept here, hashed. */
  service: z.strictObject({ passwordFile: z.string() }),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});
export type RobotConfig = z.infer<typeof robotSchema>;
