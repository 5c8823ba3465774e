import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../src/knowledge/catalogue.ts';

const catalogue = loadCatalogue('config/catalogue/procedures.json');
const first = (query: string) => catalogue.search(query, 'vi')[0]?.code;

describe('procedure catalogue', () => {
  it.each([
    ['đăng ký tạm trú', '1.004194'],
    ['dk tam tru can j', '1.004194'],
    ['mới sinh con', '1.001193'],
    ['moi sinh con', '1.001193'],
    ['bà nội mất', '1.000656'],
    ['mở tiệm tạp hóa', '1.001612'],
    ['mo tiem tap hoa', '1.001612'],
    ['sao y', '2.000815'],
    ['KET HON', '1.000894'],
    ['marriage', '1.000894'],
    ['혼인신고', '1.000894'],
    ['2.000635', '2.000635'],
    ['đăng ký kết hôm', '1.000894'],
  ])('finds %s', (query, code) => {
    expect(first(query)).toBe(code);
  });

  it('lists everything for an empty question, in the language asked', () => {
    expect(catalogue.search('', 'ko')).toHaveLength(14);
    expect(catalogue.search('', 'en')[0]?.name).toBe('Certified copy');
  });

  it('never calls a provincial fee free', () => {
    for (const code of ['1.004873', '1.004884', '1.001022', '1.001612'])
      expect(catalogue.detail(code, 'en')?.fee).toBe('As the province decides');
  });

  it('shows the date of the data with every answer', () => {
    expect(catalogue.detail('1.004222', 'vi')).toMatchObject({ dataDate: '2026-01-15', fee: '20.000đ; trực tuyến 10.000đ' });
    expect(catalogue.detail('9.999999', 'vi')).toBeNull();
  });

  it('never throws on what people type', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (query) => catalogue.search(query, 'vi').length <= 14));
  });
});
