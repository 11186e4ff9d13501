/** The element that a selector names; a page and its scripts go together, so it is there. */
export function find<T extends Element>(
  kind: new () => T,
  selector: string,
  within: ParentNode = document,
): T {
  const element = within.querySelector(selector);
  if (!(element instanceof kind)) throw new Error(`The page has no ${selector}.`);
  return element;
}

/** A fresh copy of the one element in a `<template>`. */
export function copyOf(template: string): HTMLElement {
  const { content } = find(HTMLTemplateElement, template);
  return document.importNode(find(HTMLElement, '*', content), true);
}
