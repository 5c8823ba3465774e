// Sets up what `npm test` needs, Debian packages included. Node built-ins alone.
import { existsSync } from 'node:fs';
import { ensureBuild, ensureNode, ensureNodeModules, has, root, run, say } from './setup.mjs';

/** Debian package -> how to see that it is there. */
const packages = {
  'gcc-avr': () => has('avr-gcc'),
  'avr-libc': () => existsSync('/usr/lib/avr/include/avr/io.h'),
  gcc: () => has('gcc'),
  'libc6-dev': () => existsSync('/usr/include/stdio.h'),
  make: () => has('make'),
  'libsimavr-dev': () => existsSync('/usr/include/simavr/sim_avr.h'),
  'libelf-dev': () => existsSync('/usr/include/libelf.h'),
  cppcheck: () => has('cppcheck'),
  clang: () => has('clang'),
  // libFuzzer and the sanitizers' runtime of clang 14, the one of Debian 12.
  'libclang-rt-14-dev': () => existsSync('/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.fuzzer-x86_64.a'),
  avrdude: () => has('avrdude'),
  // The Mega's boot loader.
  'arduino-core-avr': () => existsSync('/usr/share/arduino/hardware/arduino/avr/bootloaders'),
  mosquitto: () => has('mosquitto'),
  'nats-server': () => has('nats-server'),
  openssl: () => has('openssl'),
  chromium: () => has('chromium'),
  'espeak-ng': () => has('espeak-ng'),
  'alsa-utils': () => has('aplay'),
  socat: () => has('socat'),
  'xz-utils': () => has('xz'),
  pcscd: () => existsSync('/usr/sbin/pcscd'),
  'vsmartcard-vpcd': () => existsSync('/usr/lib/pcsc/drivers/serial/libifdvpcd.so'),
  libpcsclite1: () => ['x86_64', 'aarch64'].some((cpu) => existsSync(`/usr/lib/${cpu}-linux-gnu/libpcsclite.so.1`)),
  'fonts-noto-cjk': () => existsSync('/usr/share/fonts/opentype/noto'),
};

function ensurePackages() {
  const missing = Object.keys(packages).filter((name) => !packages[name]());
  if (missing.length === 0) return;
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing];
  const isRoot = process.getuid?.() === 0;
  const asRoot = isRoot ? [] : ['sudo', '-n'];
  const able = has('apt-get') && (isRoot || (has('sudo') && run('sudo', ['-n', 'true'], { stdio: 'ignore' }) === 0));
  if (able) {
    say(`installing for the tests: ${missing.join(' ')} …`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const go = (words) => run([...asRoot, ...words][0], [...asRoot, ...words].slice(1), { stdio: ['ignore', 'ignore', 'inherit'], env });
    go(['apt-get', 'update', '-qq']);
    if (go(install) === 0) return;
  }
  process.stderr.write(`letan: the tests need these Debian packages, please install them:\n  sudo ${install.join(' ')}\n`);
  process.exit(1);
}

ensureNode();
ensurePackages();
ensureNodeModules();
// CBMC for the proofs: from this machine, or Debian 13's in a folder of its own.
if (run(`${root}node_modules/.bin/tsx`, ['firmware-bridge/firmware/proof/cbmc.ts']) !== 0) process.exit(1);
ensureBuild();
