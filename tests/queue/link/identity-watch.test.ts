import { describe, expect, it } from 'vitest';
import { IdentityWatch } from '../../../src/queue/identity-watch.ts';

const own = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const other = '01BX5ZZKBKACTAV9WEVGEMMVS0';
let messages = 0;
const said = (instanceId: string, state: 'online' | 'offline' | 'connectionBroken', messageId = `message-${++messages}`) => ({
  version: 1 as const,
  ward: 'cua-nam',
  messageId,
  sentAt: '2026-01-05T08:00:00.000+07:00',
  instanceId,
  state,
  versions: [1],
  software: 'letan test',
});

describe('a foreign instance on the robot’s own topic', () => {
  it('is the program before a restart: what it left, retained or as its will', () => {
    const watch = new IdentityWatch(own);
    watch.onConnected();
    expect(watch.see(said(other, 'online'))).toBeNull();
    expect(watch.see(said(other, 'connectionBroken'))).toBeNull();
    expect(watch.see(said(own, 'online'))).toBeNull();
    // A broker may publish the will late.
    expect(watch.see(said(other, 'connectionBroken'))).toBeNull();
  });

  it('is the program before a restart, seen again after every connection', () => {
    const watch = new IdentityWatch(own);
    const left = said(other, 'connectionBroken');
    for (let n = 0; n < 5; n++) {
      watch.onConnected();
      expect(watch.see(left)).toBeNull();
    }
  });

  it('is the program before a restart, told of by a broker that fell back to an older memory', () => {
    const watch = new IdentityWatch(own);
    watch.setPredecessors([other]);
    watch.onConnected();
    watch.see(said(own, 'online'));
    watch.onConnected();
    expect(watch.see(said(other, 'online'))).toBeNull();
    expect(watch.see(said(own, 'online'))).toBeNull();
    expect(watch.see(said(other, 'connectionBroken'))).toBeNull();
  });

  it('is a rival when it comes online after this one', () => {
    const watch = new IdentityWatch(own);
    watch.onConnected();
    watch.see(said(own, 'online'));
    expect(watch.see(said(other, 'online'))).toMatchObject({ instanceId: other, software: 'letan test' });
  });

  it.each(['online', 'connectionBroken'] as const)('is a rival when it left something new (%s) between two connections', (state) => {
    const watch = new IdentityWatch(own);
    watch.onConnected();
    watch.see(said(own, 'online'));
    watch.onConnected();
    expect(watch.see(said(other, state))).toMatchObject({ instanceId: other });
  });

  it('is none when it said goodbye, nor is this program itself', () => {
    const watch = new IdentityWatch(own);
    for (let n = 0; n < 3; n++) {
      watch.onConnected();
      expect(watch.see(said(other, 'offline'))).toBeNull();
      expect(watch.see(said(own, 'connectionBroken'))).toBeNull();
    }
  });
});
