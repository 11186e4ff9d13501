import { SingleBar } from 'cli-progress';

/** A started progress bar on stderr; silent where stderr is not a terminal. */
export function progressBar(what: string, total: number): SingleBar {
  const bar = new SingleBar({
    format: `{bar} {value}/{total} ${what}, {eta_formatted} left`,
    stream: process.stderr,
  });
  bar.start(total, 0);
  return bar;
}
