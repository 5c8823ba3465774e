import type { PaperLine } from './printer.ts';

/** Printed behind what came out of a failed paper, before it is cut off; Vietnamese for the officer who finds it. */
export const voidMark: readonly PaperLine[] = [
  { kind: 'rule' },
  { kind: 'text', text: 'VOID', size: 'large', align: 'centre', bold: true },
  { kind: 'text', text: 'PHIẾU HỎNG, KHÔNG CÓ GIÁ TRỊ', size: 'small', align: 'centre', bold: true },
];
