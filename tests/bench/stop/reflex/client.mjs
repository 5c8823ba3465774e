// The usual way to let a robot stop at a bumper: a process on the host, johnny-five, a Button and a Motor. argv: port. Runs until it is ended.
import five from 'johnny-five';
import { SerialPort } from 'serialport';

const [path] = process.argv.slice(2);
// johnny-five's own serialport lookup knows the interface of older versions; an open port is taken as it is.
const port = new SerialPort({ path, baudRate: 115200 });
const board = new five.Board({ port, repl: false, debug: false, sigint: false });
board.on('ready', () => {
  const motor = new five.Motor({ pins: { pwm: 6, dir: 12 } });
  const bumper = new five.Button({ pin: 30, isPullup: true });
  bumper.on('press', () => motor.stop());
  bumper.on('release', () => motor.forward(200));
  motor.forward(200);
});
board.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
