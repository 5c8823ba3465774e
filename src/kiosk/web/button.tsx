import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icons.tsx';

interface ButtonProps {
  kind?: 'primary' | 'plain';
  icon?: IconName;
  disabled?: boolean;
  onPress: () => void;
  children: ComponentChildren;
}

/** A touch button; never smaller than the 64 px a gloved or shaking finger needs. */
export function Button({ kind = 'plain', icon, disabled = false, onPress, children }: ButtonProps) {
  return (
    <button type="button" class={`button button-${kind}`} disabled={disabled} onClick={onPress}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

/** Buttons of one decision; side by side where they fit. */
export function Actions({ children }: { children: ComponentChildren }) {
  return <div class="actions">{children}</div>;
}
