import { useState } from 'preact/hooks';
import { Icon } from '../icons.tsx';
import { useKiosk } from '../kiosk-context.ts';
import { typeHangul } from './hangul.ts';
import { typeTelex } from './telex.ts';

const latin = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const hangul = ['ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ', 'ㅁㄴㅇㄹㅎㅗㅓㅏㅣ', 'ㅋㅌㅊㅍㅠㅜㅡ'];
const hangulShifted = ['ㅃㅉㄸㄲㅆㅛㅕㅑㅒㅖ', 'ㅁㄴㅇㄹㅎㅗㅓㅏㅣ', 'ㅋㅌㅊㅍㅠㅜㅡ'];
const figures = ['1234567890', '-/:()&@%+', '\'"?!;,.'];

interface KeyboardProps {
  value: string;
  onChange(value: string): void;
  /** No line breaks. */
  oneLine?: boolean;
}

type Layer = 'letters' | 'figures';

/** On-screen keyboard: Telex for Vietnamese, two-set Hangul for Korean, plain Latin for English. */
export function Keyboard({ value, onChange, oneLine = false }: KeyboardProps) {
  const { text, language } = useKiosk();
  const [layer, setLayer] = useState<Layer>('letters');
  const [shifted, setShifted] = useState(false);
  const type = (key: string) => {
    setShifted(false);
    if (layer === 'figures') onChange(value + key);
    else if (language === 'vi') onChange(typeTelex(value, key));
    else if (language === 'ko') onChange(typeHangul(value, key));
    else onChange(value + key);
  };
  const rows = rowsOf(language === 'ko', layer, shifted);
  const deleteLast = () => onChange([...value].slice(0, -1).join(''));
  return (
    <div class="keyboard" lang={language}>
      {rows.map((row, index) => (
        <div key={index} class="key-row">
          {index === 2 && (
            <Key wide label={text('keyboard.shift')} pressed={shifted} onPress={() => setShifted(!shifted)}>
              <Icon name="shift" />
            </Key>
          )}
          {[...row].map((key) => (
            <Key key={key} onPress={() => type(key)}>
              {key}
            </Key>
          ))}
          {index === 2 && (
            <Key wide label={text('keyboard.delete')} onPress={deleteLast}>
              <Icon name="delete" />
            </Key>
          )}
        </div>
      ))}
      <div class="key-row">
        <Key
          wide
          label={text(layer === 'letters' ? 'keyboard.numbers' : 'keyboard.letters')}
          onPress={() => setLayer(layer === 'letters' ? 'figures' : 'letters')}
        >
          {layer === 'letters' ? '123' : 'ABC'}
        </Key>
        <Key space label={text('keyboard.space')} onPress={() => onChange(`${value} `)}>
          {language === 'vi' ? text('keyboard.telex') : text('keyboard.space')}
        </Key>
        {!oneLine && (
          <Key wide label={text('keyboard.enter')} onPress={() => onChange(`${value}\n`)}>
            <Icon name="enter" />
          </Key>
        )}
      </div>
    </div>
  );
}

function rowsOf(korean: boolean, layer: Layer, shifted: boolean): string[] {
  if (layer === 'figures') return figures;
  if (korean) return shifted ? hangulShifted : hangul;
  return shifted ? latin.map((row) => row.toUpperCase()) : latin;
}

interface KeyProps {
  label?: string;
  wide?: boolean;
  space?: boolean;
  pressed?: boolean;
  onPress(): void;
  children: preact.ComponentChildren;
}

function Key({ label, wide = false, space = false, pressed, onPress, children }: KeyProps) {
  const size = space ? 'key-space' : wide ? 'key-wide' : '';
  // `pointerdown` keeps the text field's focus and cursor where they are.
  return (
    <button
      type="button"
      class={`key ${size}`}
      aria-label={label}
      aria-pressed={pressed}
      onPointerDown={(event) => event.preventDefault()}
      onClick={onPress}
    >
      {children}
    </button>
  );
}
