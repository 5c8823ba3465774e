import type { CardFailure } from './card-reader.ts';

/** What an error of PC/SC, as pcsc-mini names it, says about an exchange. `unsure`: it depends on whether the card still lies there. */
export function failureOfCode(code: string): CardFailure | 'unsure' {
  switch (code) {
    case 'RemovedCard':
    case 'NoSmartCard':
      return 'cardRemoved';
    case 'ReaderUnavailable':
    case 'UnknownReader':
    case 'NoReadersAvailable':
    case 'NoService':
    case 'ServiceStopped':
    case 'ServerTooBusy':
    case 'SystemCancelled':
    case 'InvalidHandle':
    case 'CommError':
      return 'readerUnplugged';
    case 'Timeout':
    case 'REQUEST_TIMEOUT':
      return 'timeout';
    case 'NotTransacted':
    case 'CommDataLost':
    case 'UnresponsiveCard':
    case 'UnpoweredCard':
    case 'ReadFailed':
    case 'WriteFailed':
      return 'unsure';
    default:
      // ResetCard among them: another program has ended our session.
      return 'protocol';
  }
}

/**
 * True for the ATR that a reader makes up for a memory card without ISO 14443-4: its historical bytes are an application identifier of
 * PC/SC's own, A0 00 00 03 06 (PC/SC part 3, 3.1.3.2.3.1).
 */
export function isMemoryCard(atr: Uint8Array): boolean {
  const head = [0x80, 0x4f, 0x0c, 0xa0, 0x00, 0x00, 0x03, 0x06];
  return head.every((value, at) => atr[4 + at] === value);
}

/** Longest APDU that every PC/SC reader carries: a short one, either way. */
const shortApdu = { commandBytes: 261, responseBytes: 258 } as const;
/** Extended APDU of 65535 bytes: header, length fields, data. */
const longestApdu = { commandBytes: 65_544, responseBytes: 65_538 } as const;

/** Reader attribute "maximum input" (little-endian, bytes) -> what the reader carries; null when it does not tell. */
export function longestOf(attribute: Uint8Array | null): { commandBytes: number; responseBytes: number } {
  if (!attribute || attribute.length < 4) return shortApdu;
  const told = new DataView(attribute.buffer, attribute.byteOffset).getUint32(0, true);
  return {
    commandBytes: Math.min(Math.max(told, shortApdu.commandBytes), longestApdu.commandBytes),
    responseBytes: Math.min(Math.max(told, shortApdu.responseBytes), longestApdu.responseBytes),
  };
}
