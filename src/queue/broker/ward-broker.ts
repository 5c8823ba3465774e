import { isIP } from 'node:net';
import { LetanError } from '../../core/errors.ts';
import { type Channel, type CommandName, channels, commandNames } from '../contract.ts';

/** File name of the broker's own certificate; nobody else may be called so. */
const brokerItself = 'broker';
/** User name of the queue server; like everybody's it is the common name of its certificate. */
export const queueServerUser = 'queue-server';

/** Somebody at a desk with a client of their own: reads what is announced, and may give these commands to every robot. */
export interface Operator {
  name: string;
  commands: readonly CommandName[];
}

/** What a ward's broker is to serve. */
export interface WardBroker {
  ward: string;
  /** Ids of the robots, which are the common names of their certificates. */
  robots: readonly string[];
  operators: readonly Operator[];
  /** Name or address under which clients reach it; it goes into its certificate. */
  host: string;
  port: number;
  /** Address it listens on; null: on all. */
  bind: string | null;
  /** Absolute path on the broker's computer where the generated files and the certificates lie. */
  folder: string;
}

/** Commands the contract lets an operator give. */
export const operatorCommands: readonly CommandName[] = commandNames.filter((name) => {
  const channel: Channel = channels[`commands/${name}`];
  return channel.publishers.includes('operator');
});

const userName = /^[a-z0-9][a-z0-9-]{0,30}$/;
const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
/** The folder stands in the configuration and in commands to copy: nothing there that needs quoting. */
const plainPath = /^\/[\w./-]*$/;

/** Everybody with a certificate. */
export function usersOf(broker: WardBroker): string[] {
  return [queueServerUser, ...broker.robots, ...broker.operators.map(({ name }) => name)];
}

/** Throws `CONFIG_INVALID` naming every fault: all of these words end in files that the broker and a shell read. */
export function checkWardBroker(broker: WardBroker): void {
  const users = usersOf(broker);
  const faults = [
    ...[broker.ward, ...users]
      .filter((name) => !userName.test(name))
      .map((name) => `"${name}": lower-case letters, digits and dashes, at most 31`),
    ...users
      .filter((name, index) => name === brokerItself || users.indexOf(name) !== index)
      .map((name) => `"${name}" is there twice, or taken`),
    ...(isIP(broker.host) || hostName.test(broker.host) ? [] : [`"${broker.host}" is no host name or address`]),
    ...(broker.bind === null || isIP(broker.bind) ? [] : [`"${broker.bind}" is no address`]),
    ...(plainPath.test(broker.folder) ? [] : [`"${broker.folder}": an absolute path of letters, digits and . _ - /`]),
    ...broker.operators.flatMap(({ name, commands }) =>
      commands
        .filter((command) => !operatorCommands.includes(command))
        .map((command) => `${name}: "${command}" is not for operators; these are: ${operatorCommands.join(', ')}`),
    ),
  ];
  if (faults.length > 0) throw new LetanError('CONFIG_INVALID', `this broker cannot be made\n${faults.join('\n')}`);
}
