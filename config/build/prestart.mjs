// Sets up what `npm start` needs. Node built-ins alone: it runs before anything is installed.
import { ensureBuild, ensureNode, ensureNodeModules } from './setup.mjs';

ensureNode();
ensureNodeModules();
ensureBuild();
