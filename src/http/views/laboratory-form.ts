import { policies } from '../../machines/scaling/policies.ts';
import { html } from './html.ts';

const FAULTS = {
  stuck: 'An instance is stuck in pending',
  capacity: 'No capacity for 2 minutes',
  killed: 'A worker is killed',
  hung: 'A worker hangs',
  stale: 'The counts stand still for 2 minutes',
  throttled: 'Every call is throttled for 2 minutes',
};

/** Where a scenario is made; its script fills in the first one. */
export const laboratoryForm = html`
  <form class="panel laboratory" hidden>
    <p>
      <strong>Nothing real is touched.</strong> A simulated fleet: the same machines that run the
      real one, in simulated time. Go to any moment and let something happen there; what came before
      stays as it was.
    </p>
    <div class="fields">
      <label
        >Policy
        <select name="policy">
          ${Object.keys(policies).map((name) => html`<option>${name}</option>`)}
        </select></label
      >
      <label>Instances <input name="instances" type="number" min="1" max="1000" required /></label>
      <label
        >That boot like
        <select name="world">
          <option value="aws">EC2: half a minute</option>
          <option value="local">processes: half a second</option>
        </select></label
      >
      <label
        >Photos a second
        <input name="photosPerSecond" type="number" min="0" max="50" step="any" required
      /></label>
      <label>Minutes <input name="minutes" type="number" min="1" max="60" required /></label>
      <label>Seed <input name="seed" type="number" min="0" max="1000000000" required /></label>
    </div>
    <div class="acts">
      <span class="act"
        ><input name="photos" type="number" min="1" max="2000" value="40" aria-label="Photos" />
        <button class="do-burst" type="button">photos now</button></span
      >
      <span class="act"
        ><select name="fault" aria-label="Fault">
          ${Object.entries(FAULTS).map(
            ([name, words]) => html`<option value="${name}">${words}</option>`,
          )}</select
        ><button class="do-fault" type="button">now</button></span
      >
      <ul class="happenings" aria-label="What happens"></ul>
    </div>
  </form>
`;
