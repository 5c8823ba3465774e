import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { LetanError } from '../core/errors.ts';
import { brokerFiles, nextSteps } from '../queue/broker/broker-files.ts';
import type { Operator, WardBroker } from '../queue/broker/ward-broker.ts';
import { commandNames } from '../queue/contract.ts';

interface BrokerOptions {
  config: string;
  site: string;
  robots: string[];
  operator: Operator[];
  host: string;
  port: number;
  bind?: string;
  out: string;
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535) throw new InvalidArgumentError('a port from 1 to 65535 is needed');
  return value;
}

/** `front-desk:announce,stop`. */
function operator(text: string, before: Operator[]): Operator[] {
  const [name = '', wanted = ''] = text.split(':');
  const commands = wanted.split(',').map((word) => {
    const command = commandNames.find((known) => known === word);
    if (!command) throw new InvalidArgumentError(`"${word}" is no command; commands are: ${commandNames.join(', ')}`);
    return command;
  });
  return [...before, { name, commands }];
}

function write(folder: string, broker: WardBroker): void {
  const files = brokerFiles(broker);
  try {
    mkdirSync(folder, { recursive: true });
    for (const { name, text } of files) {
      writeFileSync(join(folder, name), text);
      process.stdout.write(`wrote ${join(folder, name)}\n`);
    }
  } catch (error) {
    throw new LetanError('CONFIG_INVALID', `${folder} cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  process.stdout.write(`\n${nextSteps(broker)}`);
}

/** `letan broker`: mosquitto's files for a ward. `configFolder` holds `sites/`. */
export function brokerCommand(configFolder: string): Command {
  return new Command('broker')
    .description("write what a ward's mosquitto needs: configuration, access list and a script for the certificates; never anybody's key")
    .option('-c, --config <folder>', 'folder with sites/', configFolder)
    .requiredOption('--site <name>', 'name of a file in sites/; it names the ward')
    .requiredOption('--robots <ids>', 'ids of the robots, with commas between them', (text: string) => text.split(','))
    .option('--operator <name:commands>', 'a client that may give these commands, such as front-desk:announce; repeatable', operator, [])
    .option('--host <name>', 'name or address under which robots reach the broker', hostname())
    .option('--port <number>', 'port of the broker', port, 8883)
    .option('--bind <address>', 'listen on this address alone')
    .requiredOption('--out <folder>', 'where the files go; the same path on the broker')
    .action(async ({ config, site, robots, operator: operators, host, port: onPort, bind, out }: BrokerOptions) => {
      const { loadSite } = await import('../../config/load.ts');
      const { ward } = loadSite(config, site);
      const folder = resolve(out);
      write(folder, { ward, robots, operators, host, port: onPort, bind: bind ?? null, folder });
    });
}
