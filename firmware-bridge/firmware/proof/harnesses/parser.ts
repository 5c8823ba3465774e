import { faultIn, memorySafety, type Proof } from '../proof.ts';

const fault = faultIn('link/parser.c');
const shared = { harness: 'harnesses/parser.c', sources: ['link/parser.c'], includes: [], unwind: 66 };
const valid = 'a byte keeps the parser valid';

export const parserProofs: readonly Proof[] = [
  {
    ...shared,
    entry: 'prove_start',
    faults: [fault('*parser = (Parser){.status = 0};', 'parser->status = 0;', 'parser_init makes a valid state')],
  },
  {
    ...shared,
    entry: 'prove_step',
    faults: [
      fault('parser->length < SYSEX_CAPACITY)', 'parser->length <= SYSEX_CAPACITY)', memorySafety, valid),
      fault('if (byte < 0x80u)', 'if (byte < 0x90u)', valid),
      fault(
        'if (parser->inSysex && byte == SYSEX_END)',
        'if (parser->inSysex && byte >= 0x80u)',
        'a sysex ends with F7 and has lost no byte',
      ),
      fault('parser->overlong || parser->length == 0', 'parser->overlong', 'a sysex is neither empty nor longer than the buffer'),
      fault('parser->overlong || parser->length == 0', 'parser->length == 0', 'a sysex ends with F7 and has lost no byte'),
      fault('parser->overlong = false;', '', 'F0 begins anew, whatever came before'),
      fault('parser->bytes[parser->length++] = byte;', 'parser->bytes[parser->length] = byte;', 'a data byte is appended'),
      fault('receiver->sysex(receiver->context,', 'receiver->sysex(parser->bytes,', 'the receiver gets its own context'),
      fault('receiver->context, parser->bytes,', 'receiver->context, &parser->needed,', 'a sysex holds seven-bit bytes alone'),
      fault(
        'receiver->command(receiver->context, parser->status,',
        'receiver->command(receiver->context, byte,',
        'a command is a status byte and seven-bit data',
      ),
      fault(
        'parser->inSysex = false;',
        'parser->inSysex = false;\n  receiver->command(receiver->context, 0xFFu, 0, 0);',
        'a byte ends one message at most',
      ),
    ],
  },
];
