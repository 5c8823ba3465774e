import { faultIn, type Proof } from '../proof.ts';

const supervisor = faultIn('safety/supervisor.c');
const latch = faultIn('safety/stop_latch.c');
const drive = faultIn('safety/drive.c');
const water = faultIn('safety/water.c');

const shared = {
  harness: 'harnesses/supervisor.c',
  sources: [
    'safety/supervisor.c',
    'safety/stop_latch.c',
    'safety/protective_stop.c',
    'safety/dispenser.c',
    'safety/snack.c',
    'safety/flow_watch.c',
    'safety/ranging.c',
  ],
  includes: ['safety/drive.c', 'safety/retreat.c', 'safety/water.c'],
  unwind: 9,
};
const valid = 'the state stays valid';

export const supervisorProofs: readonly Proof[] = [
  {
    ...shared,
    entry: 'prove_start',
    faults: [latch('{.cause = cause, .powerOff = true}', '{.cause = cause}', 'the board boots stopped')],
  },
  {
    ...shared,
    entry: 'prove_message',
    faults: [
      supervisor('supervisor->limits = *message;', 'supervisor->limits.speedCapMmS = 0;', 'the calibration stays valid', valid),
      supervisor(
        'AckResult supervisor_stop(Supervisor *supervisor) {\n',
        'AckResult supervisor_stop(Supervisor *supervisor) {\n  supervisor->latch.cause = STOP_CAUSE_NONE;\n  supervisor->retreat.hit = 0;\n',
        'no message latches or releases a stop',
        'no message ends a retreat',
      ),
      drive(
        'drive->validMs = command->validMs;',
        'drive->validMs = command->validMs;\n  drive->enabled = true;',
        'no message powers a motor by itself',
      ),
      supervisor(
        'if (latched(supervisor) || heartbeat_lost(supervisor)) return ACK_RESULT_STOPPED;',
        '',
        'no dispense begins during a latched stop',
        'no dispense begins without a live host',
      ),
      supervisor(
        'if (drive_moving(&supervisor->drive) || drive_commanded(&supervisor->drive)) return ACK_RESULT_INTERLOCKED;',
        '',
        'no dispense begins while a wheel turns',
        'the parts stay in step',
      ),
      faultIn('safety/protective_stop.c')(
        'stop->wantedLeftMmS = left;',
        'stop->wantedLeftMmS = (int16_t)(2 * left);',
        'the protective stop stays valid',
      ),
    ],
  },
  {
    ...shared,
    entry: 'prove_step',
    faults: [
      supervisor(
        '  hold_still(supervisor);\n',
        '',
        'motor outputs are zero while a stop without power is latched',
        'no motion is asked for while any stop is latched',
        'no motion is asked for without a live host',
        'no motion is asked for during a protective stop',
        'valve and spiral are off while any stop is latched',
        'valve and spiral need a live command',
        'the parts stay in step',
        valid,
      ),
      latch('if (press && latch->cause', 'if (latch->cause', 'a latched stop ends by its release rule alone'),
      latch(
        'latch->cause != STOP_CAUSE_NONE && releasable(latch, in, wheel_fault)',
        'latch->cause != STOP_CAUSE_NONE',
        'a latched stop ends by its release rule alone',
      ),
      latch(
        'if (latch->cause == STOP_CAUSE_NONE || present == STOP_CAUSE_SELF_TEST_FAILED) latch->cause',
        'latch->cause',
        'the first cause is kept',
      ),
      latch('  if (in->cliff) return STOP_CAUSE_CLIFF;\n', '', 'an open contact or a fault latches a stop without power'),
      latch('  if (in->hatchOpen) return STOP_CAUSE_HATCH_OPEN;\n', '', 'an open hatch latches a stop'),
      latch('if (latch->pressedMs < BUTTON_DEBOUNCE_MS) latch->pressedMs++;', 'latch->pressedMs++;', 'the latch stays valid'),
      supervisor('out->motorEnable = supervisor->drive.enabled;', 'out->motorEnable = false;', 'no duty without power'),
      supervisor('out->motorEnable = supervisor->drive.enabled;', 'out->motorEnable = true;', 'nothing is dispensed while moving'),
      supervisor(
        'out->leftDuty = supervisor->drive.left.duty;',
        'out->leftDuty = (int16_t)(2 * supervisor->drive.left.duty);',
        'the duty stays in its range',
      ),
      drive('allowed < ceiling_mm_s ? allowed : ceiling_mm_s', 'allowed', "the cap is at most the unit's own", 'a retreat creeps'),
      drive(
        'drive->leftTargetMmS = scaled(drive->leftWantedMmS, drive->capMmS, fastest);',
        'drive->leftTargetMmS = drive->leftWantedMmS;',
        'the speed is under the cap, or falls along the braking ramp',
        'the drive stays valid',
      ),
      drive('left > right ? left : right', 'left', 'speeds are scaled within their bounds'),
      faultIn('safety/retreat.c')(
        '    retreat->tolerated = 0;\n',
        '',
        'every contact stops while a stop is latched',
        'the retreat stays valid',
      ),
      water(
        '  else if (water->elapsedMs >= water->capMs) water_close(water, DISPENSE_RESULT_TIME_CAP);\n',
        '',
        'the valve is never open beyond its time cap',
        'the dispenser stays valid',
      ),
      water('water->pulses >= bound ||', 'water->pulses > bound ||', 'the valve is never open beyond its volume'),
      water(
        'return (uint16_t)(water->startPulses + bound_of(water));',
        'return (uint16_t)(water->startPulses + water->target);',
        'the interrupt shuts the valve at target or cap',
      ),
      faultIn('safety/snack.c')(
        '  if (snack->elapsedMs >= SNACK_LIMIT_MS) snack_end(snack, DISPENSE_RESULT_NOT_DROPPED);\n',
        '',
        'the spiral never turns beyond its time cap',
      ),
    ],
  },
  {
    ...shared,
    entry: 'prove_reports',
    faults: [
      supervisor(
        'return latched(supervisor) ? supervisor->latch.cause : supervisor->protective.cause;',
        'return supervisor->protective.cause;',
        'the latched cause is reported',
      ),
      supervisor('  if (latched(supervisor)) flags |= STATE_FLAGS_LATCHED;\n', '', 'a latched stop is reported as latched'),
    ],
  },
];
