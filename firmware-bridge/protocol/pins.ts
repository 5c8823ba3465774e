/**
 * The lasting pin map of the control board (Arduino Mega 2560 numbering). Safety inputs sit on INTn pins because both
 * emulators and the part itself handle those in one vector each; motors use timer 4 (fast PWM, mode 14).
 * `owner` "safety" and "motion" pins are refused to Firmata clients.
 */
export interface PinDeclaration {
  name: string;
  arduinoPin: number;
  port: string;
  bit: number;
  direction: 'in' | 'inPullUp' | 'out' | 'analog' | 'uart';
  owner: 'safety' | 'motion' | 'dispenser' | 'link' | 'firmata';
  doc: string;
}

const pin = (
  name: string,
  arduinoPin: number,
  at: string,
  direction: PinDeclaration['direction'],
  owner: PinDeclaration['owner'],
  doc: string,
): PinDeclaration => ({ name, arduinoPin, port: at.slice(1, 2), bit: Number(at.slice(2)), direction, owner, doc });

export const pins: readonly PinDeclaration[] = [
  pin('hostRx', 0, 'PE0', 'uart', 'link', 'USART0, 250000 baud 8N1, host link'),
  pin('hostTx', 1, 'PE1', 'uart', 'link', 'USART0, 250000 baud 8N1, host link'),
  pin('eStop', 21, 'PD0', 'inPullUp', 'safety', 'INT0; normally closed to ground, high = pressed or wire broken'),
  pin('bumperLeft', 20, 'PD1', 'inPullUp', 'safety', 'INT1; normally closed to ground, high = hit or wire broken'),
  pin('bumperRight', 19, 'PD2', 'inPullUp', 'safety', 'INT2; normally closed to ground, high = hit or wire broken'),
  pin('cliff', 18, 'PD3', 'inPullUp', 'safety', 'INT3; cliff comparators in series, low = floor seen, high = edge or wire broken'),
  pin('encoderLeftA', 2, 'PE4', 'inPullUp', 'motion', 'INT4, rising edge counts'),
  pin('encoderRightA', 3, 'PE5', 'inPullUp', 'motion', 'INT5, rising edge counts'),
  pin('encoderLeftB', 4, 'PG5', 'inPullUp', 'motion', 'level at the A edge: low = forward'),
  pin('encoderRightB', 5, 'PE3', 'inPullUp', 'motion', 'level at the A edge: low = forward'),
  pin('motorLeftPwm', 6, 'PH3', 'out', 'motion', 'OC4A, 20 kHz, ICR4 = 799'),
  pin('motorRightPwm', 7, 'PH4', 'out', 'motion', 'OC4B, 20 kHz, ICR4 = 799'),
  pin('motorLeftReverse', 22, 'PA0', 'out', 'motion', 'high = backwards'),
  pin('motorRightReverse', 23, 'PA1', 'out', 'motion', 'high = backwards'),
  pin('motorEnable', 24, 'PA2', 'out', 'motion', 'high = bridge powered'),
  pin('motorFault', 25, 'PA3', 'inPullUp', 'safety', 'open drain of the bridge, low = fault'),
  pin('rangeFrontLeftRx', 17, 'PH0', 'uart', 'safety', 'USART2, TFmini, 115200 baud, 100 Hz'),
  pin('rangeFrontRightRx', 15, 'PJ0', 'uart', 'safety', 'USART3, TFmini, 115200 baud, 100 Hz'),
  pin('rangeLeft', 54, 'PF0', 'analog', 'safety', 'A0, GP2Y0A21'),
  pin('rangeRight', 55, 'PF1', 'analog', 'safety', 'A1, GP2Y0A21'),
  pin('rangeRear', 56, 'PF2', 'analog', 'safety', 'A2, GP2Y0A21'),
  pin('battery', 57, 'PF3', 'analog', 'safety', 'A3, 1:7.8 divider, 5 V reference'),
  pin('releaseButton', 14, 'PJ1', 'inPullUp', 'safety', 'blue button, low = pressed; the only release of a latched stop'),
  pin('valve', 37, 'PC0', 'out', 'dispenser', 'high = open'),
  pin('snackMotor', 36, 'PC1', 'out', 'dispenser', 'high = turning'),
  pin('flowMeter', 10, 'PB4', 'inPullUp', 'dispenser', 'PCINT4, rising edge = one pulse'),
  pin('snackHome', 11, 'PB5', 'inPullUp', 'dispenser', 'low = spiral at home'),
  pin('snackBeam', 12, 'PB6', 'inPullUp', 'dispenser', 'low = drop beam interrupted'),
  pin('cup', 26, 'PA4', 'inPullUp', 'dispenser', 'low = cup present'),
  pin('tankEmpty', 27, 'PA5', 'inPullUp', 'dispenser', 'float switch, low = water present, high = empty or wire broken'),
  pin('leak', 28, 'PA6', 'inPullUp', 'dispenser', 'low = water in the tray'),
  pin('hatch', 29, 'PA7', 'inPullUp', 'safety', 'normally closed, high = hatch open'),
  pin('statusLed', 13, 'PB7', 'out', 'link', 'blinks while the loop runs'),
  pin('lightRed', 46, 'PL3', 'out', 'firmata', 'OC5A PWM'),
  pin('lightGreen', 45, 'PL4', 'out', 'firmata', 'OC5B PWM'),
  pin('lightBlue', 44, 'PL5', 'out', 'firmata', 'OC5C; digital only where PWM on C is not wanted'),
];
