import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { onTestFinished } from 'vitest';

import { packageRoot } from '../../src/package-root.ts';

/** A program of `processes/` that runs, and the lines it has printed. */
export class ChildProgram {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;

  private constructor(program: string, args: readonly string[]) {
    const path = join(packageRoot, 'test', 'adapters', 'processes', program);
    const stdio = ['pipe', 'pipe', 'inherit'] as const;
    const child = spawn(process.execPath, [path, ...args], { stdio: [...stdio] });
    this.#child = child;
    this.#closed = once(child, 'close');
    createInterface({ input: child.stdout }).on('line', (line) => this.lines.push(line));
  }

  /** Starts it; it is killed at the end of the test at the latest. */
  static start(program: string, ...args: readonly (string | number)[]): ChildProgram {
    const started = new ChildProgram(program, args.map(String));
    onTestFinished(() => started.kill());
    return started;
  }

  /** What it printed after `word`, line by line. */
  printed(word: string): string[] {
    const prefix = `${word} `;
    return this.lines.flatMap((line) => (line.startsWith(prefix) ? line.slice(prefix.length) : []));
  }

  /** Lets it end by itself, by ending its input. */
  async finish(): Promise<void> {
    this.#child.stdin?.end();
    await this.#closed;
  }

  /** SIGKILL. Resolves when it is dead and everything it printed is read. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}
