import { describe, expect, it } from 'vitest';
import { macroMutantsOf, mutantsOf } from './mutants.ts';

const changes = (source: string): string[] => mutantsOf(source).map(({ change }) => change.replace(/^\d+: /, ''));

describe('the mutator', () => {
  it('moves each comparison by one and turns it round', () => {
    expect(changes('int f(int a) {\n  return a < limit;\n}')).toEqual(['< -> <=', '< -> >=']);
  });

  it('removes statements, turns signs and adds one to constants', () => {
    expect(changes('void f(T *a) {\n  a->n += 2u;\n}')).toEqual(['a->n += 2u -> (removed)', '+= -> -=', '2u -> 3u']);
  });

  it('leaves pointers, addresses, comments, texts and preprocessor lines alone', () => {
    expect(changes('#define A 1\n/* a < b */\nstatic void f(const T *a) {\n  g("1 < 2", &a, *a, b->c);\n}')).toEqual([
      'g("1 < 2", &a, *a, b->c) -> (removed)',
    ]);
  });

  it('turns a bare condition round, a negated one once', () => {
    expect(changes('bool f(bool a) {\n  if (a) return b;\n  if (!a) return c;\n}')).toEqual(['a -> !(a)', '! -> (removed)']);
  });

  it('names line, function and text, and changes nothing else', () => {
    const [mutant] = mutantsOf('int g(void) {\n  return x;\n}\nint f(int a) {\n  return a + b;\n}');
    expect(mutant).toMatchObject({
      line: 5,
      where: 'f',
      text: 'return a + b;',
      source: 'int g(void) {\n  return x;\n}\nint f(int a) {\n  return a - b;\n}',
    });
  });

  it('moves each macro by one both ways', () => {
    expect(macroMutantsOf('/* 1 */\n#define A_MS 10u\n#define B -1\n').map(({ macro, change }) => [macro, change])).toEqual([
      ['A_MS', '13: 10u -> 11u'],
      ['A_MS', '13: 10u -> 9u'],
    ]);
  });
});
