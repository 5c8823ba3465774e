// The rules of the house: imports point downward, faces -> behaviour -> hardware -> bridge -> core; no circles.
const faces = '^src/(kiosk|queue|identity|knowledge|technician|store)/';
const composition = '^src/(main|app)(\\.ts|/)';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from: { path: from }, to: { path: to } });

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    forbid(
      'core-is-the-ground-floor',
      'core imports no room',
      '^src/core/',
      '^(src/(?!core/)|hardware/|firmware-bridge/|simulators/|config/)',
    ),
    forbid('bridge-below-hardware', 'the bridge imports core alone', '^firmware-bridge/', '^(src/(?!core/)|hardware/|simulators/)'),
    forbid('hardware-below-behaviour', 'drivers know nothing of behaviour or faces', '^hardware/', '^(src/(?!core/)|simulators/)'),
    forbid(
      'behaviour-is-pure',
      'behaviour imports core alone',
      '^src/behaviour/',
      '^(src/(?!core/|behaviour/)|hardware/|firmware-bridge/|simulators/|config/)',
    ),
    {
      name: 'behaviour-without-node',
      comment: 'no Node built-in in behaviour, and no driver package; xstate alone',
      severity: 'error',
      from: { path: '^src/behaviour/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'behaviour-packages',
      severity: 'error',
      from: { path: '^src/behaviour/' },
      to: { path: 'node_modules', pathNot: 'node_modules/xstate' },
    },
    {
      name: 'faces-apart',
      comment: 'rooms are joined in main and app alone; a face may ask the store and see the types of another through behaviour',
      severity: 'error',
      from: { path: '^src/(kiosk|queue|identity|knowledge|technician|store)/' },
      to: { path: faces, pathNot: ['^src/$1/', '^src/store/'], dependencyTypesNot: ['type-only'] },
    },
    forbid(
      'nobody-imports-the-composition',
      'only simulators start an app',
      '^(src/(?!main|app)|hardware|firmware-bridge|config)',
      composition,
    ),
    forbid('simulators-stay-outside', 'the product never imports a simulator', '^(src|hardware|firmware-bridge|config)/', '^simulators/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage|run)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
