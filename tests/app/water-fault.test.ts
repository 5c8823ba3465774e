import { expect, it } from 'vitest';
import { waterFault } from '../../src/app/water-fault.ts';

const sound = { flowWhileClosed: false, leak: false, tankEmpty: false };

it('names the gravest fault of the water line, and none when it is sound', () => {
  expect(waterFault(sound)).toBeNull();
  expect(waterFault({ ...sound, tankEmpty: true })?.code).toBe('DISPENSE_TANK_EMPTY');
  expect(waterFault({ ...sound, tankEmpty: true, leak: true })?.code).toBe('DISPENSE_LEAK');
  expect(waterFault({ flowWhileClosed: true, tankEmpty: true, leak: true })?.code).toBe('DISPENSE_FLOW_WHILE_CLOSED');
});
