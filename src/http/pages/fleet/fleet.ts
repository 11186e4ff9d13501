import { find } from '../elements.ts';
import { type History, simulatedHistory } from './history.ts';
import { Laboratory, type Scenario } from './laboratory.ts';
import { FleetPage } from './page.ts';

const root = find(HTMLElement, '.fleet');
const form = find(HTMLFormElement, '.laboratory', root);
const page = new FleetPage(root, writeLink);
const laboratory = new Laboratory(form, {
  onLife: showLife,
  onFailure: (words) => page.fail(words),
  moment: () => page.moment.at,
});

/** In real time little happens. */
const LABORATORY_SPEED = 10;

/** Another life is shown at the same moment, and played on if the one before was. */
async function showLife(life: History): Promise<void> {
  const { moment } = page;
  const isPlaying = moment.mode === 'playing';
  await page.open(life, moment.at);
  if (isPlaying) moment.play();
  writeLink();
}

async function enterLaboratory(scenario?: Scenario, at = 0): Promise<void> {
  form.hidden = false;
  setSpeed(LABORATORY_SPEED);
  if (scenario) laboratory.take(scenario);
  await page.open(simulatedHistory([], 0), 0);
  await laboratory.run();
  page.moment.seek(at);
  if (!scenario) page.moment.play();
}

function setSpeed(speed: number): void {
  page.moment.speed = speed;
  find(HTMLSelectElement, '.speed', root).value = String(speed);
}

function leaveLaboratory(): void {
  form.hidden = true;
  setSpeed(1);
  history.replaceState(null, '', location.pathname);
  void page.openLog();
}

/**
 * The address leads to the moment that is shown: `#at=` and its time in milliseconds since the Unix
 * epoch, and `lab=` with the scenario in the laboratory. Without a moment it is the present.
 */
function writeLink(): void {
  const { mode, at } = page.moment;
  const link = new URLSearchParams();
  if (mode !== 'live') link.set('at', at.toFixed(3));
  if (!form.hidden) link.set('lab', JSON.stringify(laboratory.scenario));
  history.replaceState(null, '', link.size > 0 ? `#${link}` : location.pathname);
}

async function copyLink(): Promise<void> {
  writeLink();
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    // Browsers give the clipboard to pages on https:// or localhost only.
    page.fail('This browser does not let the page copy. The link is the address of the page.');
  }
}

function readLink(): void {
  const link = new URLSearchParams(location.hash.slice(1));
  const at = link.has('at') ? Number(link.get('at')) : undefined;
  const lab = link.get('lab');
  if (lab === null) {
    void page.openLog(at);
    return;
  }
  try {
    void enterLaboratory(JSON.parse(lab) as Scenario, at);
  } catch {
    page.fail('The link to the laboratory is damaged. Copy it as a whole.');
  }
}

find(HTMLElement, '.enter-laboratory', root).addEventListener('click', () => {
  void enterLaboratory();
});
find(HTMLElement, '.leave-laboratory', root).addEventListener('click', leaveLaboratory);
find(HTMLElement, '.copy-link', root).addEventListener('click', () => void copyLink());

readLink();
