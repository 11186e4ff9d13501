import { startFauxqs } from 'fauxqs';

// fauxqs in a process of its own, on a free port that it tells its parent.
const server = await startFauxqs({ port: 0, logger: false });
process.send?.(server.port);
