import { LetanError } from './errors.ts';

/** Runs `listen`; a port that somebody else holds becomes `PORT_IN_USE`, naming port, host and what it was for. */
export async function claimPort<T>(what: string, { host, port }: { host: string; port: number }, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new LetanError('PORT_IN_USE', `port ${port} on ${host} is taken (${what})`, { cause: error });
  }
}
