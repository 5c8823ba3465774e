/** How bad it is, as VDA 5050 grades robot errors. */
export type ErrorLevel = 'warning' | 'urgent' | 'critical' | 'fatal';

interface ErrorKind {
  level: ErrorLevel;
  /** What a technician should do. */
  hint: string;
  /** Key of the text a citizen sees (config/texts), or null where she sees nothing. */
  textKey: string | null;
}

/** Every stable error code of the house. Match on the code, never on a message. */
export const errorKinds = {
  CONFIG_INVALID: { level: 'fatal', hint: 'Mend every line named above, then start again.', textKey: null },
  PORT_IN_USE: { level: 'fatal', hint: 'Another robot may be running; stop it, or choose another port (see --help).', textKey: null },
  REQUEST_TIMEOUT: { level: 'warning', hint: 'The other side did not answer in time; look at its log.', textKey: null },
  CANCELLED: { level: 'warning', hint: 'The request was withdrawn.', textKey: null },
  BOARD_NOT_CONNECTED: { level: 'critical', hint: "Plug in the control board's USB cable.", textKey: 'fault.board' },
  BOARD_PROTOCOL_MISMATCH: {
    level: 'fatal',
    hint: 'Flash the firmware release that belongs to this version of letan.',
    textKey: 'fault.board',
  },
  BOARD_REJECTED: { level: 'warning', hint: 'The firmware refused the command; see its safety state.', textKey: null },
  BOARD_SILENT: {
    level: 'critical',
    hint: 'The control board is connected but says nothing; it is opened anew by itself. If this stays, unplug and plug it again.',
    textKey: 'fault.board',
  },
  BOARD_WATCHDOG: {
    level: 'critical',
    hint: 'The control board was reset by its watchdog; a person must release the wheels.',
    textKey: 'fault.board',
  },
  DEVICE_IN_USE: { level: 'fatal', hint: 'End the program named above, then run the same command again.', textKey: null },
  DEVICE_PERMISSION: { level: 'fatal', hint: 'Do what is said above, log in again, and run the same command again.', textKey: null },
  FIRMWARE_TRUNCATED: { level: 'fatal', hint: 'The image was cut off: copy or download it again.', textKey: null },
  FIRMWARE_CHECKSUM: { level: 'fatal', hint: 'The image was damaged: copy or download it again.', textKey: null },
  FIRMWARE_IMAGE_INVALID: { level: 'fatal', hint: 'Give the Intel HEX file of a firmware release.', textKey: null },
  FIRMWARE_MANIFEST: {
    level: 'fatal',
    hint: 'A release is the hex file with its manifest.json beside it; copy both, or build it with `npm run firmware`.',
    textKey: null,
  },
  FIRMWARE_HASH: { level: 'fatal', hint: 'Hex file and manifest are not of the same release: copy both again.', textKey: null },
  FIRMWARE_UNSIGNED: {
    level: 'fatal',
    hint: 'Get a signed release (`letan firmware sign` makes one); only a development unit may say `firmware: { trust: development }`.',
    textKey: null,
  },
  FIRMWARE_SIGNATURE: {
    level: 'fatal',
    hint: 'The manifest was changed after it was signed: do not use it; get the release again.',
    textKey: null,
  },
  FIRMWARE_KEY_UNTRUSTED: {
    level: 'fatal',
    hint: "If you know the signer, add this key to `firmware: { keys: [...] }` in the unit's robot file.",
    textKey: null,
  },
  FIRMWARE_PROTOCOL: { level: 'fatal', hint: 'Take the firmware release that came with this version of letan.', textKey: null },
  FLASH_WRONG_BOARD: { level: 'fatal', hint: 'The port leads to another board, or the image is for another: check both.', textKey: null },
  FLASH_NO_BOOT_LOADER: {
    level: 'fatal',
    hint: "Run the same command again and press the control board's reset button when it says so.",
    textKey: null,
  },
  FLASH_LINK_LOST: {
    level: 'critical',
    hint: 'Check the USB cable, then run the same command again: the board waits in its boot loader.',
    textKey: null,
  },
  FLASH_VERIFY: {
    level: 'critical',
    hint: 'Run the same command again. If it happens again, the flash of the control board is worn out: replace the board.',
    textKey: null,
  },
  FLASH_NOT_RUNNING: {
    level: 'critical',
    hint: 'The image was written and verified: press the reset button and run `letan doctor`. If the board stays silent, flash it again.',
    textKey: null,
  },
  CALIBRATION_IMPLAUSIBLE: {
    level: 'warning',
    hint: 'Nothing was written. Look for what disturbed the measurement, then run the same command again.',
    textKey: null,
  },
  CALIBRATION_CHANGED: { level: 'warning', hint: 'Nothing was written. `letan calibrate history` lists the changes.', textKey: null },
  SAFETY_STOP: { level: 'urgent', hint: 'Remove the cause, then press the release button.', textKey: 'stop.title' },
  ROBOT_STOPPED: { level: 'warning', hint: 'The ward ordered a stop; it lasts until the order to resume.', textKey: 'halted.title' },
  WHEELS_BLOCKED: { level: 'warning', hint: 'The path stayed blocked; clear the way.', textKey: null },
  DISPENSE_BUSY: { level: 'warning', hint: 'Another portion is still being dispensed.', textKey: 'water.failed' },
  DISPENSE_NO_FLOW: { level: 'urgent', hint: 'Water did not flow: check tank, valve and flow meter.', textKey: 'water.failed' },
  DISPENSE_TANK_EMPTY: { level: 'urgent', hint: 'Refill the water tank.', textKey: 'water.empty' },
  DISPENSE_CUP_MISSING: { level: 'warning', hint: 'No cup was found under the spout.', textKey: 'water.noCup' },
  DISPENSE_TIMEOUT: { level: 'urgent', hint: 'The portion did not finish in time: check the flow.', textKey: 'water.failed' },
  DISPENSE_LEAK: {
    level: 'critical',
    hint: 'Water stands in the drip tray: find where it comes from, wipe the tray and its sensor dry.',
    textKey: 'water.failed',
  },
  DISPENSE_FLOW_WHILE_CLOSED: {
    level: 'critical',
    hint: "Water runs although the valve is closed: shut the tank's tap, then clean or replace the valve. Water is given again once it is quiet.",
    textKey: 'water.outOfOrder',
  },
  DISPENSE_INTERRUPTED: { level: 'warning', hint: 'Dispensing was stopped by a safety function.', textKey: 'water.failed' },
  SNACK_NOT_DROPPED: { level: 'urgent', hint: 'The spiral turned and nothing fell: refill or clear the column.', textKey: 'snack.failed' },
  PRINTER_OFFLINE: { level: 'urgent', hint: 'Check cable and power of the ticket printer.', textKey: 'ticket.printerFault' },
  PRINTER_PAPER_END: { level: 'urgent', hint: 'Put in a new paper roll.', textKey: 'ticket.paperOut' },
  PRINTER_PAPER_NEAR_END: { level: 'warning', hint: 'The paper roll is nearly used up.', textKey: null },
  PRINTER_COVER_OPEN: { level: 'urgent', hint: "Close the printer's cover.", textKey: 'ticket.printerFault' },
  PRINTER_CUTTER: { level: 'urgent', hint: 'Clear the jammed cutter.', textKey: 'ticket.printerFault' },
  PRINTER_OVERHEAT: { level: 'urgent', hint: 'Let the printer cool down.', textKey: 'ticket.printerFault' },
  PRINTER_BUSY: { level: 'warning', hint: 'Too many papers are waiting to be printed.', textKey: 'ticket.printerFault' },
  PRINTER_UNKNOWN_OUTCOME: { level: 'urgent', hint: 'The printer did not confirm; the ticket was voided.', textKey: 'ticket.printerFault' },
  SCANNER_OFFLINE: { level: 'warning', hint: 'Check the cable of the QR scanner.', textKey: 'scan.offline' },
  SCAN_UNKNOWN: { level: 'warning', hint: 'The code is of no kind this robot knows.', textKey: 'scan.unknown' },
  CARD_QR_INVALID: { level: 'warning', hint: 'The scanned card code is damaged.', textKey: 'scan.unreadable' },
  QUEUE_OFFLINE: { level: 'urgent', hint: 'No connection to the queue server: check network and broker.', textKey: 'fault.offline' },
  QUEUE_REFUSED: { level: 'warning', hint: 'The queue server refused the request; see its code.', textKey: 'ticket.refused' },
  QUEUE_BAD_MESSAGE: { level: 'warning', hint: 'A message from the broker did not match the contract and was dropped.', textKey: null },
  QUEUE_SERVICE_CLOSED: { level: 'warning', hint: 'The service is closed now.', textKey: 'ticket.closed' },
  QUEUE_NUMBERS_EXHAUSTED: { level: 'warning', hint: 'No number of the service is left today.', textKey: 'ticket.exhausted' },
  QUEUE_NO_ANSWER: {
    level: 'urgent',
    hint: 'The broker is there, but the queue server does not answer: look at the queue server.',
    textKey: 'fault.offline',
  },
  QUEUE_VERSION: {
    level: 'critical',
    hint: 'Robot and queue server speak different versions of the contract: update the older one.',
    textKey: 'fault.offline',
  },
  QUEUE_DUPLICATE_CLIENT: {
    level: 'critical',
    hint: 'Another program is connected with the identity of this robot: give each robot its own id and certificate.',
    textKey: 'fault.offline',
  },
  QUEUE_CLOCK_SKEW: {
    level: 'warning',
    hint: "Robot and queue server disagree about the time: set the robot's clock (NTP).",
    textKey: null,
  },
  QUEUE_TLS: {
    level: 'critical',
    hint: 'The encrypted connection to the broker could not be made: check certificate files, host name and dates.',
    textKey: 'fault.offline',
  },
  QUEUE_NOT_AUTHORISED: {
    level: 'critical',
    hint: "The broker refuses this robot: check user name or certificate, and the broker's access list.",
    textKey: 'fault.offline',
  },
  QUEUE_CERTIFICATE_REFUSED: {
    level: 'urgent',
    hint: "The broker refuses the robot's new certificate and the one before is in use again until it expires or the robot restarts: put in one of the ward's authority and of this robot's name.",
    textKey: null,
  },
  QUEUE_CERTIFICATE_EXPIRES: {
    level: 'urgent',
    hint: "Renew the robot's certificate and put the new files in place of the old ones; no restart is needed.",
    textKey: null,
  },
  LEASE_EMPTY: {
    level: 'warning',
    hint: 'Without numbers in hand the robot gives none in an outage: look at the queue server, which lends them when the robot is online.',
    textKey: null,
  },
  OUTBOX_STUCK: {
    level: 'urgent',
    hint: 'The queue server does not answer some stored messages while it answers others: look into its log for these keys.',
    textKey: null,
  },
  BOOKING_NOT_TODAY: { level: 'warning', hint: 'The booking is for another day.', textKey: 'booking.notToday' },
  BOOKING_TOO_EARLY: { level: 'warning', hint: "The booking's window has not begun.", textKey: 'booking.tooEarly' },
  BOOKING_TOO_LATE: { level: 'warning', hint: "The booking's window is over.", textKey: 'booking.tooLate' },
  BOOKING_USED: { level: 'warning', hint: 'The booking was already checked in.', textKey: 'booking.used' },
  BOOKING_UNKNOWN: { level: 'warning', hint: 'The booking is not known to the queue server.', textKey: 'booking.unknown' },
  OUTBOX_FULL: {
    level: 'critical',
    hint: 'Too many undelivered messages; restore the link to the queue server.',
    textKey: 'fault.offline',
  },
  STORE_FAILED: { level: 'critical', hint: 'The store could not be written: check disk space and the card.', textKey: 'fault.offline' },
  PERIPHERAL_FAULTY: { level: 'urgent', hint: 'Check plug and wires of the part named above, and its calibration.', textKey: null },
  PERIPHERAL_UNSUPPORTED: {
    level: 'warning',
    hint: 'The released firmware reads analogue and digital pins; take this part out of `peripherals`.',
    textKey: null,
  },
  PERIPHERAL_TOO_HOT: { level: 'urgent', hint: 'Too hot: look for a blocked fan or vent.', textKey: null },
  PERIPHERAL_LEVEL_LOW: { level: 'warning', hint: 'Refill what runs low.', textKey: null },
  PERIPHERAL_DOOR_OPEN: { level: 'warning', hint: 'Close the door named above.', textKey: null },
  VOICE_FAILED: {
    level: 'warning',
    hint: 'The speech engine failed or hung: run `espeak-ng xin` by hand, or install it again.',
    textKey: null,
  },
  VOICE_MISSING: { level: 'warning', hint: 'Install espeak-ng for spoken calls; texts are shown instead.', textKey: null },
  VOICE_SILENT: {
    level: 'warning',
    hint: 'Plug in the loudspeaker, see `aplay -L` for its name (`voice: { device }`), and install alsa-utils; it is tried again by itself.',
    textKey: null,
  },
  E_STOP_DISAGREES: {
    level: 'critical',
    hint: "The control board and the computer's sense contact see the e-stop chain differently: take the robot out of service and check the chain's wiring.",
    textKey: null,
  },
  GPIO_UNAVAILABLE: { level: 'warning', hint: "The computer's own GPIO cannot be used; see the detail.", textKey: null },
  CARD_READER_OFFLINE: { level: 'warning', hint: 'Check the cable of the card reader.', textKey: 'chip.offline' },
  CARD_READER_SERVICE: {
    level: 'warning',
    hint: 'The smart card service does not answer: install and start pcscd, and `npm install` the optional package "pcsc-mini".',
    textKey: 'chip.offline',
  },
  CHIP_REMOVED: { level: 'warning', hint: 'The card left the reader while it was read.', textKey: 'chip.removed' },
  CHIP_SEVERAL: { level: 'warning', hint: 'More than one card lay on the reader.', textKey: 'chip.several' },
  CHIP_UNREADABLE: {
    level: 'warning',
    hint: 'The chip did not answer as its standard says, or the field is weak.',
    textKey: 'chip.unreadable',
  },
  CHIP_WRONG_KEY: {
    level: 'warning',
    hint: 'The number read or typed is not the one of the card on the reader.',
    textKey: 'chip.wrongKey',
  },
  CHIP_FORGED: { level: 'urgent', hint: "The chip's data or the chip itself failed a check: ask the officer.", textKey: 'chip.forged' },
  TOUCHSCREEN_OFFLINE: { level: 'warning', hint: 'Check the USB cable of the touch panel.', textKey: null },
  TOUCHSCREEN_SUSPECT: {
    level: 'urgent',
    hint: 'The touch panel reports touches nobody makes, or a strip of it is dead: clean it, then `letan calibrate touchscreen`.',
    textKey: null,
  },
  HID_PERMISSION: {
    level: 'urgent',
    hint: 'The user that runs letan may not open the HID device: add the udev rule of hardware/README.md and plug it again.',
    textKey: null,
  },
  PTY_UNAVAILABLE: {
    level: 'fatal',
    hint: 'The simulator needs Linux with /dev/ptmx, perl and stty (Debian: perl-base, coreutils).',
    textKey: null,
  },
  DEVICE_OFFLINE: { level: 'warning', hint: 'Check cable and power of the part named above.', textKey: null },
  DEVICE_FAULTY: { level: 'urgent', hint: 'The device answers nonsense: unplug and plug it again.', textKey: null },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

/** What travels in events, MQTT and views: plain data without a stack or personal data. */
export interface ErrorInfo {
  code: ErrorCode;
  /** For logs and technicians; never personal data. */
  detail: string;
}

/** The one error class of the house. `detail` must never hold personal data. */
export class LetanError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, detail: string, options?: { cause?: unknown }) {
    super(`${code}: ${detail}`, options);
    this.name = 'LetanError';
    this.code = code;
    this.detail = detail;
  }
  readonly detail: string;
  get level(): ErrorLevel {
    return errorKinds[this.code].level;
  }
  get hint(): string {
    return errorKinds[this.code].hint;
  }
  get textKey(): string | null {
    return errorKinds[this.code].textKey;
  }
  toInfo(): ErrorInfo {
    return { code: this.code, detail: this.detail };
  }
}

/** Turns whatever was thrown into an {@link ErrorInfo}; a foreign error becomes `fallback`. */
export function toErrorInfo(thrown: unknown, fallback: ErrorCode): ErrorInfo {
  if (thrown instanceof LetanError) return thrown.toInfo();
  return { code: fallback, detail: thrown instanceof Error ? thrown.message : String(thrown) };
}
