import './style/fonts.css';
import '../../../config/look/palette.css';
import './style/tokens.css';
import './style/base.css';
import './style/layout.css';
import './style/face.css';
import './style/controls.css';
import './style/screens/idle.css';
import './style/screens/menu.css';
import './style/screens/services.css';
import './style/screens/ticket.css';
import './style/screens/dispensing.css';
import './style/screens/registration.css';
import './style/screens/feedback.css';
import './style/screens/writing.css';
import './style/overlays.css';
import { render } from 'preact';
import { SystemClock } from '../../core/clock.ts';
import { App } from './app.tsx';
import { connect } from './connection.ts';

const clock = new SystemClock();
const root = document.getElementById('kiosk');
if (root === null) throw new Error('index.html has no #kiosk');

// A call shows all three languages at once and must not wait for a font file.
for (const face of document.fonts) face.load().catch(() => {});

const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const connection = connect(`${scheme}://${location.host}/ws`, clock, (state) => {
  render(<App state={state} send={connection.send} clock={clock} />, root);
});
