import { fastify } from 'fastify';
import { claimPort } from '../../src/core/port.ts';
import { pageMessageLimitBytes } from '../../src/kiosk/page-message.ts';
import { type KioskOptions, registerKiosk } from '../../src/kiosk/server.ts';

export interface KioskServer {
  /** For instance `http://127.0.0.1:8080`. */
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** The kiosk alone on a port of its own; 0: any free one. */
export async function startKiosk(options: KioskOptions & { port: number }): Promise<KioskServer> {
  const at = { host: '127.0.0.1', port: options.port };
  const app = fastify({ bodyLimit: pageMessageLimitBytes, forceCloseConnections: true });
  await registerKiosk(app, options);
  const address = await claimPort('kiosk page', at, () => app.listen(at)).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  return { address, port: Number(new URL(address).port), close: () => app.close() };
}
