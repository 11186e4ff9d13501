import {
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';

import { answerTo } from '../adapters/aws/errors.ts';
import { answerUnless, patiently, saysOneOf } from './answers.ts';
import { ec2TagFilter, ec2TagSpecification } from './ec2-tags.ts';
import { type Kind, removeEach, isFound, type Resource } from './resource.ts';
import { type Site, workerName } from './site.ts';

/** The workers' security group: nobody may connect to them, and they may connect to anywhere. */
export function wantedSecurityGroup(site: Site, vpcId: string): Resource {
  const name = workerName(site.names);
  const title = `security group ${name}`;
  return {
    title,
    exists: async () => isFound(site.names, title, await securityGroupIn(site, vpcId)),
    async create() {
      const command = new CreateSecurityGroupCommand({
        GroupName: name,
        Description: `Workers of the fleet ${site.names.fleet}: no way in`,
        VpcId: vpcId,
        TagSpecifications: ec2TagSpecification(site.names, 'security-group'),
      });
      await answerTo(
        { action: 'ec2:CreateSecurityGroup', resource: name },
        site.clients.ec2.send(command),
      );
    },
  };
}

export async function securityGroupIn(
  site: Site,
  vpcId: string,
): Promise<SecurityGroup | undefined> {
  const [group] = await securityGroups(site, [
    { Name: 'group-name', Values: [workerName(site.names)] },
    { Name: 'vpc-id', Values: [vpcId] },
  ]);
  return group;
}

export function securityGroupsOf(site: Site): Kind {
  const { ec2 } = site.clients;
  return {
    title: 'security groups',
    find: async () =>
      (await securityGroups(site, ec2TagFilter(site.names))).map(({ GroupId = '' }) => GroupId),
    remove: (found) =>
      removeEach(found, async (GroupId) => {
        // The network interfaces of terminated instances outlive them by a moment.
        const isPassing = saysOneOf('DependencyViolation');
        const remove = () => ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
        await answerUnless(
          ['InvalidGroup.NotFound'],
          { action: 'ec2:DeleteSecurityGroup', resource: GroupId },
          patiently(site.clock, isPassing, remove),
        );
      }),
  };
}

async function securityGroups(
  { clients, names }: Site,
  Filters: { Name: string; Values: string[] }[],
): Promise<SecurityGroup[]> {
  const { SecurityGroups = [] } = await answerTo(
    { action: 'ec2:DescribeSecurityGroups', resource: workerName(names) },
    clients.ec2.send(new DescribeSecurityGroupsCommand({ Filters })),
  );
  return SecurityGroups;
}
