#!/usr/bin/env node
// The command line runs straight from the TypeScript sources: nothing to build after `npm ci`.
import { register } from 'tsx/esm/api';

// Node 20 is promised until the SDK really drops it; its notice is for us, not for who runs a command.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
register();
const { main } = await import('../cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
