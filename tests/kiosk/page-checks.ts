/** Runs inside the browser; returns one line per fault of the picture now on the screen. */
export function faultsOfPicture(): string[] {
  const faults: string[] = [];
  const overlay = document.querySelector('.overlay');
  const root = overlay ?? document.querySelector('.stage');
  if (root === null) return ['nothing is drawn'];
  const elements = [root, ...root.querySelectorAll<HTMLElement>('*:not(svg *)')];
  const nameOf = (element: Element) => `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}">`;
  const scrolls = (element: Element) => ['auto', 'scroll'].includes(getComputedStyle(element).overflowY);
  const inScroller = (element: Element): boolean =>
    element.parentElement !== null && (scrolls(element.parentElement) || inScroller(element.parentElement));
  for (const element of elements) {
    if (element.tagName === 'TEXTAREA' || element.tagName === 'INPUT' || element.classList.contains('slot')) continue;
    // Big letters reach beyond a tight line, by design.
    const slack = Math.max(3, 0.2 * Number.parseFloat(getComputedStyle(element).fontSize));
    if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
      faults.push(`${nameOf(element)} is too narrow for its content`);
    if (
      !scrolls(element) &&
      element.clientHeight > 0 &&
      element.scrollHeight > element.clientHeight + slack &&
      getComputedStyle(element).display !== 'inline'
    ) {
      faults.push(`${nameOf(element)} is too low for its content: ${element.scrollHeight} > ${element.clientHeight}`);
    }
    const box = element.getBoundingClientRect();
    const outside = box.left < -1 || box.right > innerWidth + 1 || box.top < -1 || box.bottom > innerHeight + 1;
    if (box.width > 0 && outside && !inScroller(element)) faults.push(`${nameOf(element)} leaves the screen`);
  }
  for (const button of root.querySelectorAll('button, input')) {
    const box = button.getBoundingClientRect();
    if (box.width < 64 || box.height < 64) faults.push(`${nameOf(button)} is ${Math.round(box.width)} x ${Math.round(box.height)} px`);
  }
  return faults;
}

/** Runs inside the browser; text whose contrast against its background is below `least`. Gradients count by each of their colours. */
export function faintTexts(least: number): string[] {
  const luminance = (rgb: number[]) => {
    const [red = 0, green = 0, blue = 0] = rgb.map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one: number[], other: number[]) => {
    const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const coloursIn = (css: string) => [...css.matchAll(/rgb\((\d+), (\d+), (\d+)\)/g)].map((found) => found.slice(1, 4).map(Number));
  const behind = (element: Element | null): number[][] => {
    if (element === null) return [[255, 255, 255]];
    const style = getComputedStyle(element);
    const gradient = style.backgroundImage.includes('gradient') ? coloursIn(style.backgroundImage) : [];
    const colours = gradient.length > 0 ? gradient : coloursIn(style.backgroundColor);
    return colours.length > 0 ? colours : behind(element.parentElement);
  };
  const faint: string[] = [];
  const root = document.querySelector('.overlay') ?? document.querySelector('.stage') ?? document.body;
  for (const element of root.querySelectorAll('*')) {
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
    if (!own) continue;
    const style = getComputedStyle(element);
    const colour = coloursIn(element instanceof SVGElement ? style.fill : style.color)[0];
    if (colour === undefined) continue;
    const worst = Math.min(...behind(element).map((background) => contrast(colour, background)));
    if (worst < least) faint.push(`"${element.textContent}" has contrast ${worst.toFixed(2)}`);
  }
  return faint;
}
