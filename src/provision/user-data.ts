/** A file that an instance fetches: a URL that needs no credentials, and the SHA-256 of its bytes in hex. */
export interface Download {
  readonly url: string;
  readonly sha256: string;
}

/** What a stock image lacks. */
export interface Installation {
  /** Such as `v22.12.0`. */
  readonly nodeVersion: string;
  /** Where the builds of Node are, as on https://nodejs.org/dist. */
  readonly nodeDist: string;
  /** What `npm pack` makes. */
  readonly package: Download;
  /** The package-lock.json that the package was tested with. */
  readonly lock: Download;
}

export interface BootSettings {
  /** The variables of every facefleet process on the instance: `FACEFLEET_NAME`, `AWS_REGION`, … */
  readonly environment: Readonly<Record<string, string>>;
  /** Absent where the image has it all, as those that `facefleet bake` makes. */
  readonly install?: Installation;
}

/**
 * The user data script of an instance that is a worker of a fleet: what cloud-init runs as root when
 * the instance boots for the first time. It writes `/etc/facefleet/environment` and installs the
 * worker's unit, which then starts at every boot. Run again, it does the same again.
 *
 * An instance that has to install facefleet itself and cannot switches itself off: whoever waits for
 * its worker sees that it has stopped, and its console output says why.
 * @throws RangeError when a variable cannot be written to an environment file
 */
export function userData({ environment, install }: BootSettings): string {
  const parts = [HEAD, ...(install ? [installation(install)] : []), worker(environment)];
  return `${parts.join('\n\n')}\n`;
}

const HEAD = `#!/bin/bash
# Makes this instance a worker of a facefleet fleet.
set -euo pipefail
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;

const installation = ({ nodeVersion, nodeDist, ...files }: Installation): string => `\
# Whoever launched it may be gone: it does not run for ever.
shutdown --poweroff +90
trap 'echo "facefleet could not be installed"; shutdown --poweroff now' ERR
downloads=$(mktemp --directory)
cd "$downloads"
fetch() { # URL FILE
  curl --fail --silent --show-error --location --retry 5 --retry-connrefused --output "$2" "$1"
}

case $(uname -m) in
  aarch64) arch=arm64 ;;
  *) arch=x64 ;;
esac
node=node-${nodeVersion}-linux-$arch.tar.gz
fetch ${quoted(`${nodeDist}/${nodeVersion}`)}/"$node" "$node"
fetch ${quoted(`${nodeDist}/${nodeVersion}/SHASUMS256.txt`)} sums
grep " $node\\$" sums | sha256sum --check --quiet
rm -rf /opt/node /opt/facefleet
mkdir -p /opt/node /opt/facefleet
tar -xzf "$node" -C /opt/node --strip-components=1 --no-same-owner
ln -sf /opt/node/bin/{node,npm} /usr/local/bin/

fetch ${quoted(files.package.url)} package.tgz
fetch ${quoted(files.lock.url)} package-lock.json
sha256sum --check --quiet <<'END'
${files.package.sha256}  package.tgz
${files.lock.sha256}  package-lock.json
END
tar -xzf package.tgz -C /opt/facefleet --strip-components=1 --no-same-owner
cp package-lock.json /opt/facefleet/
cd /opt/facefleet
# Every package that runs here ships what it needs: no install script has anything to do.
HOME=$downloads npm ci --omit=dev --ignore-scripts --no-audit --no-fund
ln -sf /opt/facefleet/bin/facefleet.js /usr/local/bin/facefleet
rm -rf "$downloads"`;

const worker = (environment: BootSettings['environment']): string => `\
install -d /etc/facefleet
install -m 600 /dev/stdin /etc/facefleet/environment <<'END'
${environmentFile(environment)}END
facefleet systemd install worker`;

/**
 * The text of a systemd environment file ("EnvironmentFile=", systemd.exec(5)).
 * @throws RangeError
 */
export function environmentFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => {
      if (!/^[A-Z_]\w*$/i.test(name) || /\p{Cc}/u.test(value)) {
        throw new RangeError(`An environment file cannot hold the variable ${name}.`);
      }
      return `${name}="${value.replaceAll(/["\\$`]/g, '\\$&')}"\n`;
    })
    .join('');
}

/** A word of the shell that stands for itself. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
