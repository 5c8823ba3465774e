import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pageMessageLimitBytes, parsePageMessage, petitionLimit, toTouchEvent } from '../../src/kiosk/page-message.ts';

const noVault = {
  put(): string {
    throw new Error('only a petition goes to the vault');
  },
};

describe('page messages', () => {
  test.each([
    { type: 'wake' },
    { type: 'language', language: 'ko' },
    { type: 'menu', choice: 'booking' },
    { type: 'service', serviceId: 'civil', followedBy: [], priorityClass: 'veteran' },
    { type: 'service', serviceId: 'a', followedBy: ['b', 'c', 'd', 'e'], priorityClass: 'withChild' },
    { type: 'procedure', code: '2.000815' },
    { type: 'accept' },
    { type: 'decline' },
    { type: 'addPerson' },
    { type: 'typeNumber' },
    { type: 'rating', score: 5 },
    { type: 'back' },
    { type: 'exit' },
    { type: 'stillHere' },
  ])('$type becomes a touch with the same fields', ({ type, ...fields }) => {
    const message = parsePageMessage(JSON.stringify({ type, ...fields }));
    expect(message && toTouchEvent(message, noVault)).toEqual({ type: `touch.${type}`, ...fields });
  });

  test('a petition leaves its text in the vault and goes on as a handle', () => {
    const kept: unknown[] = [];
    const message = parsePageMessage(JSON.stringify({ type: 'petition', text: '  Đèn đường hỏng  ' }));
    const event = message && toTouchEvent(message, { put: (typed) => `record-${kept.push(typed)}` });
    expect(event).toEqual({ type: 'touch.petition', recordId: 'record-1' });
    expect(kept).toEqual([{ kind: 'text', text: 'Đèn đường hỏng' }]);
  });

  test.each(['123456', '012345678901'])('the number of a card goes to the vault and on as a handle (%s)', (number) => {
    const kept: unknown[] = [];
    const message = parsePageMessage(JSON.stringify({ type: 'cardNumber', number }));
    const event = message && toTouchEvent(message, { put: (typed) => `record-${kept.push(typed)}` });
    expect(event).toEqual({ type: 'touch.cardNumber', recordId: 'record-1' });
    expect(kept).toEqual([{ kind: 'number', number }]);
  });

  test.each([
    ['seven digits', '{"type":"cardNumber","number":"1234567"}'],
    ['letters for digits', '{"type":"cardNumber","number":"12345x"}'],
    ['no JSON', '{'],
    ['no object', '"wake"'],
    ['unknown type', '{"type":"drive"}'],
    ['a touch event', '{"type":"touch.wake"}'],
    ['one field too many', '{"type":"wake","x":1}'],
    ['unknown language', '{"type":"language","language":"fr"}'],
    ['unknown choice', '{"type":"menu","choice":"gold"}'],
    ['score out of range', '{"type":"rating","score":6}'],
    ['score as text', '{"type":"rating","score":"5"}'],
    ['empty petition', '{"type":"petition","text":"   "}'],
    ['a service twice', '{"type":"service","serviceId":"a","followedBy":["b","a"],"priorityClass":"none"}'],
    ['six services', '{"type":"service","serviceId":"a","followedBy":["b","c","d","e","f"],"priorityClass":"none"}'],
    ['endless id', JSON.stringify({ type: 'procedure', code: '1'.repeat(65) })],
  ])('refuses %s', (_, text) => expect(parsePageMessage(text)).toBeNull());

  test('the longest petition fits, in any script, and one letter more does not', () => {
    for (const letter of ['a', 'ộ', '한']) {
      expect(parsePageMessage(JSON.stringify({ type: 'petition', text: letter.repeat(petitionLimit) }))).not.toBeNull();
      expect(parsePageMessage(JSON.stringify({ type: 'petition', text: letter.repeat(petitionLimit + 1) }))).toBeNull();
    }
    expect(parsePageMessage(`{"type":"wake"${' '.repeat(pageMessageLimitBytes)}}`)).toBeNull();
  });

  test('whatever arrives is a message or nothing', () => {
    const types = ['wake', 'language', 'menu', 'service', 'rating', 'petition', '__proto__', 'constructor'];
    const shaped = fc.record(
      { type: fc.constantFrom(...types), language: fc.anything(), choice: fc.anything(), score: fc.anything(), text: fc.anything() },
      { requiredKeys: ['type'] },
    );
    const bytes = fc.oneof(
      fc.string(),
      fc.json(),
      shaped.map((value) => JSON.stringify(value) ?? ''),
    );
    fc.assert(
      fc.property(bytes, (text) => {
        const message = parsePageMessage(text);
        if (message !== null) expect(toTouchEvent(message, { put: () => 'record' }).type).toBe(`touch.${message.type}`);
      }),
      { numRuns: 2000 },
    );
  });
});
