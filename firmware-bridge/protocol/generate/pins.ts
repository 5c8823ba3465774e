import type { PinDeclaration } from '../pins.ts';
import { pins } from '../pins.ts';
import { notice, upper } from './names.ts';

/** Port and bit of every pin of the Arduino Mega 2560 (pins_arduino.h of the Mega variant). */
const megaPins =
  'E0 E1 E4 E5 G5 E3 H3 H4 H5 H6 B4 B5 B6 B7 J1 J0 H1 H0 D3 D2 D1 D0 A0 A1 A2 A3 A4 A5 A6 A7 C7 C6 C5 C4 C3 C2 C1 C0 D7 G2 G1 G0 L7 L6 L5 L4 L3 L2 L1 L0 B3 B2 B1 B0 F0 F1 F2 F3 F4 F5 F6 F7 K0 K1 K2 K3 K4 K5 K6 K7'.split(
    ' ',
  );

function verify(pin: PinDeclaration): void {
  const actual = megaPins[pin.arduinoPin];
  if (actual !== `${pin.port}${pin.bit}`) throw new Error(`${pin.name}: pin ${pin.arduinoPin} of the Mega is P${actual}`);
  if (pins.filter((other) => other.arduinoPin === pin.arduinoPin).length > 1)
    throw new Error(`${pin.name}: pin ${pin.arduinoPin} is taken twice`);
}

function defines(pin: PinDeclaration): string {
  const name = `PIN_${upper(pin.name)}`;
  return `/* ${pin.doc} */
#define ${name}_NUMBER ${pin.arduinoPin}u
#define ${name}_BIT ${pin.bit}u
#define ${name}_DDR DDR${pin.port}
#define ${name}_OUT PORT${pin.port}
#define ${name}_IN PIN${pin.port}
`;
}

/** Pin numbers, registers and ownership for the firmware. The register names need <avr/io.h> only where they are used. */
export function pinsHeader(): string {
  for (const pin of pins) verify(pin);
  const reserved = new Set(pins.filter((pin) => pin.owner !== 'firmata').map((pin) => pin.arduinoPin));
  const reservedBytes = Array.from({ length: Math.ceil(megaPins.length / 8) }, (_, byte) =>
    Array.from({ length: 8 }, (_unused, bit) => (reserved.has(8 * byte + bit) ? 1 << bit : 0)).reduce((sum, mask) => sum | mask, 0),
  );
  const table = megaPins.map((at) => `  ENTRY(${at.charAt(0)}, ${at.slice(1)})`);
  return `/* ${notice} */
#ifndef LETAN_BOARD_GENERATED_PINS_H
#define LETAN_BOARD_GENERATED_PINS_H

${pins.map(defines).join('')}
#define MEGA_PIN_COUNT ${megaPins.length}u
#define MEGA_FIRST_ANALOG_PIN 54u
/* One bit per pin, set where a function of the firmware owns it and Firmata clients are refused. */
#define RESERVED_PIN_BYTES {${reservedBytes.map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ')}}
/* Port and bit of every pin in Arduino order: ENTRY(port letter, bit). */
#define MEGA_PINS(ENTRY) \\
${table.join(' \\\n')}

#endif
`;
}
