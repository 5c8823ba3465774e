import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startRobot } from '../../queue/brokers/cast.ts';
import { startWardMosquitto, type WardMosquitto } from '../../queue/brokers/ward-mosquitto.ts';
import { temporaryFolder, ward, wish } from '../../queue/house.ts';

const patience = 20_000;
/** Many starts of a program, each a second or two on a loaded machine. */
const timeout = 120_000;

/** `node dist/queue-server.js` as a child, with a free port for its page. It ends with the test. */
class Program {
  output = '';
  errors = '';
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(args: string[]) {
    this.child = spawn(process.execPath, ['dist/queue-server.js', '--ward', ward, '--port', '0', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (text: Buffer) => (this.output += text.toString()));
    this.child.stderr?.on('data', (text: Buffer) => (this.errors += text.toString()));
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
    onTestFinished(async () => {
      this.child.kill('SIGKILL');
      await this.ended;
    });
  }

  says(words: string): Promise<void> {
    return vi.waitFor(() => expect(this.output).toContain(words), patience);
  }

  end(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.ended;
  }

  get page(): string {
    return /staff +(http\S+)/.exec(this.output)?.[1] ?? '';
  }

  get password(): string {
    return /shown only now: (\S+)/.exec(this.output)?.[1] ?? '';
  }
}

function over(broker: WardMosquitto, user: string): string[] {
  const { caFile, certificateFile, keyFile } = broker.files(user);
  return ['--broker', broker.url, '--ca', caFile, '--certificate', certificateFile, '--key', keyFile];
}

/** An officer's browser. */
async function login(page: string, password: string) {
  const post = (path: string, body: object, cookie = '') => {
    const headers = { 'content-type': 'application/json', 'x-letan-staff': '1', cookie };
    return fetch(`${page}api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  };
  const entered = await post('login', { password });
  const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return { status: entered.status, post: (path: string, body: object = {}) => post(path, body, cookie) };
}

async function wardBroker(): Promise<WardMosquitto> {
  const broker = await startWardMosquitto({ robots: ['robot-1'], operators: [] });
  onTestFinished(() => broker.remove());
  return broker;
}

describe('the queue server as a program of its own', () => {
  it('serves a robot and an officer over mosquitto with client certificates, ends on SIGTERM and goes on where it was', {
    timeout: 90_000,
  }, async () => {
    const broker = await wardBroker();
    const data = temporaryFolder();
    const first = new Program([...over(broker, 'queue-server'), '--data', data]);
    await first.says('is connected');
    const { link, store, calls } = startRobot('robot-1', { brokerUrls: [broker.url], protocol: 'auto', tls: broker.files('robot-1') });
    await vi.waitFor(() => expect(store.leases.remaining('certification')).toBe(30), patience);
    const ticket = await link.reserveTicket(wish);
    expect(ticket).toMatchObject({ number: 'A001', offline: false });
    await link.commitTicket(ticket.ticketId);
    await vi.waitFor(() => expect(store.outbox.length).toBe(0), patience);
    expect(await login(first.page, 'wrong-password')).toMatchObject({ status: 401 });
    const officer = await login(first.page, first.password);
    expect(await (await officer.post('counters/1/next')).json()).toMatchObject({ call: { ticketNumber: 'A001' } });
    await vi.waitFor(() => expect(calls).toMatchObject([{ ticketNumber: 'A001', counter: 1 }]), patience);
    expect((await officer.post('faults', { delayMs: 1 })).status).toBe(404);
    expect(JSON.parse(readFileSync(join(data, 'queue-server.public.jwk'), 'utf8'))).not.toHaveProperty('d');

    expect(await first.end()).toBe(0);
    expect(first.output).toContain('stopping');
    await vi.waitFor(() => expect(link.online).toBe(false), patience);

    const second = new Program([...over(broker, 'queue-server'), '--data', data, '--faults']);
    await second.says('is connected');
    expect(second.password).toBe('');
    expect(second.output).toContain('FAULTS ARE OFFERED');
    await vi.waitFor(() => expect(link.online).toBe(true), patience);
    expect((await link.reserveTicket(wish)).number).toBe('A002');
    const again = await login(second.page, first.password);
    expect(await (await again.post('faults', { delayMs: 1 })).json()).toMatchObject({ delayMs: 1 });
    expect(await again.post('faults/restart', { downMs: 0 })).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(link.online).toBe(true), patience);
    expect(await second.end()).toBe(0);
    expect(first.errors + second.errors).toBe('');
  });

  it('serves its page and says why while the broker does not let it in', { timeout }, async () => {
    const broker = await wardBroker();
    const strange = { ...broker.files('queue-server'), keyFile: broker.files('robot-1').keyFile };
    const args = ['--broker', broker.url, '--ca', strange.caFile, '--certificate', strange.certificateFile, '--key', strange.keyFile];
    const program = new Program([...args, '--data', temporaryFolder()]);
    await vi.waitFor(() => expect(program.errors).toContain('no connection to the broker'), patience);
    expect(program.errors).toContain(`keyFile ${strange.keyFile} is not the key of certificateFile ${strange.certificateFile}`);
    expect((await fetch(`${program.page}api/session`)).status).toBe(200);
    expect(await program.end()).toBe(0);
  });
});

describe('bad configuration', () => {
  const refused = async (...args: string[]) => {
    const program = new Program(['--data', temporaryFolder(), '--broker', 'mqtt://127.0.0.1:1', ...args]);
    expect(await program.ended).toBe(1);
    expect(program.output).toBe('');
    return program.errors;
  };

  it('of the ward is refused with file, line, path and what is allowed', { timeout }, async () => {
    const file = join(temporaryFolder(), 'ward.yaml');
    const text = readFileSync('config/wards/cua-nam.yaml', 'utf8')
      .replace('hours: 07:30-11:30, 13:30-17:00', 'hours: from morning to evening')
      .replace('serviceIds: [certification, civil-status]', 'serviceIds: [certification, passports]');
    writeFileSync(file, text);
    const lineOf = (word: string) => text.split('\n').findIndex((line) => line.includes(word)) + 1;
    const complaint = await refused('--ward-file', file);
    expect(complaint).toContain('CONFIG_INVALID');
    expect(complaint).toMatch(new RegExp(`ward\\.yaml:${lineOf('from morning')} +services\\.0\\.hours: must be spans of a day`));
    expect(await refused('--ward-file', join(temporaryFolder(), 'nowhere.yaml'))).toMatch(/nowhere\.yaml.*no such file/);
  });

  it('of files is refused with option and path', { timeout }, async () => {
    const [here, nowhere] = [join(temporaryFolder(), 'short'), join(temporaryFolder(), 'nowhere')];
    writeFileSync(here, 'short\n');
    for (const option of ['--booking-token-file', '--password-file'])
      expect(await refused(option, nowhere)).toContain(`${option}: there is no file ${nowhere}`);
    expect(await refused('--booking-token-file', here)).toContain(`${here}: the secret must have at least 16 characters`);
    const tls = ['--broker', 'mqtts://127.0.0.1:1'];
    for (const option of ['--ca', '--certificate', '--key'])
      expect(await refused(...tls, option, nowhere)).toContain(`${option}: there is no file ${nowhere}`);
    expect(await refused(...tls, '--certificate', here)).toContain('--certificate and --key go together');
    expect(await refused('--ca', here)).toContain('--ca: for mqtts:// only');
  });

  it('of options and a taken port are refused by name', { timeout }, async () => {
    expect(await refused('--ward', 'Phường Cửa Nam')).toContain('lower-case letters, digits and dashes');
    expect(await refused('--broker', 'http://127.0.0.1')).toContain('mqtt://127.0.0.1:1883');
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await refused('--port', String(port))).toContain(`PORT_IN_USE: port ${port} on 127.0.0.1 is taken`);
  });
});
