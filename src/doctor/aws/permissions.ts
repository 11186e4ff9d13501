import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';

import { answerTo } from '../../adapters/aws/errors.ts';
import { FacefleetError } from '../../bus/errors.ts';
import { callerOf } from '../../provision/ground.ts';
import { policyFor } from '../../provision/policies.ts';
import type { Site } from '../../provision/site.ts';
import { type Check, failed, ok, warning } from '../check.ts';

interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: {
    readonly StringEquals: Readonly<Record<string, string | readonly string[]>>;
  };
}

/**
 * Whether whoever runs this may provision: IAM says of each statement of `deploy/iam/provisioning.json`
 * whether their own policies allow as much.
 */
export function permissionsCheck(site: Site): Check {
  return {
    name: 'permissions',
    async look() {
      const { account, arn } = await callerOf(site);
      if (arn.endsWith(':root')) return ok('The root user of an account may do everything.');
      const region = await site.clients.ec2.config.region();
      const { Statement } = JSON.parse(policyFor('provisioning', site.names)) as {
        readonly Statement: readonly Statement[];
      };
      const lacking: string[] = [];
      try {
        for (const statement of Statement) {
          const denied = await deniedOf(site, principalOf(arn), statement, { account, region });
          if (denied.length > 0) lacking.push(`${statement.Sid} (${denied.join(', ')})`);
        }
      } catch (error) {
        if (!(error instanceof FacefleetError)) throw error;
        return warning(
          `What these credentials may do cannot be simulated: ${error.message}`,
          'Allow iam:SimulatePrincipalPolicy, or compare them with deploy/iam/provisioning.json.',
        );
      }
      return lacking.length === 0
        ? ok('These credentials may do all that provisioning does.')
        : failed(
            `These credentials lack ${lacking.join('; ')}.`,
            'Add those statements of deploy/iam/provisioning.json to their policy.',
          );
    },
  };
}

/** The actions of a statement that are not allowed on all that it is about. */
async function deniedOf(
  { clients }: Site,
  principal: string,
  { Action, Resource, Condition }: Statement,
  here: { readonly account: string; readonly region: string },
): Promise<string[]> {
  const command = new SimulatePrincipalPolicyCommand({
    PolicySourceArn: principal,
    ActionNames: [Action].flat(),
    ResourceArns: [Resource].flat().map((arn) => arnHere(arn, here)),
    ContextEntries: Object.entries(Condition?.StringEquals ?? {}).map(([key, values]) => ({
      ContextKeyName: key,
      ContextKeyType: 'string',
      ContextKeyValues: [values].flat().slice(0, 1),
    })),
  });
  const { EvaluationResults = [] } = await answerTo(
    { action: 'iam:SimulatePrincipalPolicy', resource: principal },
    clients.iam.send(command),
  );
  return EvaluationResults.filter(({ EvalDecision }) => EvalDecision !== 'allowed').map(
    ({ EvalActionName = '' }) => EvalActionName,
  );
}

/** A role in use is asked about by its own ARN. */
const principalOf = (arn: string): string =>
  arn.replace(/^(arn:[\w-]+):sts::(\d+):assumed-role\/([^/]+)\/.*$/, '$1:iam::$2:role/$3');

/** `arn:aws:sqs:*:*:NAME` in this region and account. */
function arnHere(arn: string, { account, region }: { account: string; region: string }): string {
  const [head, partition, service, where, whose, ...rest] = arn.split(':');
  if (service === undefined) return arn;
  const parts = [where === '*' ? region : where, whose === '*' ? account : whose];
  return [head, partition, service, ...parts, ...rest].join(':');
}
