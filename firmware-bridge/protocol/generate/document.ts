import type { MessageDeclaration } from '../messages.ts';
import { pins } from '../pins.ts';
import { dictionaryHash, enumOf, enums, fieldBytes, frameBytes, messages, notice, pascal, protocolVersion, rangeOf } from './names.ts';
import { table } from './table.ts';

function section(message: MessageDeclaration): string {
  const id = `0x${message.id.toString(16).padStart(2, '0')}`;
  const head = `### \`${message.name}\` (${id}, from the ${message.from}${message.acknowledged ? ', acknowledged' : ''})\n\n${message.doc} ${fieldBytes(message)} bytes of fields, ${frameBytes(message)} on the wire.\n`;
  if (message.fields.length === 0) return head;
  const rows = message.fields.map((field) => {
    const { min, max } = rangeOf(field);
    const named = enumOf(field);
    const bits = field.bits && Object.entries(field.bits).map(([bit, at]) => `${at} \`${bit}\``);
    const range = named ? pascal(named.name) : bits ? `bits ${bits.join(', ')}` : `${min} … ${max}`;
    return [`\`${field.name}\``, field.type, field.unit, range, field.doc];
  });
  return `${head}\n${table([['field', 'type', 'unit', 'range', ''], ...rows])}`;
}

const enumTable = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${value} \`${key}\``)
    .join(', ');

/** PROTOCOL.md. */
export function protocolDocument(): string {
  const pinRows = pins.map((pin) => [`${pin.arduinoPin}`, `P${pin.port}${pin.bit}`, `\`${pin.name}\``, pin.direction, pin.owner, pin.doc]);
  return `<!-- ${notice} -->
# The link between host and firmware

Version ${protocolVersion.major}.${protocolVersion.minor}, dictionary hash \`${dictionaryHash.toString(16).padStart(8, '0')}\`, USART0 at 250000 baud 8N1.

Firmata 2.8 carries pins; our own messages travel as user sysex commands beside it:

\`F0 id pairs(seq, fields…, crc16) F7\`

Every byte after the id is two seven-bit bytes, least significant first. Numbers are little-endian, negative ones in two's complement. The CRC
is CRC-16/CCITT-FALSE (poly 0x1021, init 0xFFFF; "123456789" gives 0x29B1) over id, seq and fields before the seven-bit encoding, low byte first.
\`seq\` counts each side's frames modulo 256. A receiver checks length, pairs, CRC, id and ranges in this order; what fails is counted and not obeyed.
An acknowledged message that is only out of range is answered with \`outOfRange\`; a whole frame of an unknown id with \`unknownMessage\`.

## Messages

${messages.map(section).join('\n')}
## Enumerations

${enums.map(({ name, values }) => `- **${name}**: ${enumTable(values)}\n`).join('')}
## Pins

Pins whose owner is not \`firmata\` have no Firmata modes, and writes to them are refused and counted. Pins not listed are free.

${table([['pin', 'port', 'name', 'direction', 'owner', ''], ...pinRows])}`;
}
