import { useState } from 'preact/hooks';
import type { LobbyWelcome } from '../../messages.ts';
import type { Act } from '../connection.ts';

/** Cards and codes to hold before the robot's QR scanner; everybody on them is invented. */
export function Scanner({ samples, act, onCards }: { samples: LobbyWelcome['samples']; act: Act; onCards(): void }) {
  const [text, setText] = useState('');
  const scanText = (event: Event) => {
    event.preventDefault();
    if (text !== '') act({ type: 'scan', text });
    setText('');
  };
  return (
    <section class="group">
      <h2>
        QR scanner <span>hold a code before it; all invented</span>
      </h2>
      <div class="codes">
        {samples.map(({ id, label }) => (
          <button key={id} type="button" class="code" onClick={() => act({ type: 'sample', sampleId: id })}>
            {label}
          </button>
        ))}
      </div>
      <form class="scan" onSubmit={scanText}>
        <input
          type="text"
          maxLength={1000}
          placeholder="any other code"
          aria-label="Code to scan"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="key">
          Scan
        </button>
        <button type="button" class="key" onClick={onCards}>
          Chip cards
        </button>
      </form>
    </section>
  );
}
