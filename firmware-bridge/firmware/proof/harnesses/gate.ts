import { faultIn, type Proof } from '../proof.ts';

const inTick = faultIn('safety/gate.c');
const inInterrupt = faultIn('safety/gate.h');
const shared = { harness: 'harnesses/gate.c', sources: [], includes: ['safety/gate.c', 'safety/gate.h', 'safety/port.h'], unwind: 2 };
const waiting = 'everything is off while a trip waits';
const target = 'the valve is shut once the target has flowed';

export const gateProofs: readonly Proof[] = [
  {
    ...shared,
    entry: 'prove_start',
    faults: [inTick('  port_arm(CONTACTS_ALL);\n', '', 'gate_init powers nothing and arms every contact')],
  },
  {
    ...shared,
    entry: 'prove_take',
    faults: [
      inInterrupt('  port_motors_cut();\n', '', 'an interrupt of a contact takes all power off', waiting),
      inInterrupt('if (gate.cause == STOP_CAUSE_NONE) gate.cause', 'gate.cause', 'the first cause is kept until it is taken'),
      inInterrupt('if (gate_target_reached()) port_valve(false);', '', target),
      inTick('in->tripped = (StopCause)cause;', 'in->tripped = STOP_CAUSE_NONE;', 'the waiting cause is handed to the tick'),
      inTick(
        '  gate.cause = STOP_CAUSE_NONE;\n  in->flow',
        '  gate.tolerated = CONTACT_CLIFF;\n  in->flow',
        'gate_take keeps the gate valid',
        'gate_take disarms nothing',
      ),
      inTick('  in->tripped = (StopCause)cause;\n', '  in->tripped = (StopCause)cause;\n  port_snack(true);\n', 'gate_take powers nothing'),
      inTick('in->cliff = (open & CONTACT_CLIFF) != 0;', 'in->cliff = (open & CONTACT_E_STOP) != 0;', 'an open contact is seen as open'),
      inTick(
        'encoder->taken = now;',
        'encoder->taken = encoder->count;\n  PREEMPT();\n  encoder->taken = encoder->count;',
        'no pulse of an encoder is lost',
      ),
    ],
  },
  {
    ...shared,
    entry: 'prove_apply',
    faults: [
      inTick(
        'const bool power = out->motorEnable && !closed();',
        'const bool power = out->motorEnable;',
        waiting,
        'a sealed gate powers nothing',
        'nothing is powered past an open e-stop or cliff contact',
      ),
      inTick('  PORT_ENTER();\n  const bool power', '  const bool power', waiting),
      inTick(
        'const bool power = out->motorEnable && !closed();',
        'const bool power = !closed();',
        'no motor is powered that was not asked for',
      ),
      inTick(
        'port_motors_set(out->leftDuty, out->rightDuty);',
        'port_motors_set(out->rightDuty, out->leftDuty);',
        'motors get the duty asked for',
      ),
      inTick('port_motors_power(out->leftDuty != 0,', 'port_motors_power(true,', 'no PWM on a wheel of duty 0'),
      inTick('gate.closeAt = out->valveCloseAt;', '', 'an open valve shuts at the count asked for'),
      inTick('port_valve(out->valveOpen && allowed', 'port_valve(allowed', 'no valve is open that was not asked for'),
      inTick('port_snack(out->snackMotor && allowed);', 'port_snack(allowed);', 'no spiral turns that was not asked for'),
      inTick(
        'gate.tolerated = contacts;',
        'gate.tolerated = CONTACT_BUMPER_LEFT;',
        'only the bumpers that the tick names are tolerated',
        'nothing is powered past an open bumper that is not tolerated',
      ),
      inTick('port_arm(CONTACTS_ALL & (uint8_t)~contacts);', '', 'gate_apply keeps the gate valid'),
      inTick(
        '  apply_motors(out);\n  apply',
        '  apply_motors(out);\n  gate.cause = STOP_CAUSE_NONE;\n  apply',
        'gate_apply takes no cause',
      ),
      inTick('  else port_motors_cut();', '  else world.motors = false;', 'no PWM without bridge power'),
    ],
  },
  {
    ...shared,
    entry: 'prove_useful',
    faults: [
      inTick('return gate.cause != STOP_CAUSE_NONE ||', 'return true ||', 'what is asked for is powered'),
      inTick(
        'port_motors_power(out->leftDuty != 0, out->rightDuty != 0);',
        'port_motors_power(out->leftDuty > 0, out->rightDuty != 0);',
        'a duty drives its wheel',
      ),
      inTick(
        'out->valveOpen && allowed && !gate_target_reached()',
        'out->valveOpen && allowed && gate_target_reached()',
        'the valve opens until the target',
      ),
    ],
  },
  {
    ...shared,
    entry: 'prove_seal',
    faults: [inTick('gate.sealed = true;', 'gate.sealed = false;', 'gate_seal takes all power off')],
  },
];
