import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';

/** A broker of somebody else's, running as a process of its own. */
export interface BrokerProcess {
  readonly pid: number;
  /** Ends it at once, as a power cut would. Does nothing when it has ended. */
  kill(): Promise<void>;
  /** Asks it to end (SIGTERM) and waits; a broker writes its persistent store then. */
  end(): Promise<void>;
  /** Makes it read its configuration again (SIGHUP). */
  reload(): void;
  /** False once it has ended, whoever ended it. */
  readonly running: boolean;
}

export interface Launch {
  command: string;
  args: string[];
  /** What it prints; the end of it is in the error when it does not start. */
  logFile: string;
  /** On loopback; started means that all of them accept connections. */
  ports: number[];
}

const startWithinMs = 20_000;
const lookEveryMs = 20;

/** Starts a process on loopback; resolves when its ports accept connections, rejects with the end of its log when it ends before. */
export async function launch({ command, args, logFile, ports }: Launch): Promise<BrokerProcess> {
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { stdio: ['ignore', log, log] });
  closeSync(log);
  const killNow = () => void child.kill('SIGKILL');
  process.once('exit', killNow);
  let startFault = '';
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      startFault = error.message;
      resolve();
    });
  });
  const running = () => startFault === '' && child.exitCode === null && child.signalCode === null;
  void ended.then(() => process.off('exit', killNow));
  const stop = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (running()) child.kill(signal);
    await ended;
  };
  if (!(await untilAccepting(ports, running))) {
    await stop('SIGKILL');
    throw new Error(`${command} did not start: ${startFault}\n${readFileSync(logFile, 'utf8').slice(-2_000)}`);
  }
  return {
    pid: child.pid ?? 0,
    kill: () => stop('SIGKILL'),
    end: () => stop('SIGTERM'),
    reload: () => void child.kill('SIGHUP'),
    get running() {
      return running();
    },
  };
}

/** A port on loopback that nobody holds at this moment. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('no port');
  return port;
}

/** Distinct free ports: all are held until the last is found. */
export async function freePorts(count: number): Promise<number[]> {
  if (count === 0) return [];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const rest = await freePorts(count - 1);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return [address.port, ...rest];
}

async function untilAccepting(ports: number[], running: () => boolean): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < startWithinMs && running(); waitedMs += lookEveryMs) {
    const open = await Promise.all(ports.map(accepts));
    if (open.every(Boolean)) return running();
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  return false;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
