import { paginateGetResources } from '@aws-sdk/client-resource-groups-tagging-api';

import { AccessDeniedError, answerTo } from '../adapters/aws/errors.ts';
import { FLEET_TAG } from '../adapters/aws/fleet.ts';
import { hasFleetTag, type Tag } from './resource.ts';
import type { Site } from './site.ts';

/**
 * The names of what carries the fleet's tag. The tagging service tells of everything, but late; what
 * was made a moment ago is found by the name that it was to get. The service itself has the last word.
 * @param tagsOf - `undefined` for what is not there
 */
export async function taggedNames(
  site: Site,
  service: 'sqs' | 's3',
  expected: readonly string[],
  tagsOf: (name: string) => Promise<readonly Tag[] | undefined>,
): Promise<string[]> {
  const { clients, names } = site;
  const told: string[] = [];
  const pages = paginateGetResources(
    { client: clients.tagging },
    {
      ResourceTypeFilters: [service],
      TagFilters: [{ Key: FLEET_TAG, Values: [names.fleet] }],
    },
  );
  const readAll = async (): Promise<void> => {
    for await (const { ResourceTagMappingList = [] } of pages) {
      told.push(...ResourceTagMappingList.map(({ ResourceARN = '' }) => nameIn(ResourceARN)));
    }
  };
  await answerTo({ action: 'tag:GetResources', resource: names.fleet }, readAll());

  const found: string[] = [];
  for (const name of new Set([...expected, ...told])) {
    try {
      if (hasFleetTag(names, await tagsOf(name))) found.push(name);
    } catch (error) {
      // A bucket of another account may have the name that ours was to get.
      if (!(error instanceof AccessDeniedError) || told.includes(name)) throw error;
    }
  }
  return found;
}

/** `arn:aws:sqs:eu-west-1:123456789012:NAME`, `arn:aws:s3:::NAME`. */
const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);
