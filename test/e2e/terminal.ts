import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Command {
  /** As it was typed. */
  readonly line: string;
  readonly status: number;
  readonly output: string;
}

/** What bash says when a command has ended. */
const DONE = /<ended with (\d+)>/;

/** A bash on a terminal, as somebody has who types commands out of a document. */
export class Terminal {
  readonly #bash: ChildProcess;
  #shown = '';
  #onShown: () => void = () => undefined;

  /** @param answer - what is said to a question that ends with `[y/N]` */
  constructor({ cwd, env, answer }: { cwd: string; env: NodeJS.ProcessEnv; answer: string }) {
    const bash = ['--quiet', '--command', 'bash --norc --noprofile', '/dev/null'];
    const dumb = { TERM: 'dumb', PROMPT_COMMAND: 'printf "<ended with %s>" $?' };
    this.#bash = spawn('script', bash, { cwd, env: { ...env, ...dumb } });
    this.#bash.stdout?.on('data', (chunk: Buffer) => {
      const text = chunk.toString();
      this.#shown += text;
      if (/\[y\/N\]/.test(text)) this.type(`${answer}\n`);
      this.#onShown();
    });
  }

  /** What the terminal shows since the last command. */
  get shown(): string {
    return this.#shown;
  }

  /** Waits until bash asks for the first command. */
  async open(): Promise<void> {
    await this.until(DONE);
    await this.run('stty -echo; PS1=');
  }

  /** Types a command, and waits for its end. */
  async run(line: string): Promise<Command> {
    this.#shown = '';
    this.type(`${line}\n`);
    const [whole = '', status] = await this.until(DONE);
    return { line, status: Number(status), output: this.#shown.replace(whole, '') };
  }

  /** Waits until the terminal shows it. */
  async until(wanted: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = wanted.exec(this.#shown);
      if (found !== null) return found;
      await new Promise<void>((resolve) => (this.#onShown = resolve));
    }
  }

  /** What it types a running command hears. */
  type(keys: string): void {
    this.#bash.stdin?.write(keys);
  }

  async close(): Promise<void> {
    this.type('exit\n');
    if (this.#bash.exitCode === null) await once(this.#bash, 'exit');
  }
}
