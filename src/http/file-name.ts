const PARAMETER = /;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g;

/** `filename*=UTF-8''%e2%82%ac.jpg` (RFC 8187). */
const EXTENDED_VALUE = /^utf-8'[^']*'(.*)$/i;

/**
 * The file name in a Content-Disposition header as the client meant it, or `undefined` when there
 * is none. Clients escape it in three ways: RFC 8187 (`filename*`, which wins), quoted pairs (curl,
 * Python), and percent signs for `"`, CR and LF alone (browsers, by the WHATWG's rule).
 */
export function fileNameOf(contentDisposition: string): string | undefined {
  const parameters = new Map<string, string>();
  for (const [, key = '', quoted, token = ''] of contentDisposition.matchAll(PARAMETER)) {
    parameters.set(key.toLowerCase(), quoted ?? token.trim());
  }
  return extendedValue(parameters.get('filename*')) ?? plainValue(parameters.get('filename'));
}

function extendedValue(value: string | undefined): string | undefined {
  const encoded = value?.match(EXTENDED_VALUE)?.[1];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

function plainValue(value: string | undefined): string | undefined {
  return value
    ?.replaceAll(/\\(["\\])/g, '$1')
    .replaceAll(/%(22|0D|0A)/gi, (escape) => decodeURIComponent(escape));
}
