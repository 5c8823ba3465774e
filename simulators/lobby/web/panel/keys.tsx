import type { ComponentChildren } from 'preact';

interface KeyProps {
  label: string;
  /** Something is out of order until this is pressed again. */
  active?: boolean;
  tone?: 'plain' | 'danger' | 'release';
  /** Draws the eye: this is what gets the robot going again. */
  wanted?: boolean;
  onPress(): void;
}

export function Key({ label, active, tone = 'plain', wanted = false, onPress }: KeyProps) {
  const classes = ['key', `key-${tone}`, active ? 'key-active' : '', wanted ? 'key-wanted' : ''].filter(Boolean).join(' ');
  return (
    <button type="button" class={classes} aria-pressed={active} onClick={onPress}>
      {label}
    </button>
  );
}

export function Group({
  title,
  hint,
  columns = 2,
  children,
}: {
  title: string;
  hint: string;
  columns?: 2 | 3;
  children: ComponentChildren;
}) {
  return (
    <section class="group">
      <h2>
        {title} <span>{hint}</span>
      </h2>
      <div class={`keys keys-${columns}`}>{children}</div>
    </section>
  );
}
