import { issue, stopWheels } from './actions.ts';
import type { RobotContext } from './context.ts';
import { robotSetup } from './setup.ts';

const markNear = robotSetup.assign({ near: true });
const markGone = robotSetup.assign({ near: false });
const requestPlace = robotSetup.assign({
  requestedPlace: ({ context, event }) => (event.type === 'robot.goTo' ? event.place : context.requestedPlace),
});
const dropRequest = robotSetup.assign({ requestedPlace: null });
const forgetDispense = robotSetup.assign({ dispenseId: null });
const forgetDrive = robotSetup.assign({ driveId: null });

/** The order itself stops the wheels, once for everything. */
const endedByStop = { target: 'parked', actions: [forgetDrive, dropRequest] };

function nextPatrolPlace({ settings, patrolIndex }: RobotContext): string | undefined {
  return settings.patrol[patrolIndex % settings.patrol.length];
}
const driveToPatrolPlace = issue(({ context }) => {
  const place = nextPatrolPlace(context);
  return place === undefined ? null : { type: 'drive.to', place };
}, 'drive');
const driveToRequestedPlace = issue(
  ({ context }) => (context.requestedPlace === null ? null : { type: 'drive.to', place: context.requestedPlace }),
  'drive',
);
const advancePatrol = robotSetup.assign({ patrolIndex: ({ context }) => (context.patrolIndex + 1) % context.settings.patrol.length });

/**
 * Where the robot drives. `mayDrive` is the only interlock; whenever it ceases to hold, one `stop` goes out. A drive that failed is
 * tried again after a patrol period: whatever blocked the way may have gone.
 */
export const mobility = robotSetup.createStateConfig({
  initial: 'parked',
  on: {
    'presence.near': { actions: markNear },
    'presence.left': { actions: markGone },
    'robot.goTo': { guard: 'acceptsRequests', actions: requestPlace },
    // No automatic restart: what was asked before the stop is not driven after it.
    'safety.changed': { guard: 'reportsLatched', actions: dropRequest },
    'robot.pause': { actions: dropRequest },
    'robot.stop': { actions: dropRequest },
    'robot.reboot': { actions: dropRequest },
    'water.dispensed': { guard: 'isDispense', actions: forgetDispense },
    'snack.dispensed': { guard: 'isDispense', actions: forgetDispense },
    'command.failed': { guard: 'isDispense', actions: forgetDispense },
  },
  states: {
    parked: {
      always: [
        { guard: 'mayDriveOnRequest', target: 'errand' },
        { guard: 'mayPatrol', target: 'idle' },
      ],
    },
    /** Free to patrol; waits out the patrol period. */
    idle: {
      always: [
        { guard: 'mayDriveOnRequest', target: 'errand' },
        { guard: 'mayNotPatrol', target: 'parked' },
      ],
      after: { patrol: 'patrolling' },
    },
    patrolling: {
      id: 'patrolling',
      entry: driveToPatrolPlace,
      always: { guard: 'mayNotPatrol', target: 'parked', actions: stopWheels },
      after: { drive: { target: 'parked', actions: stopWheels } },
      on: {
        'drive.arrived': { guard: 'isMyDrive', target: 'parked', actions: [forgetDrive, advancePatrol] },
        'command.failed': { guard: 'isMyDrive', target: 'parked', actions: forgetDrive },
        'robot.goTo': { target: 'parked', actions: [...stopWheels, requestPlace] },
        'robot.stop': endedByStop,
      },
    },
    /** On the way to where the staff sent it. */
    errand: {
      id: 'errand',
      entry: driveToRequestedPlace,
      always: { guard: 'mayNotDrive', target: 'parked', actions: stopWheels },
      after: { drive: { target: 'blocked', actions: stopWheels } },
      on: {
        'drive.arrived': { guard: 'isMyDrive', target: 'parked', actions: [forgetDrive, dropRequest] },
        'command.failed': [
          { guard: 'isMyDriveBlocked', target: 'blocked', actions: forgetDrive },
          { guard: 'isMyDrive', target: 'parked', actions: [forgetDrive, dropRequest] },
        ],
        'robot.goTo': { target: 'parked', actions: [...stopWheels, requestPlace] },
        'robot.stop': endedByStop,
      },
    },
    /** The way to the requested place was blocked. */
    blocked: {
      after: { patrol: 'parked' },
      on: { 'robot.goTo': { target: 'parked', actions: requestPlace } },
    },
  },
});
