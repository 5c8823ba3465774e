/** Suites that need devices only a kernel can give; each is `guest/<name>.suite.ts` and runs as one plain Node process. */
export const suites = ['gpio', 'hid', 'serial'] as const;
export type SuiteName = (typeof suites)[number];

/** What the kernel must have for the suites, and what each is for. */
export const needs: Record<string, string> = {
  '/sys/kernel/config/gpio-sim': 'simulated GPIO chips (gpio-sim, configfs)',
  '/sys/class/gpio/gpiochip0': 'a GPIO chip at base 0 (gpio-mockup)',
  '/sys/class/gpio/gpiochip512': 'a GPIO chip at base 512 (gpio-mockup)',
  '/sys/kernel/debug/gpio-mockup': 'the hand that drives both (debugfs)',
  '/dev/uhid': 'HID devices made by a program (uhid)',
  '/sys/kernel/config/usb_gadget': 'USB devices made by a program (configfs gadget)',
  '/sys/class/udc/dummy_udc.0': 'the USB port they are plugged into (dummy_hcd)',
};
