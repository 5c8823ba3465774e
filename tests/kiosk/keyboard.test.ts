import { describe, expect, test } from 'vitest';
import { typeHangul } from '../../src/kiosk/web/keyboard/hangul.ts';
import { typeTelex } from '../../src/kiosk/web/keyboard/telex.ts';

const typed = (type: (text: string, key: string) => string, keys: string) => [...keys].reduce(type, '');

describe('Telex', () => {
  test.each([
    ['Vieejt Nam', 'Việt Nam'],
    ['ddawng kys', 'đăng ký'],
    ['tajm trus', 'tạm trú'],
    ['nguwowif', 'người'],
    ['dduowngf', 'đường'],
    ['quas', 'quá'],
    ['giaf', 'già'],
    ['hoanf', 'hoàn'],
    ['muoons', 'muốn'],
    ['DDeef nghij', 'Đề nghị'],
    ['cuar', 'của'],
    ['bieern', 'biển'],
    ['ngoaif', 'ngoài'],
    ['khai sinh', 'khai sinh'],
    ['toansz', 'toan'],
    ['vawn barn', 'văn bản'],
  ])('%s gives %s', (keys, text) => expect(typed(typeTelex, keys)).toBe(text));
});

describe('Hangul', () => {
  test.each([
    ['ㅎㅏㄴㄱㅡㄹ', '한글'],
    ['ㅇㅏㄴㄴㅕㅇ', '안녕'],
    ['ㅊㅜㄹㅅㅐㅇ', '출생'],
    ['ㄱㅏㄴㅏ', '가나'],
    ['ㄷㅏㄹㄱㅣ', '달기'],
    ['ㅇㅗㅏ', '와'],
    ['ㅇㅡㅣㅅㅏ', '의사'],
    ['ㅋㅋ', 'ㅋㅋ'],
  ])('%s gives %s', (keys, text) => expect(typed(typeHangul, keys)).toBe(text));
});
