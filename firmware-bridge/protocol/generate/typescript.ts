import type { FieldDeclaration, MessageDeclaration } from '../messages.ts';
import { dictionaryHash, enumOf, enums, fieldBytes, messages, notice, pascal, protocolVersion, rangeOf } from './names.ts';

const bitsType = (message: MessageDeclaration, field: FieldDeclaration): string => `${pascal(message.name)}${pascal(field.name)}`;
const lower = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

function fieldType(message: MessageDeclaration, field: FieldDeclaration): string {
  const named = enumOf(field);
  if (named) return named.name;
  return field.bits ? bitsType(message, field) : 'number';
}

function interfaceOf(message: MessageDeclaration): string {
  const bitSets = message.fields.flatMap((field) =>
    field.bits
      ? [
          `/** ${field.doc}. */\nexport interface ${bitsType(message, field)} {\n${Object.keys(field.bits)
            .map((bit) => `  ${bit}: boolean;\n`)
            .join('')}}\n\n`,
        ]
      : [],
  );
  const fields = message.fields.map((field) => {
    const { min, max } = rangeOf(field);
    const plain = field.values || field.bits ? '' : ` (${min}..${max}${field.unit ? ` ${field.unit}` : ''})`;
    return `  /** ${field.doc}${plain}. */\n  ${field.name}: ${fieldType(message, field)};\n`;
  });
  return `${bitSets.join('')}/** ${message.doc} */\nexport interface ${pascal(message.name)}Message {\n  name: '${message.name}';\n${fields.join('')}}\n`;
}

const enumBlock = (): string =>
  enums
    .map(({ name, values }) => {
      const entries = Object.entries(values).map(([key, value]) => `  ${key}: ${value},\n`);
      const first = lower(name);
      return (
        `const ${first}Values = {\n${entries.join('')}} as const;\nexport type ${name} = keyof typeof ${first}Values;\n` +
        `const ${first}Names: ReadonlyMap<number, ${name}> = new Map([\n${Object.entries(values)
          .map(([key, value]) => `  [${value}, '${key}'],\n`)
          .join('')}]);\n`
      );
    })
    .join('\n');

function tableBlock(): string {
  const rows = messages.map((message) => {
    const fields = message.fields.map((field) => {
      const { min, max } = rangeOf(field);
      return `      ${field.name}: { type: '${field.type}', min: ${min}, max: ${max} },\n`;
    });
    const inner = fields.length > 0 ? `{\n${fields.join('')}    }` : '{}';
    return `  ${message.name}: {\n    id: ${message.id},\n    fieldBytes: ${fieldBytes(message)},\n    fields: ${inner},\n  },\n`;
  });
  return `const table = {\n${rows.join('')}} as const;\n`;
}

function encodeCase(message: MessageDeclaration): string {
  const lines = message.fields.map((field) => {
    const named = enumOf(field);
    let value = `message.${field.name}`;
    if (named) value = `${lower(named.name)}Values[${value}]`;
    if (field.bits) {
      value = Object.entries(field.bits)
        .map(([bit, at]) => `(message.${field.name}.${bit} ? ${1 << at} : 0)`)
        .join(' | ');
    }
    return `      writeField(out, '${message.name}.${field.name}', table.${message.name}.fields.${field.name}, ${value});\n`;
  });
  return `    case '${message.name}':\n${lines.join('')}      break;\n`;
}

function decodeCase(message: MessageDeclaration): string {
  const constants: string[] = [];
  const lines = message.fields.map((field) => {
    const wire = `table.${message.name}.fields.${field.name}`;
    const named = enumOf(field);
    if (named) return `        ${field.name}: reader.readName(${wire}, ${lower(named.name)}Names, '${Object.keys(named.values)[0]}'),\n`;
    if (!field.bits) return `        ${field.name}: reader.read(${wire}),\n`;
    return `        ${field.name}: to${bitsType(message, field)}(reader.read(${wire})),\n`;
  });
  return `    case ${message.id}:\n${constants.join('')}      return {\n        name: '${message.name}',\n${lines.join('')}      };\n`;
}

const bitReaders = (): string =>
  messages
    .flatMap((message) =>
      message.fields.flatMap((field) => {
        if (!field.bits) return [];
        const name = bitsType(message, field);
        const entries = Object.entries(field.bits).map(([bit, at]) => `    ${bit}: (bits & ${1 << at}) !== 0,\n`);
        return [`function to${name}(bits: number): ${name} {\n  return {\n${entries.join('')}  };\n}\n`];
      }),
    )
    .join('\n');

const union = (from: MessageDeclaration['from']): string =>
  messages
    .filter((message) => message.from === from)
    .map((message) => `${pascal(message.name)}Message`)
    .join(' | ');

const idSet = (condition: (message: MessageDeclaration) => boolean): string =>
  `[${messages
    .filter(condition)
    .map((message) => `'${message.name}'`)
    .join(', ')}]`;

/** The host's codec. */
export function typescriptCodec(): string {
  return `// ${notice}
import { FieldReader, type FrameFault, unwrapFrame, wrapFrame, writeField } from '../codec.ts';

export const protocolVersion = { major: ${protocolVersion.major}, minor: ${protocolVersion.minor} } as const;
/** First four bytes of the SHA-256 of the message declarations; both sides must agree. */
export const dictionaryHash = 0x${dictionaryHash.toString(16).padStart(8, '0')};

${enumBlock()}
${messages.map(interfaceOf).join('\n')}
export type HostMessage = ${union('host')};
export type FirmwareMessage = ${union('firmware')};
export type Message = HostMessage | FirmwareMessage;

${tableBlock()}
const fieldBytesById: ReadonlyMap<number, number> = new Map(Object.values(table).map((entry) => [entry.id, entry.fieldBytes]));
const firmwareNames: ReadonlySet<string> = new Set(${idSet((message) => message.from === 'firmware')});
const acknowledgedNames: ReadonlySet<string> = new Set(${idSet((message) => message.acknowledged)});

/** Sysex command byte of a message. */
export const messageId = (name: Message['name']): number => table[name].id;
/** Whether the firmware sends it. */
export const isFirmwareMessage = (message: Message): message is FirmwareMessage => firmwareNames.has(message.name);
/** Whether the firmware answers it with \`ack\`. */
export const isAcknowledged = (name: Message['name']): boolean => acknowledgedNames.has(name);

/** The whole frame, F0 and F7 included. \`seq\` is taken modulo 256. Throws RangeError when a field is out of its range. */
export function encodeFrame(message: Message, seq: number): Uint8Array {
  const out: number[] = [];
  switch (message.name) {
${messages.map(encodeCase).join('')}  }
  return wrapFrame(table[message.name].id, seq, out);
}

export type DecodeResult = { ok: true; seq: number; message: Message } | { ok: false; cause: FrameFault };

/** Decodes the bytes between F0 and F7 (id and seven-bit pairs) and checks length, pairs, CRC, id and ranges in this order. */
export function decodeFrame(sysexBytes: Uint8Array): DecodeResult {
  const frame = unwrapFrame(sysexBytes, (id) => fieldBytesById.get(id));
  if (!frame.ok) return frame;
  const reader = new FieldReader(frame.bytes, 1);
  const message = readMessage(frame.id, reader);
  if (!message) return { ok: false, cause: 'unknownId' };
  return reader.inRange ? { ok: true, seq: frame.seq, message } : { ok: false, cause: 'range' };
}

${bitReaders()}
function readMessage(id: number, reader: FieldReader): Message | null {
  switch (id) {
${messages.map(decodeCase).join('')}    default:
      return null;
  }
}
`;
}
