import { readFileSync } from 'node:fs';
import MiniSearch from 'minisearch';
import { z } from 'zod';
import { localTextSchema } from '../../config/schema.ts';
import { LetanError } from '../core/errors.ts';
import type { Language } from '../core/language.ts';
import type { ProcedureCatalogue } from '../kiosk/catalogue.ts';
import { fold, queryWords } from './fold.ts';

const procedureSchema = z.strictObject({
  /** Code of the national portal, for instance `2.000815`. */
  code: z.string().regex(/^\d\.\d{6}$/),
  name: localTextSchema,
  who: localTextSchema,
  documents: z.array(localTextSchema).min(1),
  time: localTextSchema,
  fee: localTextSchema,
  /** Decision that published it, where known. */
  decision: z.string().optional(),
  keywords: z.array(z.string()),
});
const catalogueSchema = z.strictObject({ dataDate: z.iso.date(), note: localTextSchema, procedures: z.array(procedureSchema) });

/**
 * Reads a catalogue file: JSON, because composing YAML of this size costs a start-up 70 ms. Fees that the province sets are never
 * written as free. Throws `CONFIG_INVALID` with the path of every fault.
 */
export function loadCatalogue(file: string): ProcedureCatalogue {
  const parsed = catalogueSchema.safeParse(readJson(file));
  if (!parsed.success) throw new LetanError('CONFIG_INVALID', `${file}: ${z.prettifyError(parsed.error)}`);
  return createCatalogue(parsed.data);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new LetanError('CONFIG_INVALID', `${file}: ${error instanceof Error ? error.message : 'not readable'}`, { cause: error });
  }
}

export function createCatalogue({ dataDate, note, procedures }: z.infer<typeof catalogueSchema>): ProcedureCatalogue {
  const byCode = new Map(procedures.map((procedure) => [procedure.code, procedure]));
  const index = new MiniSearch<{ id: string; names: string; keywords: string }>({
    fields: ['names', 'keywords'],
    processTerm: (term) => fold(term),
    searchOptions: { boost: { names: 2 }, prefix: (term) => term.length > 2, fuzzy: (term) => (term.length > 5 ? 0.2 : false) },
  });
  index.addAll(
    procedures.map(({ code, name, keywords }) => ({
      id: code,
      names: `${code} ${Object.values(name).join(' ')}`,
      keywords: keywords.join(' '),
    })),
  );

  const summary = (code: string, language: Language) => {
    const procedure = byCode.get(code);
    return procedure ? [{ code, name: procedure.name[language] }] : [];
  };

  return {
    search(query, language) {
      const words = queryWords(query);
      if (words.length === 0) return procedures.flatMap(({ code }) => summary(code, language));
      // A casual question may hold one word that fits nothing: all words first, then any of them.
      const strict = index.search(words.join(' '), { combineWith: 'AND' });
      const found = strict.length > 0 ? strict : index.search(words.join(' '), { combineWith: 'OR' });
      return found.flatMap((hit) => summary(String(hit.id), language)).slice(0, 8);
    },
    detail(code, language) {
      const procedure = byCode.get(code);
      if (!procedure) return null;
      return {
        code,
        name: procedure.name[language],
        whoMayApply: procedure.who[language],
        documents: procedure.documents.map((document) => document[language]),
        processingTime: procedure.time[language],
        fee: procedure.fee[language],
        legalNote: note[language],
        decision: procedure.decision,
        dataDate,
      };
    },
  };
}
