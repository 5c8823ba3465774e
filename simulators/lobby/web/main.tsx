import '@fontsource/be-vietnam-pro/400.css';
import '@fontsource/be-vietnam-pro/500.css';
import '@fontsource/be-vietnam-pro/600.css';
import '@fontsource/be-vietnam-pro/700.css';
import '../../../config/look/palette.css';
import '../../../src/kiosk/web/style/tokens.css';
import './style/layout.css';
import './style/map.css';
import './style/panel.css';
import { render } from 'preact';
import { SystemClock } from '../../../src/core/clock.ts';
import { App } from './app.tsx';
import { connect } from './connection.ts';

const clock = new SystemClock();
const root = document.getElementById('lobby');
if (root === null) throw new Error('index.html has no #lobby');

const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const connection = connect(`${scheme}://${location.host}/lobby/socket`, clock, (state) => {
  render(<App state={state} act={connection.act} />, root);
});
