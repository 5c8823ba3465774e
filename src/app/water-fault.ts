import type { BoardTelemetry } from '../../hardware/board/board.ts';
import type { ErrorInfo } from '../core/errors.ts';

type WaterTelemetry = Pick<BoardTelemetry, 'flowWhileClosed' | 'leak' | 'tankEmpty'>;

/** What keeps water from being given, gravest first; null when nothing does. */
export function waterFault({ flowWhileClosed, leak, tankEmpty }: WaterTelemetry): ErrorInfo | null {
  if (flowWhileClosed) return { code: 'DISPENSE_FLOW_WHILE_CLOSED', detail: 'the flow meter turns although the valve is closed' };
  if (leak) return { code: 'DISPENSE_LEAK', detail: 'the sensor in the drip tray is wet' };
  return tankEmpty ? { code: 'DISPENSE_TANK_EMPTY', detail: 'the float switch says empty' } : null;
}
