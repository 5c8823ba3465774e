import type { ErrorInfo } from '../core/errors.ts';
import type { Signal } from '../core/signal.ts';

export interface TransportMessage {
  topic: string;
  payload: Uint8Array;
}

export interface PublishOptions {
  qos: 0 | 1;
  retain?: boolean;
  /** MQTT 5 properties, set beside the same facts in the payload; a 3.1.1 link leaves them out. */
  expiresInS?: number;
  replyTo?: string;
  correlation?: string;
}

/** What a connection does besides carrying messages. */
export interface Session {
  /** Topic filters, all at QoS 1; renewed on every connection. Without all of them there is no connection. */
  subscriptions: string[];
  /** Topic filters that a broker may refuse. */
  optional?: string[];
  /** Published by the broker when this side vanishes; made anew for every connection. */
  will: () => { topic: string; payload: string };
}

/** A certificate in use and when it ends, ms since the Unix epoch. */
export interface CertificateDates {
  whose: 'robot' | 'authority' | 'broker';
  expiresAtMs: number;
}

/** Carries payloads to and from a broker, and keeps trying. Nothing is queued while it is down: what must not be lost is in the outbox. */
export interface Transport {
  /** Connected and subscribed. */
  readonly connected: Signal<void>;
  /** The connection is gone; the next one is already being tried. */
  readonly lost: Signal<ErrorInfo>;
  readonly message: Signal<TransportMessage>;
  /** An attempt to connect failed, or a renewed certificate cannot be used; why, by code. */
  readonly failed?: Signal<ErrorInfo>;
  /** Of the present or next connection; 5 where nothing is said. */
  readonly protocol?: '5' | '3.1.1';
  readonly certificates?: readonly CertificateDates[];
  /** Host and port of the present or last broker; null before the first. */
  readonly brokerHost?: string | null;
  start(session: Session): void;
  /** Leaves politely (the will is not published) and stays away. */
  stop(): Promise<void>;
  /** Resolves when the broker has it (QoS 1) or when it is sent (QoS 0). Rejects with `QUEUE_OFFLINE`, `QUEUE_NOT_AUTHORISED`. */
  publish(topic: string, payload: string, options: PublishOptions): Promise<void>;
  /** Another program has this identity: after the next loss of the connection it waits long, or the two would throw each other out for ever. */
  expectRival?(): void;
}
