import { expect, it } from 'vitest';
import { Pacer } from '../../../simulators/mega2560/pacer.ts';

it('follows the wall clock from where it began', () => {
  const pacer = new Pacer(1000, 0);
  expect(pacer.target(1001, 0)).toBe(1);
  expect(pacer.target(1060, 1)).toBe(60); // 59 ms behind: all of it is made up
  expect(pacer.maxLagMs).toBe(59);
  expect(pacer.droppedMs).toBe(0);
});

it('makes up a lag of 250 ms and drops what is beyond it', () => {
  const pacer = new Pacer(0, 0);
  expect(pacer.target(250, 0)).toBe(250);
  expect(pacer.droppedMs).toBe(0);
  expect(pacer.target(1000, 250)).toBe(500);
  expect(pacer.droppedMs).toBe(500);
  expect(pacer.target(1001, 500)).toBe(501);
});
