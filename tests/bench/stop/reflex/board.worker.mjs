// A worker thread does not load TypeScript by itself.
import { register } from 'tsx/esm/api';

register();
await import('./board.worker.ts');
