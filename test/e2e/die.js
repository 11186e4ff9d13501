// Loaded into every process of a service by NODE_OPTIONS. Where MOMENT_OF_DEATH says, a worker kills
// the process that started it and then itself, by SIGKILL, as if the whole service were cut off.
import { LocalQueue } from '../../dist/src/adapters/local/queue.js';
import { LocalStore } from '../../dist/src/adapters/local/store.js';
import { OnnxModel } from '../../dist/src/recognition/onnx-model.js';
import { Photo } from '../../dist/src/recognition/photo.js';

const die = () => {
  process.kill(process.ppid, 'SIGKILL');
  process.kill(process.pid, 'SIGKILL');
};

/** Lets `method` do its work and dies when it is done, where `isIt` says so. */
const dieAfter = (owner, method, isIt = () => true) => {
  const original = owner[method];
  owner[method] = async function (...args) {
    const result = await original.apply(this, args);
    if (isIt(this)) die();
    return result;
  };
};

const dieBefore = (owner, method) => {
  owner[method] = die;
};

const isCalled = (name) => (port) => port.name === `facefleet-${name}`;

const moments = {
  'before it is decoded': () => dieBefore(Photo, 'decode'),
  'when it is decoded': () => dieAfter(Photo, 'decode'),
  'when it is in the input bucket': () =>
    dieAfter(LocalStore.prototype, 'put', isCalled('in-bucket')),
  'while it is recognised': () => dieAfter(OnnxModel.prototype, 'run'),
  'when it is answered': () => dieAfter(LocalQueue.prototype, 'send', isCalled('resp-queue')),
  'when its result is in the output bucket': () =>
    dieAfter(LocalStore.prototype, 'put', isCalled('out-bucket')),
  'when its request is deleted': () =>
    dieAfter(LocalQueue.prototype, 'delete', isCalled('req-queue')),
};

if (process.argv.includes('worker')) moments[process.env.MOMENT_OF_DEATH]?.();
