/** Markup that is safe to send as it is; only {@link html} makes it. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

type Value = Html | string | number | readonly Html[];

/** A template for markup: whatever is put into it is escaped, unless it is markup itself. */
export function html(literals: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(String.raw({ raw: literals }, ...values.map(markupOf)));
}

function markupOf(value: Value): string {
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.join('');
  return String(value).replaceAll(/[&<>"']/g, (char) => `&#${char.codePointAt(0)};`);
}
