/** A browser may begin to read what it saves only after a while. */
const KEPT_MS = 60_000;

/** Offers a file to the person at the page. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
