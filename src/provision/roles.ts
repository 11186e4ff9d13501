import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetInstanceProfileCommand,
  GetRoleCommand,
  type InstanceProfile,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  type Role,
} from '@aws-sdk/client-iam';

import { answerTo } from '../adapters/aws/errors.ts';
import { answerUnless } from './answers.ts';
import { policyFor, type PolicyName } from './policies.ts';
import {
  fleetTags,
  hasFleetTag,
  type Kind,
  removeEach,
  isFound,
  type Resource,
} from './resource.ts';
import { controllerName, type Site, workerName } from './site.ts';

const MISSING = ['NoSuchEntityException'];

/** Of the one policy that a role has. */
export const ROLE_POLICY = 'facefleet';

const FOR_EC2 = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});

/** The roles of a fleet, each with the instance profile that brings it to an instance. */
export function wantedRoles(site: Site): Resource[] {
  return [
    wantedRole(site, workerName(site.names), 'worker'),
    wantedProfile(site, workerName(site.names)),
    wantedRole(site, controllerName(site.names), 'web-and-controller'),
    wantedProfile(site, controllerName(site.names)),
  ];
}

export function rolesOf(site: Site): Kind {
  return {
    title: 'roles',
    find: async () =>
      namesWith(site, async (name) => hasFleetTag(site.names, (await roleOf(site, name))?.Tags)),
    remove: (found) => removeEach(found, (name) => removeRole(site, name)),
  };
}

export function instanceProfilesOf(site: Site): Kind {
  return {
    title: 'instance profiles',
    find: async () =>
      namesWith(site, async (name) => hasFleetTag(site.names, (await profileOf(site, name))?.Tags)),
    remove: (found) => removeEach(found, (name) => removeProfile(site, name)),
  };
}

function wantedRole(site: Site, name: string, policy: PolicyName): Resource {
  const { iam } = site.clients;
  const title = `role ${name}`;
  return {
    title,
    exists: async () => isFound(site.names, title, await roleOf(site, name)),
    async create() {
      const command = new CreateRoleCommand({
        RoleName: name,
        Description: `What instances of the fleet ${site.names.fleet} may do`,
        AssumeRolePolicyDocument: FOR_EC2,
        Tags: fleetTags(site.names),
      });
      await answerTo({ action: 'iam:CreateRole', resource: name }, iam.send(command));
    },
    async configure() {
      const command = new PutRolePolicyCommand({
        RoleName: name,
        PolicyName: ROLE_POLICY,
        PolicyDocument: policyFor(policy, site.names),
      });
      await answerTo({ action: 'iam:PutRolePolicy', resource: name }, iam.send(command));
    },
  };
}

function wantedProfile(site: Site, name: string): Resource {
  const { iam } = site.clients;
  const title = `instance profile ${name}`;
  return {
    title,
    exists: async () => isFound(site.names, title, await profileOf(site, name)),
    async create() {
      const command = new CreateInstanceProfileCommand({
        InstanceProfileName: name,
        Tags: fleetTags(site.names),
      });
      await answerTo({ action: 'iam:CreateInstanceProfile', resource: name }, iam.send(command));
    },
    async configure() {
      const { Roles = [] } = (await profileOf(site, name)) ?? {};
      if (Roles.some(({ RoleName }) => RoleName === name)) return;
      const command = new AddRoleToInstanceProfileCommand({
        InstanceProfileName: name,
        RoleName: name,
      });
      await answerTo({ action: 'iam:AddRoleToInstanceProfile', resource: name }, iam.send(command));
    },
  };
}

async function removeRole({ clients: { iam } }: Site, RoleName: string): Promise<void> {
  const { PolicyNames = [] } = await answerTo(
    { action: 'iam:ListRolePolicies', resource: RoleName },
    iam.send(new ListRolePoliciesCommand({ RoleName })),
  );
  for (const PolicyName of PolicyNames) {
    await answerUnless(
      MISSING,
      { action: 'iam:DeleteRolePolicy', resource: RoleName },
      iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName })),
    );
  }
  await answerUnless(
    MISSING,
    { action: 'iam:DeleteRole', resource: RoleName },
    iam.send(new DeleteRoleCommand({ RoleName })),
  );
}

async function removeProfile(site: Site, InstanceProfileName: string): Promise<void> {
  const { iam } = site.clients;
  const { Roles = [] } = (await profileOf(site, InstanceProfileName)) ?? {};
  for (const { RoleName } of Roles) {
    await answerUnless(
      MISSING,
      { action: 'iam:RemoveRoleFromInstanceProfile', resource: InstanceProfileName },
      iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName })),
    );
  }
  await answerUnless(
    MISSING,
    { action: 'iam:DeleteInstanceProfile', resource: InstanceProfileName },
    iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName })),
  );
}

/** IAM cannot be asked for what carries a tag: provisioning knows what it makes. */
async function namesWith(
  { names }: Site,
  isOfFleet: (name: string) => Promise<boolean>,
): Promise<string[]> {
  const found: string[] = [];
  for (const name of [workerName(names), controllerName(names)]) {
    if (await isOfFleet(name)) found.push(name);
  }
  return found;
}

async function roleOf({ clients }: Site, RoleName: string): Promise<Role | undefined> {
  const answer = await answerUnless(
    MISSING,
    { action: 'iam:GetRole', resource: RoleName },
    clients.iam.send(new GetRoleCommand({ RoleName })),
  );
  return answer?.Role;
}

async function profileOf(
  { clients }: Site,
  InstanceProfileName: string,
): Promise<InstanceProfile | undefined> {
  const answer = await answerUnless(
    MISSING,
    { action: 'iam:GetInstanceProfile', resource: InstanceProfileName },
    clients.iam.send(new GetInstanceProfileCommand({ InstanceProfileName })),
  );
  return answer?.InstanceProfile;
}
