import { at, type Example, head, ulid } from './parts.ts';

const service = (serviceId: string, prefix: string, name: object, figures: object) => ({
  serviceId,
  prefix,
  name,
  open: true,
  hours: '07:30-11:30, 13:30-17:00',
  ...figures,
});
const server = { instanceId: ulid(80), versions: [1], software: 'example queue server 4.2' };
const call = { callId: ulid(200), ticketNumber: 'A001', counter: 1 };

/** What a queue server tells everybody. */
export const announcementExamples: Example[] = [
  {
    channel: 'queueConnection',
    says: 'the queue server is here',
    payload: { ...head(301, '07:00:00'), state: 'online', ...server },
  },
  {
    channel: 'queueConnection',
    says: 'its will: the broker publishes it when the connection breaks',
    payload: { ...head(300, '07:00:00'), state: 'connectionBroken', ...server },
  },
  {
    channel: 'services',
    says: 'what is served today',
    payload: {
      ...head(302, '08:00:01'),
      services: [
        service(
          'certification',
          'A',
          { vi: 'Chứng thực', en: 'Certification', ko: '공증' },
          { waitingCount: 3, estimatedWaitMin: 6, procedureCodes: ['2.000815', '2.000884'] },
        ),
        service(
          'residence',
          'C',
          { vi: 'Cư trú', en: 'Residence', ko: '거주 등록' },
          { open: false, waitingCount: 0, estimatedWaitMin: 0, procedureCodes: ['1.004222'] },
        ),
      ],
    },
  },
  {
    channel: 'calls',
    says: 'a number is called',
    payload: { ...head(303, '08:05:00'), ...call, sequence: 1, kind: 'call', expiresAt: at('08:06:00') },
  },
  {
    channel: 'calls',
    says: 'nobody came: called again, the same call with the next sequence',
    payload: { ...head(304, '08:05:40'), ...call, sequence: 2, kind: 'recall', expiresAt: at('08:06:40') },
  },
  {
    channel: 'calls',
    says: 'sent on to counter 3: a new call',
    payload: { ...head(305, '08:09:00'), ...call, callId: ulid(201), counter: 3, sequence: 1, kind: 'transfer', expiresAt: at('08:10:00') },
  },
  {
    channel: 'calls',
    says: 'nobody is before her: she may walk straight to counter 2',
    payload: {
      ...head(306, '08:11:00'),
      callId: ulid(202),
      ticketNumber: 'B002',
      counter: 2,
      sequence: 1,
      kind: 'walkDirect',
      expiresAt: at('08:12:00'),
    },
  },
  {
    channel: 'updates',
    says: 'did not come',
    payload: { ...head(307, '08:07:00'), ticketNumber: 'A001', change: 'noShow', counter: 1, expiresAt: at('08:12:00') },
  },
  {
    channel: 'updates',
    says: 'done with the first of her services, waits for the next',
    payload: { ...head(308, '08:15:00'), ticketNumber: 'B001', change: 'waitingAgain', counter: null, expiresAt: at('08:20:00') },
  },
  {
    channel: 'serving',
    says: 'counter 1 serves A001',
    payload: { ...head(309, '08:05:00'), counter: 1, open: true, ticketNumber: 'A001' },
  },
  { channel: 'serving', says: 'counter 1 is closed', payload: { ...head(310, '11:30:00'), counter: 1, open: false, ticketNumber: null } },
];
