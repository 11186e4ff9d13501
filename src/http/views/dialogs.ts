import { html } from './html.ts';

/** Where a key is asked for. */
export const signInDialog = html`
  <dialog class="dialog sign-in" aria-labelledby="sign-in-title">
    <form method="dialog">
      <h2 id="sign-in-title">Sign in</h2>
      <p class="dialog-text">This service asks for a key. It is kept until the tab is closed.</p>
      <p class="refused failed" role="alert"></p>
      <label class="field"
        >Key <input type="password" autocomplete="current-password" required
      /></label>
      <p class="fine">
        Whoever runs the service makes one: <code>npx facefleet keys add NAME --role ROLE</code>
      </p>
      <div class="dialog-acts">
        <button class="quiet stay" type="button">Cancel</button>
        <button class="button" type="submit" value="sign-in">Sign in</button>
      </div>
    </form>
  </dialog>
`;

/** What the pages of the console ask: for a key, a name, or whether it is meant. */
export const dialogs = html`
  ${signInDialog}
  <dialog class="dialog question" aria-labelledby="question-title">
    <form method="dialog">
      <h2 id="question-title"></h2>
      <p class="question-text dialog-text"></p>
      <label class="field"
        >Name <input list="known-names" maxlength="255" autocomplete="off" required
      /></label>
      <div class="dialog-acts">
        <button class="quiet stay" type="button">Cancel</button>
        <button class="button go-on" type="submit" value="go-on"></button>
      </div>
    </form>
  </dialog>
  <datalist id="known-names"></datalist>
`;
