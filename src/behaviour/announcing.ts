import { issue } from './actions.ts';
import type { RobotContext } from './context.ts';
import { robotSetup } from './setup.ts';

const enqueue = robotSetup.assign({
  waitingAnnouncements: ({ context, event }) =>
    event.type === 'robot.announce' ? [...context.waitingAnnouncements, event.announcement] : context.waitingAnnouncements,
});
const takeNext = robotSetup.assign(({ context }): Partial<RobotContext> => {
  const [next, ...others] = context.waitingAnnouncements;
  if (!next) return {};
  return { waitingAnnouncements: others, announcement: { ...next, leftMs: next.showForMs, speechId: null, spoken: false } };
});
const countDown = robotSetup.assign({
  announcement: ({ context }) => context.announcement && { ...context.announcement, leftMs: context.announcement.leftMs - 1000 },
});
const markSpoken = robotSetup.assign({ announcement: ({ context }) => context.announcement && { ...context.announcement, spoken: true } });
const speakUnlessSpoken = issue(({ context: { announcement } }) => {
  if (announcement === null || announcement.spoken) return null;
  const { announcementId, text, showForMs } = announcement;
  return { type: 'speech.announce', announcement: { announcementId, text, showForMs } };
}, 'announcement');

/**
 * Announcements of the ward, one after the other. A call goes first: it covers the announcement, whose time stands still meanwhile, and
 * what it cut short is spoken again.
 */
export const announcing = robotSetup.createStateConfig({
  initial: 'none',
  on: { 'robot.announce': { guard: 'hasRoomToAnnounce', actions: enqueue } },
  states: {
    none: { always: { guard: 'mayShowAnnouncement', target: 'showing', actions: [takeNext, speakUnlessSpoken] } },
    showing: {
      always: { guard: 'callGoesFirst', target: 'covered' },
      after: {
        announcementTick: [
          { guard: 'announcementOver', target: 'none', actions: robotSetup.assign({ announcement: null }) },
          { target: 'showing', reenter: true, actions: countDown },
        ],
      },
      on: { 'speech.finished': { guard: 'isMyAnnouncement', actions: markSpoken } },
    },
    covered: { always: { guard: 'noCall', target: 'showing', actions: speakUnlessSpoken } },
  },
});
