import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startBroker } from '../../../simulators/broker/broker.ts';
import { startRobot, startServer } from './cast.ts';

describe('the embedded broker', () => {
  it('names a port that is already taken', async () => {
    const broker = await startBroker({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => broker.close());
    await expect(startBroker({ host: '127.0.0.1', port: broker.port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      detail: expect.stringContaining(String(broker.port)),
    });
  });

  it('cuts robots off, keeps the queue server, and lets robots back in', async () => {
    const broker = await startBroker({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => broker.close());
    const access = { brokerUrls: [broker.url], protocol: 'auto' as const };
    const server = await startServer(access);
    const { link } = startRobot('robot-1', access);
    await vi.waitFor(() => expect(server.robots()).toMatchObject([{ connection: 'online' }]), 10_000);
    broker.cutNetwork();
    await vi.waitFor(() => expect(link.online).toBe(false), 10_000);
    await vi.waitFor(() => expect(server.robots()).toMatchObject([{ connection: 'connectionBroken' }]), 10_000);
    broker.restoreNetwork();
    await vi.waitFor(() => expect(link.online).toBe(true), 20_000);
  });
});
