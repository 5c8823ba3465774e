import type { FieldDeclaration, FieldType, MessageDeclaration } from '../messages.ts';
import {
  dictionaryHash,
  enumOf,
  enums,
  fieldBytes,
  frameBytes,
  isFullRange,
  messages,
  notice,
  pascal,
  protocolVersion,
  rangeOf,
  upper,
} from './names.ts';

const cTypes: Record<FieldType, string> = { u8: 'uint8_t', u16: 'uint16_t', u32: 'uint32_t', i16: 'int16_t', i32: 'int32_t' };
const sides = ['host', 'firmware'] as const;
type Side = (typeof sides)[number];

const ofSide = (from: Side): MessageDeclaration[] => messages.filter((message) => message.from === from);
const literal = (value: number): string => {
  if (value > 0x7fff) return `${value}UL`;
  if (value === -0x80000000) return '(-2147483647L - 1)';
  return value < -0x7fff ? `${value}L` : String(value);
};

function structOf(message: MessageDeclaration): string {
  const fields = message.fields.map((field) => {
    const unit = field.unit ? ` [${field.unit}]` : '';
    return `  ${cTypes[field.type]} ${field.name}; /* ${field.doc}${unit} */\n`;
  });
  // C11 knows no empty struct.
  const inner = fields.length > 0 ? fields.join('') : '  uint8_t nothing;\n';
  return `/* ${message.doc} */\ntypedef struct {\n${inner}} ${pascal(message.name)}Message;\n`;
}

function bitDefines(message: MessageDeclaration): string[] {
  return message.fields.flatMap((field) =>
    Object.entries(field.bits ?? {}).map(([bit, at]) => `#define ${upper(message.name)}_${upper(field.name)}_${upper(bit)} ${1 << at}u\n`),
  );
}

function unionOf(from: Side): string {
  const members = ofSide(from).map((message) => `    ${pascal(message.name)}Message ${message.name};\n`);
  return `/* One decoded message from the ${from}; \`id\` tells which member is valid. */\ntypedef struct {\n  uint8_t id;\n  uint8_t seq;\n  union {\n${members.join('')}  };\n} ${pascal(from)}Message;\n`;
}

/** Ids, enumerations, structs and codec declarations for the firmware. */
export function cHeader(): string {
  const ids = messages.map((message) => `#define ID_${upper(message.name)} 0x${message.id.toString(16).padStart(2, '0')}u\n`);
  const enumBlocks = enums.map(({ name, values }) => {
    const entries = Object.entries(values).map(([key, value]) => `  ${upper(name).slice(1)}_${upper(key)} = ${value},\n`);
    return `typedef enum {\n${entries.join('')}} ${name};\n`;
  });
  const encoders = messages.map(
    (message) => `uint8_t encode_${message.name}(const ${pascal(message.name)}Message *message, uint8_t seq, uint8_t *out);\n`,
  );
  return `/* ${notice} */
#ifndef LETAN_LINK_GENERATED_MESSAGES_H
#define LETAN_LINK_GENERATED_MESSAGES_H
#include <stdint.h>
#include "../codec.h"

#define PROTOCOL_MAJOR ${protocolVersion.major}u
#define PROTOCOL_MINOR ${protocolVersion.minor}u
#define DICTIONARY_HASH 0x${dictionaryHash.toString(16).padStart(8, '0')}UL
/* Longest frames on the wire, F0 and F7 included. */
#define MAX_HOST_FRAME_BYTES ${Math.max(...ofSide('host').map(frameBytes))}u
#define MAX_FIRMWARE_FRAME_BYTES ${Math.max(...ofSide('firmware').map(frameBytes))}u

${ids.join('')}
${enumBlocks.join('\n')}
${messages.flatMap(bitDefines).join('')}
${messages.map(structOf).join('\n')}
${sides.map(unionOf).join('\n')}
/* Each writes the whole frame, F0 to F7, and returns its length. */
${encoders.join('')}
/* Decode the bytes between F0 and F7; check length, pairs, CRC, id and ranges in this order. On FRAME_RANGE id and seq are valid. */
${sides.map((side) => `FrameFault decode_${side}_frame(const uint8_t *sysex, uint8_t length, ${pascal(side)}Message *out);\n`).join('')}
#endif
`;
}

function encoder(message: MessageDeclaration): string {
  const puts = message.fields.map((field) => {
    const value = `message->${field.name}`;
    const unsigned = field.type.replace('i', 'u');
    const cast = field.type.startsWith('i') ? `(${cTypes[unsigned === 'u16' ? 'u16' : 'u32']})${value}` : value;
    return `  frame_put_${unsigned}(&writer, ${cast});\n`;
  });
  const body = puts.length > 0 ? puts.join('') : '  (void)message;\n';
  return `uint8_t encode_${message.name}(const ${pascal(message.name)}Message *message, uint8_t seq, uint8_t *out) {
  FrameWriter writer;
  frame_begin(&writer, out, ID_${upper(message.name)}, seq);
${body}  return frame_end(&writer);
}
`;
}

function rangeCheck(path: string, field: FieldDeclaration): string[] {
  const named = enumOf(field);
  const { min, max } = rangeOf(field);
  if (named && Object.keys(named.values).length !== max + 1) throw new Error(`${field.name}: values must be 0..n without gaps`);
  if (isFullRange(field)) return [];
  const tests = [
    ...(min === 0 && field.type.startsWith('u') ? [] : [`${path} < ${literal(min)}`]),
    ...(max === 2 ** 32 - 1 ? [] : [`${path} > ${literal(max)}`]),
  ];
  return [`      if (${tests.join(' || ')}) return FRAME_RANGE;\n`];
}

function decodeCase(message: MessageDeclaration): string {
  const gets = message.fields.map((field) => {
    const read = `frame_get_${field.type.replace('i', 'u')}(&reader)`;
    const cast = field.type.startsWith('i') ? `(${cTypes[field.type]})` : '';
    return `      out->${message.name}.${field.name} = ${cast}${read};\n`;
  });
  const checks = message.fields.flatMap((field) => rangeCheck(`out->${message.name}.${field.name}`, field));
  return `    case ID_${upper(message.name)}:\n${gets.join('')}${checks.join('')}      return FRAME_OK;\n`;
}

function decoder(from: Side): string {
  const lengths = ofSide(from).map((message) => `    case ID_${upper(message.name)}:\n      return ${fieldBytes(message)};\n`);
  return `static uint8_t ${from}_field_bytes(uint8_t id) {
  switch (id) {
${lengths.join('')}    default:
      return FIELD_BYTES_UNKNOWN;
  }
}

FrameFault decode_${from}_frame(const uint8_t *sysex, uint8_t length, ${pascal(from)}Message *out) {
  FrameReader reader;
  const FrameFault fault = frame_open(&reader, sysex, length, length > 0 ? ${from}_field_bytes(sysex[0]) : FIELD_BYTES_UNKNOWN);
  if (fault != FRAME_OK) return fault;
  out->id = sysex[0];
  out->seq = frame_get_u8(&reader);
  switch (out->id) {
${ofSide(from).map(decodeCase).join('')}    default:
      return FRAME_UNKNOWN_ID;
  }
}
`;
}

/** The firmware's codec. */
export function cSource(): string {
  return `/* ${notice} */
#include "messages.h"

${messages.map(encoder).join('\n')}
${sides.map(decoder).join('\n')}`;
}
