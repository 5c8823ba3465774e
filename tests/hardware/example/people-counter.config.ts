import { z } from 'zod';

/** As `peopleCounter` in a robot's file; optional there, since not every unit has one. */
export const peopleCounterSchema = z.strictObject({ path: z.string().min(1), baudRate: z.literal(9600).default(9600) });
export type PeopleCounterConfig = z.infer<typeof peopleCounterSchema>;
