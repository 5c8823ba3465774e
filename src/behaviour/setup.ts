import { setup } from 'xstate';
import type { Command } from './commands.ts';
import type { RobotContext, RobotInput } from './context.ts';
import type { RobotEvent } from './events.ts';
import { guards } from './guards.ts';
import type { VisitScreen } from './screens.ts';
import { delays, type TimeoutName } from './timeouts.ts';

/** What a state says of itself to the projections: its screen and the delay that ends it. */
export interface StepMeta {
  screen: VisitScreen;
  timeout: TimeoutName | null;
}

/** Types, guards and delays shared by all regions. */
export const robotSetup = setup({
  types: {} as { context: RobotContext; events: RobotEvent; emitted: Command; input: RobotInput; meta: StepMeta },
  guards,
  delays,
});

/** Configuration of one state of the machine. */
export type StateConfig = Parameters<typeof robotSetup.createStateConfig>[0];
