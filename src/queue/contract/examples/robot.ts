import { accepted, type Example, type Exchange, exampleRobot, head, refused, ulid } from './parts.ts';

const time = '08:30:00';
const me = { robotId: exampleRobot };
const order = (n: number, command: string, says: string, more: object = {}) => ({
  n,
  time,
  key: `command:${ulid(n)}`,
  says,
  body: { command, ...more },
});
const robot = { instanceId: ulid(81), versions: [1], software: 'letan 0.1.0' };

/** What a robot tells of itself. */
export const robotExamples: Example[] = [
  { channel: 'connection', says: 'the robot is here', payload: { ...head(401, '07:10:00'), state: 'online', ...robot } },
  { channel: 'connection', says: 'its will', payload: { ...head(400, '07:10:00'), state: 'connectionBroken', ...robot } },
  {
    channel: 'state',
    says: 'it serves somebody; the printer runs low on paper',
    payload: {
      ...head(402, time),
      ...me,
      state: {
        screen: 'services',
        paused: false,
        driving: false,
        stopped: false,
        stopCause: null,
        devices: { printer: { status: 'degraded', code: 'PRINTER_PAPER_LOW' }, board: { status: 'ready', code: null } },
      },
      link: {
        protocol: '5',
        outboxLength: 0,
        stuckCount: 0,
        refusedCount: 0,
        leasedNumbers: 120,
        clockSkewMs: -180,
        certificateExpiresAt: '2027-01-01T00:00:00.000+07:00',
        droppedMessages: { expired: 1 },
      },
    },
  },
  {
    channel: 'telemetry',
    says: 'at the entrance',
    payload: { ...head(403, time), ...me, telemetry: { xMm: 1200, yMm: 3400, headingDeg: 90, batteryV: 25.4 } },
  },
  {
    channel: 'errors',
    says: 'a technician is needed',
    payload: {
      ...head(404, time),
      ...me,
      code: 'PRINTER_PAPER_OUT',
      level: 'urgent',
      detail: 'the printer reports no paper',
      hint: 'Put in a roll of 80 mm paper.',
    },
  },
  {
    channel: 'logs',
    says: 'the only part of a log that was asked for',
    payload: {
      ...head(405, time),
      ...me,
      uploadId: ulid(82),
      part: 1,
      parts: 1,
      lines: ['{"level":40,"msg":"message dropped","cause":"expired"}'],
    },
  },
];

/** Orders to a robot. */
export const commandExchanges: Exchange[] = [
  accepted(
    'commands/announce',
    order(501, 'announce', 'show and say a text', {
      text: { vi: 'Phường nghỉ trưa lúc 11 giờ 30.', en: 'The office closes for lunch at 11:30.', ko: '점심시간은 11시 30분부터입니다.' },
      showForS: 20,
    }),
    {},
  ),
  accepted('commands/goTo', order(503, 'goTo', 'drive to the entrance', { place: 'entrance' }), {}),
  refused(
    'commands/goTo',
    order(505, 'goTo', 'while somebody is being served', { place: 'entrance' }),
    'COMMAND_REFUSED',
    'a citizen is being served',
  ),
  accepted('commands/pause', order(507, 'pause', 'stay where you are'), {}),
  accepted('commands/resume', order(509, 'resume', 'go on'), {}),
  accepted('commands/stop', order(511, 'stop', 'stop everything', { reason: 'the floor is wet' }), {}),
  accepted('commands/reboot', order(513, 'reboot', 'start anew', { reason: 'new configuration' }), {}),
  accepted('commands/uploadLog', order(515, 'uploadLog', 'the log of the last hour', { sinceMin: 60 }), {
    uploadId: ulid(82),
    parts: 1,
    lines: 1,
  }),
  accepted('commands/configurationVersion', order(517, 'configurationVersion', 'which configuration'), {
    version: 'sha256:5b8e1f',
    software: 'letan 0.1.0',
    loadedAt: '2026-01-05T07:09:58.000+07:00',
  }),
  refused(
    'commands/goTo',
    order(519, 'goTo', 'while the robot starts', { place: 'entrance' }),
    'NOT_SUPPORTED',
    'the robot is still starting',
  ),
];
