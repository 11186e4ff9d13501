import type { MemoryFleet } from '../../src/adapters/memory/fleet.ts';
import type { InstanceDescription, InstanceState } from '../../src/bus/fleet.ts';

export interface Answer {
  readonly status: number;
  readonly xml: string;
}

/** EC2's numbers of the states. */
const STATE_CODES: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

/** What EC2 answers to a request. */
export async function answerTo(
  parameters: URLSearchParams,
  fleet: MemoryFleet,
  fleetName: string,
): Promise<Answer> {
  const action = parameters.get('Action');
  const throttled = fleet.faults.refusalOf('');
  if (throttled !== undefined) return failed(throttled, 'Request limit exceeded.');
  switch (action) {
    case 'DescribeInstances':
      return describe(parameters, fleet, fleetName);
    case 'StartInstances':
      return command('start', parameters, fleet);
    case 'StopInstances':
      return command('stop', parameters, fleet);
    case 'TerminateInstances':
      return command('terminate', parameters, fleet);
    default:
      return failed('InvalidAction', `The action ${action} is not valid for this web service.`);
  }
}

async function describe(
  parameters: URLSearchParams,
  fleet: MemoryFleet,
  fleetName: string,
): Promise<Answer> {
  const isFleet =
    parameters.get('Filter.1.Name') === 'tag:facefleet:fleet' &&
    parameters.get('Filter.1.Value.1') === fleetName;
  const instances = isFleet ? await fleet.describe() : [];
  const from = Number(parameters.get('NextToken') ?? 0);
  const to = from + Number(parameters.get('MaxResults') ?? instances.length);
  const page = instances.slice(from, to).map(instanceXml).join('');
  const next = to < instances.length ? `<nextToken>${to}</nextToken>` : '';
  return done(
    'DescribeInstances',
    `<reservationSet><item><instancesSet>${page}</instancesSet></item></reservationSet>${next}`,
  );
}

async function command(
  name: 'start' | 'stop' | 'terminate',
  parameters: URLSearchParams,
  fleet: MemoryFleet,
): Promise<Answer> {
  const ids = [...parameters].flatMap(([key, id]) => (key.startsWith('InstanceId.') ? [id] : []));
  const refusal = refusalOf(name, ids, fleet);
  if (refusal !== undefined) return refusal;
  const before = new Map(ids.map((id) => [id, fleet.stateOf(id)]));
  const results = await fleet[name](ids);
  const changes = results.map((result) => {
    if ('error' in result) throw new Error(result.error.message);
    const previous = stateXml('previousState', before.get(result.id) ?? 'stopped');
    const current = stateXml('currentState', result.state);
    return `<item><instanceId>${result.id}</instanceId>${current}${previous}</item>`;
  });
  const action = `${name.charAt(0).toUpperCase()}${name.slice(1)}Instances`;
  return done(action, `<instancesSet>${changes.join('')}</instancesSet>`);
}

/** Why the whole request is refused, in EC2's own words. */
function refusalOf(
  name: 'start' | 'stop' | 'terminate',
  ids: readonly string[],
  fleet: MemoryFleet,
): Answer | undefined {
  const unknown = ids.filter((id) => fleet.stateOf(id) === undefined);
  if (unknown.length > 0) {
    const [verb, s] = unknown.length > 1 ? ['do', 's'] : ['does', ''];
    const message = `The instance ID${s} '${unknown.join(', ')}' ${verb} not exist`;
    return failed('InvalidInstanceID.NotFound', message);
  }
  for (const id of ids) {
    const code = fleet.faults.refusalOf(id);
    if (code !== undefined) return failed(code, 'It is refused.');
    if (name !== 'terminate' && WRONG_STATES[name].has(fleet.stateOf(id))) {
      const past = name === 'start' ? 'started' : 'stopped';
      const message = `The instance '${id}' is not in a state from which it can be ${past}.`;
      return failed('IncorrectInstanceState', message);
    }
  }
  if (name !== 'start') return undefined;
  const active = fleet.ids.filter((id) => isActive(fleet.stateOf(id))).length;
  const wanted = ids.filter((id) => !isActive(fleet.stateOf(id))).length;
  if (active + wanted <= fleet.faults.capacity) return undefined;
  return failed('InsufficientInstanceCapacity', 'Insufficient capacity.', 500);
}

const WRONG_STATES: Readonly<Record<'start' | 'stop', ReadonlySet<InstanceState | undefined>>> = {
  start: new Set(['stopping', 'shutting-down', 'terminated']),
  stop: new Set(['pending', 'shutting-down', 'terminated']),
};

const isActive = (state: InstanceState | undefined): boolean =>
  state === 'pending' || state === 'running';

const instanceXml = ({ id, state, launchedAt = 0 }: InstanceDescription): string =>
  `<item><instanceId>${id}</instanceId>${stateXml('instanceState', state)}` +
  `<launchTime>${new Date(launchedAt).toISOString()}</launchTime></item>`;

const stateXml = (element: string, state: InstanceState): string =>
  `<${element}><code>${STATE_CODES[state]}</code><name>${state}</name></${element}>`;

const done = (action: string, content: string): Answer => ({
  status: 200,
  xml:
    `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">` +
    `<requestId>test</requestId>${content}</${action}Response>`,
});

function failed(code: string, message: string, status?: number): Answer {
  const xml =
    `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors>` +
    `<RequestID>test</RequestID></Response>`;
  return { status: status ?? (code === 'RequestLimitExceeded' ? 503 : 400), xml };
}
