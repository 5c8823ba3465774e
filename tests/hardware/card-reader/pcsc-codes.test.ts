import { describe, expect, it } from 'vitest';
import { failureOfCode, isMemoryCard, longestOf } from '../../../hardware/card-reader/pcsc-codes.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

describe('what PC/SC says', () => {
  it.each([
    ['RemovedCard', 'cardRemoved'],
    ['NoSmartCard', 'cardRemoved'],
    ['ReaderUnavailable', 'readerUnplugged'],
    ['NoService', 'readerUnplugged'],
    ['Timeout', 'timeout'],
    ['NotTransacted', 'unsure'],
    ['ResetCard', 'protocol'],
    ['InsufficientBuffer', 'protocol'],
    ['a code of tomorrow', 'protocol'],
  ])('%s: %s', (code, failure) => {
    expect(failureOfCode(code)).toBe(failure);
  });

  it('tells a memory card by the ATR its reader makes up, and no chip card', () => {
    // MIFARE Classic 1K and Ultralight, from PC/SC part 3, supplement; then a passport-like chip, a contact card, nothing.
    expect(isMemoryCard(bytes('3b8f8001804f0ca000000306030001000000006a'))).toBe(true);
    expect(isMemoryCard(bytes('3b8f8001804f0ca0000003060300030000000068'))).toBe(true);
    expect(isMemoryCard(bytes('3b8880010000000000818100'))).toBe(false);
    expect(isMemoryCard(bytes('3b80800101'))).toBe(false);
    expect(isMemoryCard(bytes(''))).toBe(false);
  });

  it('takes the longest APDU from the reader, never less than a short one, never more than an extended one', () => {
    expect(longestOf(null)).toEqual({ commandBytes: 261, responseBytes: 258 });
    expect(longestOf(bytes('05'))).toEqual({ commandBytes: 261, responseBytes: 258 });
    expect(longestOf(bytes('10000000'))).toEqual({ commandBytes: 261, responseBytes: 258 });
    expect(longestOf(bytes('00080000'))).toEqual({ commandBytes: 2048, responseBytes: 2048 });
    expect(longestOf(bytes('ffffffff'))).toEqual({ commandBytes: 65_544, responseBytes: 65_538 });
  });
});
