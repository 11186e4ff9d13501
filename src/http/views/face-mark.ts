import { html } from './html.ts';

/** The frame around a face, which scripts copy. */
export const faceMark = html`
  <template id="face-mark">
    <div class="face">
      <span class="label"><span class="number"></span><span class="name"></span></span>
    </div>
  </template>
`;
