/** The languages the robot speaks; Vietnamese is the default. */
export const languages = ['vi', 'en', 'ko'] as const;
export type Language = (typeof languages)[number];
/** One text in every language. */
export type LocalText = Record<Language, string>;
