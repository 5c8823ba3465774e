import { z } from 'zod';

const isoDay = z
  .string()
  .regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/)
  .describe('YYYY-MM-DD');

const check = z.enum(['passed', 'failed', 'absent', 'notDone']);

/** What the card's chip says beside its QR code, and what was checked of it. A chip that failed a check is never sent. */
const chip = z.object({
  verdict: z
    .enum(['genuine', 'intact', 'notAChipOfItsOwn'])
    .describe('genuine: all checked; intact: issuer not anchored; notAChipOfItsOwn: could not prove that it is no copy'),
  checks: z.object({
    access: z.enum(['pace', 'bac']),
    hashes: check,
    signature: check,
    issuer: check,
    activeAuthentication: check,
    chipAuthentication: check,
  }),
  data: z.object({
    idNumber: z.string().regex(/^[0-9]{12}$/),
    oldIdNumber: z.string().max(20),
    fullName: z.string().min(1).max(200).describe('in NFC'),
    birthDate: isoDay,
    sex: z.enum(['Nam', 'Nữ', '']),
    nationality: z.string().max(100),
    placeOfOrigin: z.string().max(500),
    placeOfResidence: z.string().max(500),
    issuedDate: z.union([isoDay, z.literal('')]),
    expiryDate: z.string().max(40).describe('YYYY-MM-DD, or the words of the card'),
  }),
});

/** One citizen card, as its QR code says it. Personal data: it travels sealed and is opened by the officer alone. */
const person = z.object({
  idNumber: z
    .string()
    .regex(/^[0-9]{12}$/)
    .describe('personal number'),
  oldIdNumber: z
    .string()
    .regex(/^([0-9]{9}|[0-9]{12})?$/)
    .describe('number of an older card, or empty'),
  fullName: z.string().min(1).max(200).describe('in NFC'),
  birthDate: isoDay,
  sex: z.enum(['Nam', 'Nữ', '']),
  address: z.string().max(500).describe('in NFC'),
  issuedDate: z.union([isoDay, z.literal('')]),
  chip: chip.optional().describe('where the chip was read'),
});
export type SealedPerson = z.infer<typeof person>;

/** Plain texts of the `jwe` fields, as JSON in UTF-8. */
export const sealedSchemas = {
  registrations: z.object({ kind: z.literal('registration'), people: z.array(person).min(1).max(2).describe('`personCount` of them') }),
  petitions: z.object({ kind: z.literal('petition'), text: z.string().max(2000) }),
} as const;

/** The queue server's public key as the robot's file `queue.publicKeyFile` holds it; other members are ignored. */
export const publicKeySchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  y: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});
