import { z } from 'zod';
import type { SiteConfig } from '../../config/schema.ts';
import { lobbyCommandSchema } from './commands.ts';
import { type ChipCard, faultNames, type LobbyStatus } from './controls.ts';
import type { LobbySnapshot } from './snapshot.ts';

/** Page to server, over the socket `/lobby/socket` or as the body of `POST /lobby/api/actions`. */
export const lobbyActionSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('world'), command: lobbyCommandSchema }),
  z.strictObject({ type: z.literal('fault'), fault: z.enum(faultNames) }),
  z.strictObject({ type: z.literal('sample'), sampleId: z.string().max(40) }),
  z.strictObject({ type: z.literal('card'), cardId: z.string().max(40), laid: z.boolean() }),
  /** A code typed by hand; QR codes on cards hold at most a few hundred characters. */
  z.strictObject({ type: z.literal('scan'), text: z.string().min(1).max(1000) }),
]);
export type LobbyAction = z.infer<typeof lobbyActionSchema>;

/** What never changes while the page is open. */
export interface LobbyWelcome {
  type: 'welcome';
  site: SiteConfig;
  links: { kiosk: string; staff: string };
  samples: { id: string; label: string }[];
  chipCards: readonly ChipCard[];
}

/** Server to page. */
export type LobbyMessage =
  | LobbyWelcome
  | { type: 'snapshot'; snapshot: LobbySnapshot }
  | { type: 'status'; status: LobbyStatus }
  /** The last action did nothing; `reason` is for the person at the page. */
  | { type: 'refused'; reason: string };
