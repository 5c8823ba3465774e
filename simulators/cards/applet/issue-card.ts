import type { Random } from '../../../src/core/random.ts';
import type { ChipContents } from './chip-contents.ts';
import { type CurveName, drawKey } from './curves.ts';
import { comFile, fingerprintGroup, type Letters, mrzGroup, portraitGroup, printedDataGroup } from './data-groups.ts';
import { dataGroupFile, type FileSystem, fileIds, type StoredFile } from './files.ts';
import { atrInfoFile } from './greeting.ts';
import { mrzInformation } from './mrz.ts';
import { type ActiveKey, drawRsaKey } from './own-keys.ts';
import type { CardPerson } from './person.ts';
import type { DrawnPortrait } from './portrait.ts';
import { qrText } from './qr-text.ts';
import { activeKeyGroup, cardAccessFile, securityOptionsGroup } from './security-groups.ts';
import type { TestIssuer } from './test-issuer.ts';
import { type CardVariant, type CopyManner, mannerOf, type Spoiled, type Traits, traitsOf } from './variants.ts';
import { VirtualCard } from './virtual-card.ts';

export interface CardOptions {
  /** Key of active authentication; `none` leaves DG15 out. Default: rsa of 1024 bits. */
  activeAuthentication?: 'rsa1024' | 'rsa2048' | CurveName | 'none';
  /** Key of chip authentication; `none` leaves DG14 out. Default: brainpoolP256r1. */
  chipAuthentication?: CurveName | 'none';
  /** Diacritics composed or not, in chip and QR. Default: NFC. */
  letters?: Letters;
  /** Longest extended APDU, bytes; 0 = short ones alone. Default: 2048. */
  extendedBytes?: number;
  /** Wrong CANs until it is blocked; null, the default = never. */
  canTries?: number | null;
}

export interface CardOrder {
  person: CardPerson;
  variant: CardVariant;
  issuer: TestIssuer;
  /** Null leaves DG2 out. */
  portrait: DrawnPortrait | null;
  random: Random;
  options?: CardOptions;
}

function drawActiveKey(random: Random, kind: CardOptions['activeAuthentication'] = 'rsa1024'): ActiveKey | null {
  switch (kind) {
    case 'none':
      return null;
    case 'rsa1024':
    case 'rsa2048': {
      const bits = kind === 'rsa1024' ? 1024 : 2048;
      return { kind: 'rsa', key: drawRsaKey(bits), bits };
    }
    case 'brainpoolP256r1':
    case 'P-256':
      return { kind: 'ecdsa', key: drawKey(random, kind) };
  }
}

type Keys = Pick<ChipContents, 'agreementKey' | 'activeKey'>;

function drawKeys(random: Random, options: CardOptions): Keys {
  const curve = options.chipAuthentication ?? 'brainpoolP256r1';
  return {
    agreementKey: curve === 'none' ? null : drawKey(random, curve),
    activeKey: drawActiveKey(random, options.activeAuthentication),
  };
}

/** DG14 and DG15 of the keys there are. */
function keyGroups({ agreementKey, activeKey }: Keys, { curves }: TestIssuer): Map<number, Uint8Array> {
  const groups = new Map<number, Uint8Array>();
  if (agreementKey !== null) groups.set(14, securityOptionsGroup(agreementKey, activeKey, curves));
  if (activeKey !== null) groups.set(15, activeKeyGroup(activeKey, curves));
  return groups;
}

/** Data groups by number. */
function dataGroups({ person, portrait, issuer, options }: CardOrder, keys: Keys): Map<number, Uint8Array> {
  const groups = new Map([[1, mrzGroup(person)]]);
  if (portrait !== null) groups.set(2, portraitGroup(portrait, person.sex));
  groups.set(3, fingerprintGroup());
  groups.set(13, printedDataGroup(person, options?.letters ?? 'NFC'));
  return new Map([...groups, ...keyGroups(keys, issuer)]);
}

/** Turns over the lowest bit of the byte `fromEnd` bytes before the end; every length stays. */
function spoil(bytes: Uint8Array, fromEnd = 1): Uint8Array {
  const at = bytes.length - fromEnd;
  return bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
}

/** The name is the MRZ's last line. */
const nameInMrz = 30;

const outerTags = new Map([
  [1, 0x61],
  [2, 0x75],
  [3, 0x63],
  [13, 0x6d],
  [14, 0x6e],
  [15, 0x6f],
]);

function fileSystem({ groups, sod }: Written, withPace: boolean, extendedBytes: number): FileSystem {
  const inSession = (bytes: Uint8Array): StoredFile => ({ bytes, access: 'session' });
  const application = new Map<number, StoredFile>();
  const tags = [...groups.keys()].map((number) => outerTags.get(number) ?? 0);
  application.set(fileIds.com, inSession(comFile(tags)));
  application.set(fileIds.sod, inSession(sod));
  for (const [number, bytes] of groups) application.set(dataGroupFile(number), { bytes, access: number === 3 ? 'never' : 'session' });
  const master = new Map<number, StoredFile>();
  if (withPace) master.set(fileIds.cardAccess, { bytes: cardAccessFile(), access: 'always' });
  if (extendedBytes > 0) master.set(fileIds.atrInfo, { bytes: atrInfoFile(extendedBytes), access: 'always' });
  return { master, application };
}

/** What a copy has in place of the private keys, which nobody can read out. */
function copiedKeys(keys: Keys, manner: CopyManner, random: Random): Keys {
  if (manner !== 'pretends') return { agreementKey: null, activeKey: null };
  const { agreementKey, activeKey } = keys;
  return {
    agreementKey: agreementKey && drawKey(random, agreementKey.curve),
    activeKey:
      activeKey &&
      (activeKey.kind === 'rsa'
        ? { ...activeKey, key: drawRsaKey(activeKey.bits) }
        : { kind: 'ecdsa', key: drawKey(random, activeKey.key.curve) }),
  };
}

/** What is written into the chip: as signed, or as a forger changed it. */
interface Written {
  groups: Map<number, Uint8Array>;
  sod: Uint8Array;
  keys: Keys;
}

function forge({ groups, sod, keys }: Written, spoiled: Spoiled, { issuer, random, options = {} }: CardOrder): Written {
  if (spoiled === 'signature') return { groups, sod: spoil(sod), keys };
  if (spoiled === 'keys') {
    const own = drawKeys(random, options);
    return { groups: new Map([...groups, ...keyGroups(own, issuer)]), sod, keys: own };
  }
  const bytes = spoil(groups.get(spoiled) ?? new Uint8Array(), spoiled === 1 ? nameInMrz : 1);
  return { groups: new Map([...groups, [spoiled, bytes]]), sod, keys };
}

function copy({ groups, sod, keys }: Written, manner: CopyManner, random: Random): Written {
  const kept = manner === 'hides' ? [...groups].filter(([number]) => number < 14) : [...groups];
  return { groups: new Map(kept), sod, keys: copiedKeys(keys, manner, random) };
}

function write(order: CardOrder, { spoiled, copied }: Traits): Written {
  const keys = drawKeys(order.random, order.options ?? {});
  const groups = dataGroups(order, keys);
  const signed = { groups, sod: order.issuer.sign(groups), keys };
  if (copied !== null) return copy(signed, copied, order.random);
  return spoiled === null ? signed : forge(signed, spoiled, order);
}

/** Issues a card: draws its keys, writes its files, signs them. Whatever is drawn comes from `random`, but for RSA keys. */
export function issueCard(order: CardOrder): VirtualCard {
  const { person, variant, random, options = {} } = order;
  const traits = traitsOf(variant);
  const written = write(order, traits);
  const extendedBytes = options.extendedBytes ?? 2048;
  const chip: ChipContents = {
    files: fileSystem(written, traits.pace, extendedBytes),
    can: traits.pace ? person.idNumber.slice(-6) : null,
    bac: traits.bac,
    mrzInformation: mrzInformation(person),
    ...written.keys,
    extendedBytes,
    canTries: options.canTries ?? null,
  };
  const text = qrText(person, traits.qrFields, options.letters ?? 'NFC');
  return new VirtualCard(chip, { qrText: text, ...mannerOf(variant) }, random);
}
