import { GetRolePolicyCommand } from '@aws-sdk/client-iam';

import { answerUnless } from '../../provision/answers.ts';
import { policyFor, type PolicyName } from '../../provision/policies.ts';
import { ROLE_POLICY, wantedRoles } from '../../provision/roles.ts';
import { controllerName, type Site, workerName } from '../../provision/site.ts';
import { type Check, failed, ok } from '../check.ts';
import { missingOf, provisionCommand } from './missing.ts';

/** Whether the roles are there, with the policies that this version of facefleet needs. */
export function rolesCheck(site: Site): Check {
  return {
    name: 'roles',
    async look() {
      const { names } = site;
      const missing = await missingOf(names, wantedRoles(site));
      if (missing !== undefined) return missing;
      const wanted: readonly [role: string, policy: PolicyName][] = [
        [workerName(names), 'worker'],
        [controllerName(names), 'web-and-controller'],
      ];
      for (const [role, policy] of wanted) {
        if ((await policyOf(site, role)) === policyFor(policy, names)) continue;
        return failed(
          `The role ${role} has not the policy deploy/iam/${policy}.json of this version.`,
          `Write it: ${provisionCommand(names)}`,
        );
      }
      return ok('Both are there, with the policies of this version.');
    },
  };
}

async function policyOf({ clients }: Site, RoleName: string): Promise<string | undefined> {
  const answer = await answerUnless(
    ['NoSuchEntityException'],
    { action: 'iam:GetRolePolicy', resource: RoleName },
    clients.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: ROLE_POLICY })),
  );
  const document = answer?.PolicyDocument;
  // As IAM keeps it, whatever its spaces.
  return document && JSON.stringify(JSON.parse(decodeURIComponent(document)));
}
