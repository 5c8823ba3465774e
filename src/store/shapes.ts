/** Table shapes by version; a file is brought up to the last one when opened. Never edit one that was released: append. */
export const shapes = [
  `CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, idempotencyKey TEXT NOT NULL UNIQUE, operation TEXT NOT NULL, body TEXT NOT NULL,
     createdAtMs INTEGER NOT NULL);
   CREATE TABLE refused (seq INTEGER PRIMARY KEY AUTOINCREMENT, idempotencyKey TEXT NOT NULL, operation TEXT NOT NULL, code TEXT NOT NULL,
     refusedAtMs INTEGER NOT NULL);
   CREATE TABLE leases (leaseId TEXT PRIMARY KEY, serviceId TEXT NOT NULL, prefix TEXT NOT NULL, nextNumber INTEGER NOT NULL,
     lastNumber INTEGER NOT NULL, expiresAtMs INTEGER NOT NULL);
   CREATE TABLE journal (seq INTEGER PRIMARY KEY AUTOINCREMENT, ticketId TEXT NOT NULL UNIQUE, state TEXT NOT NULL, ticket TEXT NOT NULL,
     changedAtMs INTEGER NOT NULL);
   CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
   CREATE TABLE seenCalls (callId TEXT PRIMARY KEY, sequence INTEGER NOT NULL, seenAtMs INTEGER NOT NULL);
   CREATE TABLE cache (name TEXT PRIMARY KEY, value TEXT NOT NULL);`,
  `ALTER TABLE outbox ADD COLUMN lane TEXT;
   ALTER TABLE outbox ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE outbox ADD COLUMN deferredUntilMs INTEGER NOT NULL DEFAULT 0;
   UPDATE outbox SET lane = substr(idempotencyKey, instr(idempotencyKey, ':') + 1) WHERE operation IN ('tickets/commit', 'tickets/void');
   CREATE INDEX outboxByLane ON outbox (lane, seq) WHERE lane IS NOT NULL;
   CREATE INDEX outboxTried ON outbox (attempts) WHERE attempts > 0;
   ALTER TABLE refused ADD COLUMN body TEXT;
   ALTER TABLE refused ADD COLUMN lane TEXT;
   CREATE INDEX journalReserved ON journal (seq) WHERE state = 'reserved';
   CREATE TABLE leaseClock (name TEXT PRIMARY KEY, latestMs INTEGER NOT NULL);
   CREATE TABLE doneCommands (seq INTEGER PRIMARY KEY AUTOINCREMENT, idempotencyKey TEXT NOT NULL UNIQUE, outcome TEXT NOT NULL,
     doneAtMs INTEGER NOT NULL);`,
] as const;
