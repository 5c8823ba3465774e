import { describe, expect, it } from 'vitest';
import { Robot, robotIn, withReader } from './robot.ts';

const card = (recordId: string) => ({ type: 'scan.read', code: { kind: 'card', recordId } }) as const;
const withNumber = () => withReader(Robot.ready(), 'registrationNumber').send({ type: 'touch.cardNumber', recordId: 'n1' });

describe("a card's chip", () => {
  it('is looked for with the record that was scanned, and its data are confirmed', () => {
    const robot = robotIn('registrationChip');
    expect(robot.commands.at(-1)).toMatchObject({ type: 'chip.seek', recordId: 'r1' });
    robot.send({ type: 'chip.progress', id: robot.id('chip.seek'), stage: 'checking' });
    expect(robot.context.visit.chipStage).toBe('checking');
    robot.send({ type: 'chip.read', id: robot.id('chip.seek'), verdict: 'notAChipOfItsOwn' });
    expect(robot.visit).toBe('registrationConfirm');
    expect(robot.context.visit).toMatchObject({ recordIds: ['r1'], chipStage: null });
  });

  it('is not looked for on a unit without a reader, nor with one that is broken', () => {
    expect(robotIn('registrationScan').send(card('r1')).visit).toBe('registrationConfirm');
    const broken = withReader(Robot.ready(), 'registrationScan');
    const error = { code: 'CARD_READER_OFFLINE', detail: '' } as const;
    broken.send({ type: 'device.changed', device: 'cardReader', state: { status: 'offline', error } }, { type: 'touch.typeNumber' });
    expect(broken.visit).toBe('registrationScan');
    expect(broken.send(card('r1')).visit).toBe('registrationConfirm');
  });

  it('that failed a check is not confirmed: the person is dropped', () => {
    const robot = robotIn('registrationChip');
    robot.send({ type: 'chip.read', id: robot.id('chip.seek'), verdict: 'forged' });
    expect(robot.visit).toBe('serviceFailed');
    expect(robot.context.visit).toMatchObject({ recordIds: [], error: { code: 'CHIP_FORGED' } });
  });

  it('can be left out where the code was scanned, not where a number was typed', () => {
    expect(robotIn('registrationChip').send({ type: 'touch.decline' }).context.visit.recordIds).toEqual(['r1']);
    const typed = withNumber();
    expect(typed.commands.at(-1)).toMatchObject({ type: 'chip.seek', recordId: 'n1' });
    typed.send({ type: 'touch.decline' });
    expect(typed.visit).toBe('registrationScan');
    expect(typed.context.visit.recordIds).toEqual([]);
  });

  it('is read of two people, one after the other', () => {
    const robot = robotIn('registrationChip');
    robot.send({ type: 'chip.read', id: robot.id('chip.seek'), verdict: 'intact' }, { type: 'touch.addPerson' }, card('r2'));
    expect(robot.commands.at(-1)).toMatchObject({ type: 'chip.seek', recordId: 'r2' });
    robot.send({ type: 'chip.read', id: robot.id('chip.seek'), verdict: 'genuine' }, { type: 'touch.accept' });
    expect(robot.commands.at(-1)).toMatchObject({ type: 'registration.submit', recordIds: ['r1', 'r2'] });
  });

  it.each([
    ['leaves', (robot: Robot) => robot.send({ type: 'touch.exit' })],
    ['goes back', (robot: Robot) => robot.send({ type: 'touch.back' })],
    ['goes on without it', (robot: Robot) => robot.send({ type: 'touch.decline' })],
    ['waits too long', (robot: Robot) => robot.clock.advance(95_000)],
  ])('is no longer looked for when the citizen %s', (_how, end) => {
    const robot = robotIn('registrationChip');
    const [sought] = [robot.id('chip.seek')];
    end(robot);
    expect(robot.count('chip.stop')).toBe(1);
    const { visit } = robot;
    robot.send({ type: 'chip.read', id: sought, verdict: 'genuine' });
    expect(robot.visit).toBe(visit);
  });

  it('is looked for again after a failure, with the same record', () => {
    const robot = robotIn('registrationChipFailed').send({ type: 'touch.accept' });
    expect(robot.visit).toBe('registrationChip');
    expect(robot.count('chip.seek')).toBe(2);
    expect(robot.commands.at(-1)).toMatchObject({ type: 'chip.seek', recordId: 'r1' });
  });
});
