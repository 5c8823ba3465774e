import { compactDecrypt, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../src/core/clock.ts';
import type { Outcome, RequestOf } from '../../src/queue/contract.ts';
import { isoTime, localDay } from '../../src/queue/wire.ts';
import type { Sqlite } from '../../src/store/database.ts';
import { change, exists, selectRow, selectRows } from './database.ts';
import { accept, refuse } from './outcomes.ts';

/** Newest first, so many on the officer's page. */
const shown = 50;

const registrationSchema = z.object({ registrationId: z.string(), personCount: z.number(), jwe: z.string(), receivedAtMs: z.number() });
const sealedRowSchema = z.object({ robotId: z.string(), jwe: z.string() });
const petitionSchema = z.object({ receiptNumber: z.string(), jwe: z.string(), receivedAtMs: z.number() });

export interface OpenedRegistration {
  registrationId: string;
  personCount: number;
  receivedAt: string;
  /** What the robot sealed, or null where this key cannot open it. */
  content: unknown;
}

export interface OpenedPetition {
  receiptNumber: string;
  receivedAt: string;
  content: unknown;
}

/** Feedback, petitions, registrations. Card data and petitions lie here as they came: encrypted; only the officer's page opens them. */
export class Archive {
  private readonly database: Sqlite;
  private readonly clock: Clock;
  private readonly privateKey: JWK;

  constructor(database: Sqlite, clock: Clock, privateKey: JWK) {
    this.database = database;
    this.clock = clock;
    this.privateKey = privateKey;
  }

  feedback({ robotId, visitId, score, givenAt }: RequestOf<'feedback'>): Outcome {
    const insert = 'INSERT INTO feedback (robotId, visitId, score, day) VALUES (?, ?, ?, ?)';
    change(this.database, insert, robotId, visitId, score, localDay(Date.parse(givenAt)));
    return accept();
  }

  petition({ robotId, visitId, receiptNumber, jwe }: RequestOf<'petitions'>): Outcome {
    const taken = exists(this.database, 'SELECT 1 FROM petitions WHERE receiptNumber = ?', receiptNumber);
    if (taken) return refuse('RECEIPT_TAKEN', 'the receipt number exists already');
    change(this.database, 'INSERT INTO petitions VALUES (?, ?, ?, ?, ?)', receiptNumber, robotId, visitId, jwe, this.clock.nowMs());
    return accept();
  }

  /** The same one under another key is kept once; another one under its id is refused for good, never lost in silence. */
  registration({ robotId, visitId, personCount, jwe, registrationId }: RequestOf<'registrations'>): Outcome {
    const query = 'SELECT robotId, jwe FROM registrations WHERE registrationId = ?';
    const known = selectRow(this.database, sealedRowSchema, query, registrationId);
    if (known && (known.robotId !== robotId || known.jwe !== jwe)) return refuse('BAD_MESSAGE', 'another registration has this id');
    if (known) return accept();
    const insert = 'INSERT INTO registrations VALUES (?, ?, ?, ?, ?, ?)';
    change(this.database, insert, registrationId, robotId, visitId, personCount, jwe, this.clock.nowMs());
    return accept();
  }

  async registrations(): Promise<OpenedRegistration[]> {
    const rows = selectRows(this.database, registrationSchema, 'SELECT * FROM registrations ORDER BY receivedAtMs DESC LIMIT ?', shown);
    return Promise.all(
      rows.map(async ({ registrationId, personCount, jwe, receivedAtMs }) => ({
        registrationId,
        personCount,
        receivedAt: isoTime(receivedAtMs),
        content: await this.open(jwe),
      })),
    );
  }

  async petitions(): Promise<OpenedPetition[]> {
    const rows = selectRows(this.database, petitionSchema, 'SELECT * FROM petitions ORDER BY receivedAtMs DESC LIMIT ?', shown);
    return Promise.all(
      rows.map(async ({ receiptNumber, jwe, receivedAtMs }) => ({
        receiptNumber,
        receivedAt: isoTime(receivedAtMs),
        content: await this.open(jwe),
      })),
    );
  }

  private async open(jwe: string): Promise<unknown> {
    try {
      const key = await importJWK(this.privateKey, 'ECDH-ES');
      const { plaintext } = await compactDecrypt(jwe, key, {
        keyManagementAlgorithms: ['ECDH-ES'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      return JSON.parse(new TextDecoder().decode(plaintext));
    } catch {
      // Sealed to an older key, or damaged: the officer is told, the page goes on.
      return null;
    }
  }
}
