import type { Clock } from '../../src/core/clock.ts';
import type { Ids } from '../../src/core/ids.ts';
import { type ConnectionState, connectionSchema, contractVersion } from '../../src/queue/contract.ts';
import type { Intake } from '../../src/queue/intake.ts';
import type { TransportMessage } from '../../src/queue/transport.ts';
import { envelope } from '../../src/queue/wire.ts';

export const serverSoftware = 'letan reference queue server';

interface ServerPresenceOptions {
  ward: string;
  clock: Clock;
  ids: Ids;
  intake: Intake;
  /** Publishes to the queue server's own connection topic, retained. */
  say: (payload: string) => void;
}

/** What stands on the queue server's own connection topic. */
export class ServerPresence {
  private readonly options: ServerPresenceOptions;
  private readonly instanceId: string;
  /** The last `online`. */
  private said = '';
  private cameBack = false;

  constructor(options: ServerPresenceOptions) {
    this.options = options;
    this.instanceId = options.ids.next();
  }

  payload(state: ConnectionState): string {
    return JSON.stringify(this.message(state));
  }

  sayOnline(): void {
    const message = this.message('online');
    this.said = message.messageId;
    this.cameBack = false;
    this.options.say(JSON.stringify(message));
  }

  /** Feed with every message of the own connection topic. */
  handle(message: TransportMessage): void {
    const said = this.options.intake.read(connectionSchema, message);
    if (!said) return;
    if (said.messageId === this.said) this.cameBack = true;
    // The will of an earlier connection or of a predecessor came late: it would stand there, retained, and keep every robot offline.
    else if (this.cameBack && said.state !== 'online') this.sayOnline();
  }

  private message(state: ConnectionState) {
    const { clock, ids, ward } = this.options;
    return { ...envelope(clock, ids, ward), state, instanceId: this.instanceId, versions: [contractVersion], software: serverSoftware };
  }
}
