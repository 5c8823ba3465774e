import { faultIn, type Proof } from '../proof.ts';

const fault = faultIn('link/generated/messages.c');

export const decoderProofs: readonly Proof[] = [
  {
    harness: 'harnesses/decoder.c',
    entry: 'prove_decode',
    sources: [],
    includes: ['link/codec.c', 'link/generated/messages.c'],
    unwind: 66,
    faults: [
      fault(
        'frame_open(&reader, sysex, length, length > 0 ? host',
        'frame_open(&reader, sysex, 7, length > 0 ? host',
        'the whole frame is checked',
      ),
      fault('if (out->drive.leftMmS < -600 ||', 'if (', 'a taken drive is at most 600 mm/s'),
      fault('out->drive.validMs > 250', 'out->drive.validMs > 2500', 'a taken drive lapses within 250 ms'),
      fault('if (out->dispenseWater.dispenseId < 1) return FRAME_RANGE;', '', 'a taken portion has an id and at most 6000 pulses'),
      fault(' || out->dispenseWater.capMs > 30000', '', "a taken portion's caps are at most 6000 pulses and 30 s"),
      fault('out->configure.pulsesPerMetreRight < 100 ||', '', 'a taken configuration has no divisor near 0'),
      fault('out->configure.speedCapMmS > 600', 'out->configure.speedCapMmS > 6000', 'a taken configuration caps the speed at 600 mm/s'),
      fault('out->configure.brakingMmS2 < 100 ||', '', 'a taken configuration brakes'),
      fault(
        'out->id = sysex[0];\n  out->seq = frame_get_u8(&reader);\n  switch (out->id) {\n    case ID_HELLO',
        'out->id = sysex[1];\n  out->seq = frame_get_u8(&reader);\n  switch (out->id) {\n    case ID_HELLO',
        'a taken message is the one of its id',
      ),
    ],
  },
];
