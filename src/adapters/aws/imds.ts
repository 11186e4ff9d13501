/** What the instance metadata service tells of a spot instance that is to be taken back. */
export interface InterruptionNotice {
  readonly action: 'terminate' | 'stop' | 'hibernate';
  /** When, as ISO 8601 in UTC; two minutes ahead at first. */
  readonly time: string;
}

/** What an instance can learn of itself. */
export interface InstanceMetadata {
  /** The id of this instance; `undefined` where this is none of EC2's. */
  instanceId(): Promise<string | undefined>;
  /** @throws when the service does not answer */
  interruption(): Promise<InterruptionNotice | undefined>;
}

const ENDPOINT = 'http://169.254.169.254';

/** The service is on the instance's own host: whoever does not answer by then is not there. */
const TIMEOUT_MS = 1000;

/** Of a token; the service allows six hours at most. */
const TOKEN_SECONDS = 21_600;

/**
 * The instance metadata service, version 2 ("Use the Instance Metadata Service to access instance
 * metadata", EC2 user guide). The variables of the SDKs say where it is and whether to ask it:
 * `AWS_EC2_METADATA_SERVICE_ENDPOINT`, `AWS_EC2_METADATA_DISABLED`.
 */
export function openImds(environment: NodeJS.ProcessEnv = process.env): InstanceMetadata {
  const endpoint = environment['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? ENDPOINT;
  const isDisabled = environment['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true';
  let token: string | undefined;

  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(new URL(path, endpoint), {
      ...init,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok || response.status === 404 || response.status === 401) return response;
    throw new Error(`The instance metadata service answered ${path} with ${response.status}.`);
  };
  const newToken = async (): Promise<string> => {
    const headers = { 'X-aws-ec2-metadata-token-ttl-seconds': String(TOKEN_SECONDS) };
    return (await ask('/latest/api/token', { method: 'PUT', headers })).text();
  };
  const read = async (path: string): Promise<string | undefined> => {
    token ??= await newToken();
    const get = (value: string): Promise<Response> =>
      ask(`/latest/meta-data/${path}`, { headers: { 'X-aws-ec2-metadata-token': value } });
    let response = await get(token);
    if (response.status === 401) {
      token = await newToken();
      response = await get(token);
    }
    return response.ok ? response.text() : undefined;
  };

  return {
    async instanceId() {
      if (isDisabled) return undefined;
      try {
        return await read('instance-id');
      } catch {
        return undefined;
      }
    },
    async interruption() {
      const notice = await read('spot/instance-action');
      return notice === undefined ? undefined : (JSON.parse(notice) as InterruptionNotice);
    },
  };
}
