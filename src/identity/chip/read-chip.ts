import type { PresentCard } from '../../../hardware/card-reader/card-reader.ts';
import type { ChipStage } from '../../behaviour/model.ts';
import type { Clock } from '../../core/clock.ts';
import { type Random, SystemRandom } from '../../core/random.ts';
import { challengeBytes, checkChallenge, readDg15 } from './active-authentication.ts';
import { command } from './apdu.ts';
import { randomBytes } from './bac.ts';
import { CardLink } from './card-link.ts';
import type { AccessKey, CheckResult, ChipChecks, ChipData, ChipReading, Portrait } from './chip.ts';
import { agreeWithChip, chooseAgreement, offersChipAuthentication } from './chip-authentication.ts';
import { citizenData, readDg1, readDg13, readPortrait } from './data-groups.ts';
import { contentOf, readTlv } from './der.ts';
import { ChipReadError, SessionLost } from './failure.ts';
import { FileReader, fileIds } from './file-reader.ts';
import { type OpenChip, openChip, underKeys } from './open-chip.ts';
import { type SecurityInfo, securityInfos } from './security-infos.ts';
import { Shredder } from './shredder.ts';
import { hashMatches, readSecurityObject, type SecurityObject, verifySignature } from './sod.ts';
import { checkIssuer, type TrustAnchors } from './trust-anchors.ts';
import { verdictOf } from './verdict.ts';

export interface ChipReadOptions {
  key: AccessKey;
  /** Reads DG2 as well: most of a read's time. */
  portrait: boolean;
  /** Null: the chip's issuer is not checked. */
  csca: TrustAnchors | null;
  clock: Clock;
  /** Keys and challenges come from it; the machine's cryptographic randomness unless a test says otherwise. */
  random?: Random;
  onStage?: (stage: ChipStage) => void;
}

/** Data groups that are read; the portrait only if it is wanted. */
const groups = { 1: fileIds.dg1, 2: fileIds.dg2, 13: fileIds.dg13, 14: fileIds.dg14, 15: fileIds.dg15 } as const;
type Group = keyof typeof groups;

/**
 * Reads and checks a chip: opens it, reads EF.SOD and the data groups that it lists, then proves the chip itself. Chip authentication comes
 * last, since a chip that fails it loses the session, and with it what is not yet read. Never throws; every failure is an outcome. Keys,
 * files and challenges are overwritten at the end; what is returned is the caller's to forget.
 */
export async function readChip(card: PresentCard, options: ChipReadOptions): Promise<ChipReading> {
  const link = new CardLink(card, options.clock);
  const shredder = new Shredder();
  const random = options.random ?? new SystemRandom();
  try {
    options.onStage?.('opening');
    const chip = await openChip(link, card.longest, options.key, random, shredder);
    options.onStage?.('reading');
    const files = await readFiles(chip, options, shredder);
    const content = understood(files, new Date(options.clock.nowMs()).getUTCFullYear());
    options.onStage?.('checking');
    const proofs = await proveChip(link, chip, files, random, shredder);
    const checks: ChipChecks = { access: chip.access, ...checkSigned(files, options), ...proofs };
    return { kind: 'read', ...content, checks, verdict: verdictOf(checks), cost: { ...link.cost } };
  } catch (error) {
    return { kind: 'failed', failure: error instanceof ChipReadError ? error.failure : 'protocol', cost: { ...link.cost } };
  } finally {
    shredder.shred();
  }
}

interface ReadFiles {
  /** False where the card has no EF.SOD. */
  hasSecurityObject: boolean;
  /** Null where EF.SOD is missing or malformed. */
  object: SecurityObject | null;
  groups: ReadonlyMap<Group, Buffer>;
}

/** EF.SOD first: what it does not list is not asked for. */
async function readFiles(chip: OpenChip, { portrait, onStage }: ChipReadOptions, shredder: Shredder): Promise<ReadFiles> {
  const reader = new FileReader(chip.channel, chip.mostBytes);
  const sod = await reader.read(fileIds.sod);
  const object = sod && readSecurityObject(shredder.keep(sod));
  const found = new Map<Group, Buffer>();
  const read = async (group: Group) => {
    if (object && !object.groupHashes.has(group)) return;
    const file = await reader.read(groups[group]);
    if (file) found.set(group, shredder.keep(file));
  };
  for (const group of [14, 1, 13, 15] as const) await read(group);
  if (portrait) {
    onStage?.('portrait');
    await read(2);
  }
  return { hasSecurityObject: sod !== null, object, groups: found };
}

/** The citizen's data. Throws `notACitizenCard` or `malformed`. */
function understood({ groups: found }: ReadFiles, thisYear: number): { data: ChipData; portrait: Portrait | null } {
  const [dg1, dg2, dg13] = [found.get(1), found.get(2), found.get(13)];
  if (!dg1) throw new ChipReadError('notACitizenCard', 'it has no DG1');
  const mrz = readDg1(dg1, thisYear);
  const fields = dg13 ? readDg13(dg13) : null;
  if (dg13 && !fields) throw new ChipReadError('malformed', 'DG13 is not what it should be');
  if (!mrz) throw new ChipReadError(fields ? 'malformed' : 'notACitizenCard', 'DG1 is no zone of an identity card');
  const data = citizenData(mrz, fields);
  if (!data) throw new ChipReadError('notACitizenCard', 'it tells no citizen number');
  return { data, portrait: dg2 ? readPortrait(dg2) : null };
}

/** Passive authentication: the files against EF.SOD, its signature, and who issued the signer. */
function checkSigned(
  { hasSecurityObject, object, groups: found }: ReadFiles,
  { csca, clock }: ChipReadOptions,
): Pick<ChipChecks, 'hashes' | 'signature' | 'issuer'> {
  if (!hasSecurityObject) return { hashes: 'absent', signature: 'absent', issuer: 'absent' };
  if (!object) return { hashes: 'failed', signature: 'failed', issuer: 'notDone' };
  const hashes = [...found].every(([group, file]) => hashMatches(object, group, file)) ? 'passed' : 'failed';
  const signer = verifySignature(object);
  if (signer === 'failed') return { hashes, signature: 'failed', issuer: 'notDone' };
  if (signer === 'unknown') return { hashes, signature: 'notDone', issuer: 'notDone' };
  return { hashes, signature: 'passed', issuer: checkIssuer(signer, csca, clock.nowMs()) };
}

/**
 * Chip authentication through DG14, then active authentication through DG15. The latter goes under the keys of the former and so proves them
 * without an exchange of their own; without it one byte of EF.SOD is read. A group that EF.SOD lists and the chip hides is a failed proof.
 */
async function proveChip(
  link: CardLink,
  chip: OpenChip,
  { object, groups: found }: ReadFiles,
  random: Random,
  shredder: Shredder,
): Promise<Pick<ChipChecks, 'activeAuthentication' | 'chipAuthentication'>> {
  const hidden = (group: Group): CheckResult => (object?.groupHashes.has(group) ? 'failed' : 'absent');
  const [dg14, dg15] = [found.get(14), found.get(15)];
  const infos = securityInfos(contentOf(dg14 && readTlv(dg14), 0x6e) ?? new Uint8Array(0));
  const agreement = chooseAgreement(infos);
  const unagreed = !dg14 ? hidden(14) : !offersChipAuthentication(infos) ? 'absent' : agreement ? 'failed' : 'notDone';
  try {
    const keys = agreement ? await agreeWithChip(chip.channel, agreement, random, shredder) : null;
    const channel = keys ? underKeys(link, keys).channel : chip.channel;
    const activeAuthentication = dg15 ? await proveActive(channel, dg15, infos, random) : hidden(15);
    const untried = !dg15 || activeAuthentication === 'notDone';
    if (keys && untried) await channel.exchange(command(0x00, 0xb0, 0x80 | (fileIds.sod & 0x1f), 0, undefined, 1));
    return { activeAuthentication, chipAuthentication: keys ? 'passed' : unagreed };
  } catch (error) {
    // A chip that leaves the session when it has to prove itself has not proved itself; what it said before stays said.
    if (!(error instanceof SessionLost)) throw error;
    return { activeAuthentication: !dg15 ? hidden(15) : agreement ? 'notDone' : 'failed', chipAuthentication: unagreed };
  }
}

async function proveActive(
  channel: OpenChip['channel'],
  dg15: Buffer,
  infos: readonly SecurityInfo[],
  random: Random,
): Promise<CheckResult> {
  const key = readDg15(dg15);
  if (!key) return 'notDone';
  const challenge = randomBytes(random, challengeBytes);
  const answer = await channel.exchange(command(0x00, 0x88, 0, 0, challenge, 256));
  return answer.status === 0x9000 ? checkChallenge(key, infos, challenge, answer.data) : 'failed';
}
