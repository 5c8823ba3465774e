/*
 * Replaces a static function of an included C file by a contract: the first mention of its name is its definition, the later ones are
 * calls. Before including, write
 *   #define scaled MENTION(scaled, __COUNTER__)
 *   #define scaled_mention_0 scaled_of_drive
 *   #define scaled_mention_1 scaled_by_contract
 * and so on; __COUNTER__ counts from 0 once in a harness.
 */
#ifndef LETAN_PROOF_REPLACE_H
#define LETAN_PROOF_REPLACE_H

#define MENTION_JOINED(name, count) name##_mention_##count
#define MENTION(name, count) MENTION_JOINED(name, count)

#endif
