import { deviation, mean } from '../../src/core/statistics.ts';

/** What one front sensor read while a flat board stood at a distance measured with a tape from the foremost point of the shell, mm. */
export interface RangeSeries {
  tapeMm: number;
  readingsMm: readonly number[];
}

/** Reading + offset = free distance before the shell, which is what the firmware's margins count from. */
export interface RangeFit {
  offsetMm: number;
  /** True distance over read distance; 1 for a sound sensor. */
  scale: number;
  /** Standard deviation of single readings, mm; the larger of the series. */
  noiseMm: number;
}

/** From series at two distances or more; the outermost two give the scale. RangeError for fewer. */
export function fitRange(series: readonly RangeSeries[]): RangeFit {
  const points = series
    .map(({ tapeMm, readingsMm }) => ({ tapeMm, readMm: mean(readingsMm), noiseMm: deviation(readingsMm) }))
    .sort((a, b) => a.tapeMm - b.tapeMm);
  const [near, far] = [points[0], points.at(-1)];
  if (!near || !far || far.tapeMm <= near.tapeMm) throw new RangeError('two different distances are needed');
  return {
    offsetMm: mean(points.map(({ tapeMm, readMm }) => tapeMm - readMm)),
    scale: (far.tapeMm - near.tapeMm) / (far.readMm - near.readMm),
    noiseMm: Math.max(...points.map(({ noiseMm }) => noiseMm)),
  };
}
