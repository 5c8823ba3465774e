import type { MenuChoice } from '../../../behaviour/events.ts';
import { Icon } from '../icons.tsx';
import { useKiosk } from '../kiosk-context.ts';

/** What the robot can do; the first choice, a ticket, is what most people come for. */
export function Menu({ choices }: { choices: MenuChoice[] }) {
  const { text, send } = useKiosk();
  return (
    <div class="menu">
      {choices.map((choice, index) => (
        <button key={choice} type="button" class={index === 0 ? 'tile tile-first' : 'tile'} onClick={() => send({ type: 'menu', choice })}>
          <Icon name={choice} />
          <span class="tile-words">
            <strong>{text(`menu.${choice}.name`)}</strong>
            <span>{text(`menu.${choice}.hint`)}</span>
          </span>
        </button>
      ))}
    </div>
  );
}
