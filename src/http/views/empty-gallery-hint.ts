import { html, type Html } from './html.ts';

/** How to enrol, for whoever has nobody in the gallery yet. */
export const emptyGalleryHint = ({ hidden }: { hidden: boolean }): Html => html`
  <p class="hint" ${hidden ? 'hidden' : ''}>
    <strong>Nobody is enrolled yet</strong>, so every face is unknown. Enrol
    <a href="/people">people</a> one by one, or from a folder of photos, one folder a person:
    <code>npx facefleet enroll DIR</code>
  </p>
`;
