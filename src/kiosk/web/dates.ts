import type { Language } from '../../core/language.ts';

const locales: Record<Language, string> = { vi: 'vi-VN', en: 'en-GB', ko: 'ko-KR' };

/** An ISO date (`2026-01-05`) as people here write it; anything else is shown as it came. */
export function dateText(date: string, language: Language): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return date;
  const format = new Intl.DateTimeFormat(locales[language], { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: 'UTC' });
  return format.format(new Date(`${date}T00:00:00Z`));
}
