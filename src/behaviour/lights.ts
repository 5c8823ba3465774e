import { and, not, or, stateIn } from 'xstate';
import { issue } from './actions.ts';
import type { Mood } from './commands.ts';
import { robotSetup } from './setup.ts';

const during = (...states: string[]) => or(states.map((state) => stateIn({ visit: { session: state } })));
const driving = or([stateIn('#patrolling'), stateIn('#errand')]);

/** When each mood holds; the first that does is shown. Somebody standing close is no reason to look stopped, unless the robot drives. */
const moods = [
  { mood: 'stopped', when: or([stateIn('#safety.latchedStop'), stateIn('#halted'), and([stateIn('#safety.protectiveStop'), driving])]) },
  { mood: 'calling', when: stateIn('#callShowing') },
  { mood: 'busy', when: or([driving, during('ticketPrinting', 'ticketCommitting', 'waterDispensing', 'snackDispensing')]) },
  { mood: 'greeting', when: not(stateIn('#attract')) },
  { mood: 'offline', when: stateIn('#linkOffline') },
  { mood: 'calm', when: and([]) },
] as const satisfies readonly { mood: Mood; when: unknown }[];

/** Shows the right mood as soon as it changes; belongs to the root, because every region may change it. */
export const showMood = moods.map(({ mood, when }, index) => ({
  guard: and([when, { type: 'showsOther' as const, params: mood }, ...moods.slice(0, index).map((prior) => not(prior.when))]),
  actions: [issue(() => ({ type: 'lights.set', mood })), robotSetup.assign({ mood })],
}));
