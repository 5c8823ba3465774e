import type { ErrorCode, ErrorInfo } from '../core/errors.ts';

/** Where and when it happened; needed to say what to look at. */
export interface FaultPlace {
  url: string;
  /** The robot's clock: a wrong one makes good certificates bad. */
  nowMs: number;
  /** The robot shows a certificate of its own. */
  ownCertificate: boolean;
}

/** OpenSSL's and Node's words for what is wrong with the broker's certificate. */
const untrusted = [
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_CA',
  'PATH_LENGTH_EXCEEDED',
  'INVALID_PURPOSE',
];

/** TLS alerts by which a broker says what it dislikes about the robot's certificate; parts of OpenSSL's names. */
const alerts: readonly (readonly [string, string])[] = [
  ['UNKNOWN_CA', "the broker does not know the authority of the robot's certificate"],
  ['CERTIFICATE_EXPIRED', "the broker finds the robot's certificate expired"],
  ['CERTIFICATE_REVOKED', "the robot's certificate was revoked"],
  ['CERTIFICATE_REQUIRED', 'the broker asks for a certificate of the robot: set certificateFile and keyFile'],
  ['CERTIFICATE_UNKNOWN', "the broker does not accept the robot's certificate"],
  ['UNSUPPORTED_CERTIFICATE', "the broker does not accept the kind of the robot's certificate"],
  ['BAD_CERTIFICATE', "the broker does not accept the robot's certificate"],
  ['ALERT_HANDSHAKE_FAILURE', 'the broker ends the TLS handshake; it may ask for a certificate of the robot, or for another TLS version'],
  ['PROTOCOL_VERSION', 'the broker speaks another version of TLS; 1.2 or 1.3 is needed'],
];

const network: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused: no broker listens there',
  ENOTFOUND: 'the host name is unknown (DNS)',
  EAI_AGAIN: 'the host name could not be looked up (DNS)',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'no network',
  ENETDOWN: 'no network',
  ETIMEDOUT: 'no answer',
  ECONNRESET: 'the broker broke the connection off',
  EPIPE: 'the broker broke the connection off',
};

/** CONNACK and DISCONNECT codes; below 0x80 they are those of MQTT 3.1.1's CONNACK. */
const reasons: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  1: ['QUEUE_OFFLINE', 'the broker speaks another version of MQTT'],
  2: ['QUEUE_NOT_AUTHORISED', 'the broker refuses the client id'],
  3: ['QUEUE_OFFLINE', 'the broker is not available'],
  4: ['QUEUE_NOT_AUTHORISED', 'bad user name or password'],
  5: ['QUEUE_NOT_AUTHORISED', 'the broker does not let this robot in'],
  132: ['QUEUE_OFFLINE', 'the broker speaks another version of MQTT'],
  133: ['QUEUE_NOT_AUTHORISED', 'the broker refuses the client id'],
  134: ['QUEUE_NOT_AUTHORISED', 'bad user name or password'],
  135: ['QUEUE_NOT_AUTHORISED', 'the broker does not let this robot in'],
  136: ['QUEUE_OFFLINE', 'the broker is not available'],
  137: ['QUEUE_OFFLINE', 'the broker is busy'],
  138: ['QUEUE_NOT_AUTHORISED', 'the broker has banned this robot'],
  139: ['QUEUE_OFFLINE', 'the broker is shutting down'],
  140: ['QUEUE_NOT_AUTHORISED', 'the broker wants another way of authentication'],
  141: ['QUEUE_OFFLINE', 'the broker heard nothing of the robot for too long'],
  142: ['QUEUE_DUPLICATE_CLIENT', 'another program connected with the identity of this robot'],
  147: ['QUEUE_OFFLINE', 'too many messages on the way'],
  149: ['QUEUE_OFFLINE', 'a message was too large for the broker'],
  151: ['QUEUE_OFFLINE', "a quota of the broker's is used up"],
  152: ['QUEUE_OFFLINE', "ended by the broker's administrator"],
  159: ['QUEUE_OFFLINE', 'the broker takes no more connections for now'],
};

const place = ({ url }: FaultPlace) => new URL(url).host;

/** What a CONNACK or DISCONNECT with this code means. */
export function faultOfReason(code: number, at: FaultPlace): ErrorInfo {
  const [kind, words] = reasons[code] ?? ['QUEUE_OFFLINE', 'the broker ended the connection'];
  return { code: kind, detail: `${place(at)}: ${words} (code 0x${code.toString(16)})` };
}

/** True for "protocol version not supported": 1 in MQTT 3.1.1, 0x84 in 5. */
export const refusesVersion = (code: unknown): boolean => code === 1 || code === 0x84;

/** Names the cause of a failed connection by code. */
export function faultOfError(error: Error, at: FaultPlace): ErrorInfo {
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof code === 'number') return faultOfReason(code, at);
  if (typeof code === 'string') {
    const tls = tlsFault(code, error, at);
    if (tls !== null) return { code: 'QUEUE_TLS', detail: `${place(at)}: ${tls}` };
    return { code: 'QUEUE_OFFLINE', detail: `${place(at)}: ${network[code] ?? error.message} (${code})` };
  }
  return { code: 'QUEUE_OFFLINE', detail: `${place(at)}: ${error.message}` };
}

function tlsFault(code: string, error: Error, { nowMs, ownCertificate }: FaultPlace): string | null {
  const clock = `the robot's clock says ${new Date(nowMs).toISOString().slice(0, 16)}Z`;
  if (untrusted.includes(code)) return `the broker's certificate is not from the authority in caFile (${code})`;
  if (code === 'CERT_HAS_EXPIRED') return `the broker's certificate, or its authority's, has expired; ${clock}`;
  if (code === 'CERT_NOT_YET_VALID') return `the broker's certificate is not valid yet; ${clock}`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the broker's certificate is for another host name (${reasonOf(error)}); where that is meant so, set serverName`;
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') return 'no TLS is spoken on this port';
  const alert = alerts.find(([name]) => code.startsWith('ERR_SSL') && code.includes(name));
  if (alert) return `${alert[1]}${ownCertificate ? '' : '; none is configured'} (${code})`;
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_OSSL') || code.startsWith('ERR_TLS')) return `${error.message} (${code})`;
  return null;
}

const reasonOf = (error: Error) => ('reason' in error && typeof error.reason === 'string' ? error.reason : error.message);
