import type { Random } from '../../core/random.ts';
import { command } from './apdu.ts';
import { openWithBac } from './bac.ts';
import { type ApduLimits, type CardLink, type Channel, shortLimits } from './card-link.ts';
import type { AccessKey, ChipChecks } from './chip.ts';
import { readTlv, readTlvs, smallInteger } from './der.ts';
import { ChipReadError } from './failure.ts';
import { FileReader, fileIds } from './file-reader.ts';
import { choosePace, offersPace, openWithPace } from './pace.ts';
import { mostPlainBytes, SecureChannel, SecureMessaging, type SessionKeys } from './secure-messaging.ts';
import { securityInfos } from './security-infos.ts';
import type { Shredder } from './shredder.ts';

/** An opened chip: the application is selected, and everything goes under secure messaging. */
export interface OpenChip {
  access: ChipChecks['access'];
  channel: Channel;
  /** Plain data that one answer carries. */
  mostBytes: number;
}

/** AID of the eMRTD application (9303-10). */
const application = Buffer.from('A0000002471001', 'hex');
/** Plain data of a short answer. */
const shortAnswerBytes = 256;

/**
 * Opens the chip: EF.CardAccess, PACE, or BAC with an MRZ where the chip has no PACE for it, and selects the application. Throws
 * `ChipReadError`: `wrongAccessKey` too where a number meets a chip without PACE, `notACitizenCard` where there is no such application.
 */
export async function openChip(
  link: CardLink,
  readerLimits: ApduLimits,
  key: AccessKey,
  random: Random,
  shredder: Shredder,
): Promise<OpenChip> {
  const files = new FileReader(link, shortAnswerBytes);
  const infos = securityInfos((await files.read(fileIds.cardAccess)) ?? new Uint8Array(0));
  link.limits = await agreedLimits(files, readerLimits);
  const suite = choosePace(infos);
  const keys = suite && (await openWithPace(link, suite, key, random, shredder).catch(refused(key)));
  if (keys) {
    const opened = underKeys(link, keys);
    await selectApplication(opened.channel);
    return { access: 'pace', ...opened };
  }
  await selectApplication(link);
  if (key.kind === 'mrz') return { access: 'bac', ...underKeys(link, await openWithBac(link, key, random, shredder)) };
  if (offersPace(infos)) throw new ChipReadError('protocol', 'PACE in a form that this reader does not speak');
  throw new ChipReadError('wrongAccessKey', 'the chip has no PACE, a number does not open it');
}

/** A chip may have PACE for its number alone: an MRZ that it refuses gets its second chance with BAC. */
function refused(key: AccessKey): (error: unknown) => null {
  return (error) => {
    if (key.kind === 'mrz' && error instanceof ChipReadError && (error.failure === 'wrongAccessKey' || error.failure === 'protocol'))
      return null;
    throw error;
  };
}

/** A secure channel on the link, and what one answer carries through it. */
export function underKeys(link: CardLink, keys: SessionKeys): { channel: Channel; mostBytes: number } {
  return { channel: new SecureChannel(link, new SecureMessaging(keys)), mostBytes: mostPlainBytes(keys.cipher, link.limits) };
}

async function selectApplication(channel: Channel): Promise<void> {
  const { status } = await channel.exchange(command(0x00, 0xa4, 0x04, 0x0c, application));
  if (status !== 0x9000) throw new ChipReadError('notACitizenCard', `no eMRTD application, status ${status.toString(16)}`);
}

/**
 * Extended APDUs where the reader carries longer ones than short and the card says in EF.ATR/INFO how long it takes (ISO 7816-4, 8.1.1.2.7).
 * One exchange that saves a dozen; a reader that carries short ones alone does not ask.
 */
async function agreedLimits(files: FileReader, reader: ApduLimits): Promise<ApduLimits> {
  if (reader.responseBytes <= 2 * shortLimits.responseBytes) return shortLimits;
  const lengths = firstOf((await files.open(fileIds.atrInfo)) ?? new Uint8Array(0), 0x7f66);
  const [commandBytes, responseBytes] = (readTlvs(lengths) ?? []).map(smallInteger);
  if (!commandBytes || !responseBytes || responseBytes <= shortLimits.responseBytes) return shortLimits;
  return { commandBytes: Math.min(reader.commandBytes, commandBytes), responseBytes: Math.min(reader.responseBytes, responseBytes) };
}

/** Value of the first object with that tag; empty without one. What follows the last object, a file's unused end, does not matter. */
function firstOf(bytes: Uint8Array, tag: number): Uint8Array {
  let object = readTlv(bytes);
  for (let rest = bytes; object && object.tag !== tag; object = readTlv(rest)) rest = rest.subarray(object.whole.length);
  return object?.value ?? new Uint8Array(0);
}
