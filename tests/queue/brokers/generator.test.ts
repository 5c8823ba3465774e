import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { brokerCommand } from '../../../src/app/broker-command.ts';
import { aclFile } from '../../../src/queue/broker/acl.ts';
import { brokerFiles } from '../../../src/queue/broker/broker-files.ts';
import type { WardBroker } from '../../../src/queue/broker/ward-broker.ts';

const plan: WardBroker = {
  ward: 'cua-nam',
  robots: ['robot-1', 'robot-2'],
  operators: [{ name: 'front-desk', commands: ['announce'] }],
  host: 'broker.cua-nam.lan',
  port: 8883,
  bind: null,
  folder: '/etc/letan-broker',
};

/** Lines of one user. */
function rightsOf(user: string): string[] {
  const section = aclFile(plan)
    .split('\n\n')
    .find((part) => part.startsWith(`user ${user}\n`));
  return section?.split('\n').slice(1) ?? [];
}

describe('the access list', () => {
  it('names no ward but this one, no robot in the part of another, and no multi-level wildcard', () => {
    const lines = aclFile(plan)
      .split('\n')
      .filter((line) => line.startsWith('topic '));
    expect(lines.length).toBeGreaterThan(50);
    const plain = lines.filter((line) => line !== 'topic read letan/+/cua-nam/queue/connection');
    expect(lines.length - plain.length).toBe(plan.robots.length);
    for (const line of plain) expect(line).toMatch(/^topic (read|write|readwrite) letan\/v1\/cua-nam\/(queue|robots)\/[a-z0-9+/-]+$/i);
    for (const line of rightsOf('robot-1')) expect(line).not.toMatch(/robot-2|robots\/\+|pattern/);
    expect(rightsOf('robot-2')).toEqual(rightsOf('robot-1').map((line) => line.replace('robot-1', 'robot-2')));
  });

  it('lets robots alone read, and nobody write, what the queue server says of itself in other versions', () => {
    const any = 'topic read letan/+/cua-nam/queue/connection';
    expect(['robot-1', 'robot-2', 'queue-server', 'front-desk'].map((user) => rightsOf(user).includes(any))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('lets a robot write requests under its own name alone', () => {
    const writes = rightsOf('robot-1').filter((line) => /^topic (write|readwrite)/.test(line));
    expect(writes).toContain('topic write letan/v1/cua-nam/queue/tickets/reserve/robot-1');
    for (const line of writes) expect(line).toMatch(/\/robot-1(\/|$)/);
  });

  it('gives an operator the commands named for it and no others', () => {
    const commands = rightsOf('front-desk').filter((line) => line.includes('/commands/'));
    expect(commands).toEqual(['topic write letan/v1/cua-nam/robots/+/commands/announce']);
  });
});

describe('words that end in files of the broker and of a shell', () => {
  it.each<[string, Partial<WardBroker>]>([
    ['a ward with a wildcard', { ward: '+' }],
    ['a robot with a slash', { robots: ['robot-1/state'] }],
    ['a robot with a line break', { robots: ['robot-1\nuser evil'] }],
    ['the same robot twice', { robots: ['robot-1', 'robot-1'] }],
    ['a robot called like the queue server', { robots: ['queue-server'] }],
    ['an operator called like a robot', { operators: [{ name: 'robot-1', commands: [] }] }],
    ['a command that only the queue server gives', { operators: [{ name: 'desk', commands: ['reboot'] }] }],
    ['a host that a shell would run', { host: '$(reboot)' }],
    ['a folder that must be quoted', { folder: "/tmp/it's here" }],
    ['an address that is none', { bind: 'everywhere' }],
  ])('%s is refused', (_what, change) => {
    expect(() => brokerFiles({ ...plan, ...change })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});

describe('letan broker', () => {
  it('writes the files of a ward, and its script makes a certificate for everybody, once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'letan-broker-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const words = [
      '--site',
      'cua-nam',
      '--robots',
      'robot-1,robot-2',
      '--operator',
      'front-desk:announce',
      '--host',
      '192.0.2.7',
      '--out',
      folder,
    ];
    await brokerCommand(new URL('../../../config', import.meta.url).pathname).parseAsync(words, { from: 'user' });
    expect(readdirSync(folder).sort()).toEqual(['acl', 'certificates.sh', 'mosquitto.conf']);
    const conf = readFileSync(join(folder, 'mosquitto.conf'), 'utf8');
    expect(conf).toContain(`acl_file ${folder}/acl\n`);
    expect(conf).toMatch(/^set_tcp_nodelay true$/m);
    const run = (...args: string[]) => execFileSync('sh', [join(folder, 'certificates.sh'), ...args], { encoding: 'utf8' });
    run();
    const names = ['broker', 'front-desk', 'queue-server', 'robot-1', 'robot-2'];
    expect(readdirSync(join(folder, 'certificates')).sort()).toEqual(
      ['ca.crt', ...names.flatMap((name) => [`${name}.crt`, `${name}.key`])].sort(),
    );
    const look = (name: string, ...what: string[]) =>
      execFileSync('openssl', ['x509', '-in', join(folder, 'certificates', `${name}.crt`), '-noout', ...what], { encoding: 'utf8' });
    expect(look('broker', '-ext', 'subjectAltName')).toContain('IP Address:192.0.2.7');
    expect(look('robot-1', '-subject')).toMatch(/CN ?= ?robot-1\n$/);
    expect(look('robot-1', '-checkend', String(396 * 86_400))).toContain('will not expire');
    const [kept, renewed] = [look('robot-1', '-serial'), look('robot-2', '-serial')];
    expect(run()).toBe('');
    expect(run('renew', 'robot-2')).toBe('made certificates/robot-2.crt\n');
    expect(look('robot-1', '-serial')).toBe(kept);
    expect(look('robot-2', '-serial')).not.toBe(renewed);
  });
});
