import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { parseNumber } from '../../../src/technician/calibrate/dialogue.ts';
import { TerminalDialogue } from '../../../src/technician/calibrate/terminal.ts';

const grams = { step: 'cup.grams', text: 'What does the water weigh?', unit: 'g', min: 1, max: 1000 } as const;

function terminal(lines: string, options: { answers?: string[]; yes?: boolean } = {}) {
  const input = new PassThrough();
  input.end(lines);
  const written: string[] = [];
  const dialogue = new TerminalDialogue({
    input,
    write: (text) => written.push(text),
    answers: options.answers ?? [],
    yes: options.yes ?? false,
    echo: true,
  });
  return { dialogue, text: () => written.join('') };
}

test.each([
  ['149.2', 149.2],
  ['149,2', 149.2],
  [' -12 ', -12],
  ['+3', 3],
  ['.5', 0.5],
  ['', null],
  ['12 mm', null],
  ['1e3', null],
  ['1.2.3', null],
  ['Infinity', null],
])('"%s" is read as %s', (text, value) => {
  expect(parseNumber(text)).toBe(value);
});

test('a pipe answers line by line; nonsense and what is out of range is asked again', async () => {
  const { dialogue, text } = terminal('\nheavy\n0,2\n149,2\ny\nn\n');
  await dialogue.ready('cup.empty', 'Put the cup.');
  expect(await dialogue.number(grams)).toBe(149.2);
  expect(await dialogue.confirm('write', 'Write?')).toBe(true);
  expect(await dialogue.confirm('write', 'Write?')).toBe(false);
  expect(text()).toContain('[g] 149,2\n');
  expect(text().match(/a number from 1 to 1000 g is needed/g)).toHaveLength(2);
  dialogue.close();
});

test('nothing typed is the usual number where there is one', async () => {
  const { dialogue, text } = terminal('\n\n5\n');
  const usual = { step: 'board.distance', text: 'What does the tape say?', unit: 'mm', min: 300, max: 6000, usual: 500 } as const;
  expect(await dialogue.number(usual)).toBe(500);
  expect(text()).toContain('[mm, Enter for 500]');
  expect(await dialogue.number(grams)).toBe(5);
  dialogue.close();
});

test('only yes is a yes', async () => {
  const { dialogue } = terminal('\nno\nY\ncó\n');
  const answers = [];
  for (let index = 0; index < 4; index++) answers.push(await dialogue.confirm('write', 'Write?'));
  expect(answers).toEqual([false, false, true, true]);
  dialogue.close();
});

test('answers and --yes need no input; the questions and answers are shown', async () => {
  const { dialogue, text } = terminal('', { answers: ['98.7', '101'], yes: true });
  await dialogue.ready('cup.empty', 'Put the cup.');
  expect([await dialogue.number(grams), await dialogue.number(grams)]).toEqual([98.7, 101]);
  expect(await dialogue.confirm('write', 'Write?')).toBe(true);
  expect(text()).toContain('What does the water weigh? [g] 98.7');
  dialogue.close();
});

test('an answer that does not fit ends a script; so does the end of its input', async () => {
  const wrong = terminal('', { answers: ['heavy'] });
  await expect(wrong.dialogue.number(grams)).rejects.toMatchObject({ code: 'CANCELLED' });
  const ended = terminal('');
  await expect(ended.dialogue.ready('cup.empty', 'Put the cup.')).rejects.toMatchObject({ code: 'CANCELLED' });
});
