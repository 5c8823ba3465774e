/**
 * The queue contract, version 1: what travels between robots and the ward's queue server over MQTT 5 or 3.1.1. Message id, reply
 * topic, expiry and idempotency key are in the payload, so a 3.1.1 broker loses nothing. Unknown keys are dropped, so that later
 * releases may add some.
 */
export * from './contract/announcements.ts';
export {
  contractVersion,
  type Envelope,
  maxPayloadBytes,
  type RequestEnvelope,
  requestEnvelopeSchema,
} from './contract/basics.ts';
export * from './contract/channels.ts';
export * from './contract/requests.ts';
export * from './contract/robot.ts';
export * from './contract/sealed.ts';
