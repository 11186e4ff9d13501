import { find } from './elements.ts';

const dialog = find(HTMLDialogElement, '.camera');
const video = find(HTMLVideoElement, 'video', dialog);
const message = find(HTMLElement, '.camera-message', dialog);
const shoot = find(HTMLButtonElement, '.shoot', dialog);

/** As much as a webcam has; recognition needs no more. */
const WISHES: MediaStreamConstraints = {
  video: { facingMode: 'environment', width: { ideal: 1920 }, height: { ideal: 1080 } },
};

const REFUSALS: Readonly<Record<string, string>> = {
  NotAllowedError:
    'The camera was refused. Allow it for this page in the settings of the browser, then open it again.',
  NotFoundError: 'There is no camera here. Choose a photo instead.',
  NotReadableError: 'Another program has the camera. Close that one, then open it again.',
};
const UNAVAILABLE =
  'Browsers give the camera only to pages on https:// or localhost. Choose a photo instead.';

let taken = 0;

/** Lets every press of the button open the camera, and gets the photos that are taken. */
export function offerCamera(button: HTMLButtonElement, onPhoto: (photo: File) => void): void {
  button.addEventListener('click', () => void open());
  shoot.addEventListener('click', () => {
    const name = `camera-${++taken}.jpg`;
    still().toBlob(
      (blob) => {
        if (blob !== null) onPhoto(new File([blob], name, { type: 'image/jpeg' }));
        dialog.close();
      },
      'image/jpeg',
      0.92,
    );
  });
  find(HTMLButtonElement, '.close', dialog).addEventListener('click', () => dialog.close());
  // However it was closed: the light beside the lens goes out.
  dialog.addEventListener('close', turnOff);
}

async function open(): Promise<void> {
  message.textContent = 'Waiting for the camera …';
  video.hidden = true;
  shoot.disabled = true;
  dialog.showModal();
  try {
    // Absent where the page came over plain HTTP.
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (devices === undefined) {
      message.textContent = UNAVAILABLE;
      return;
    }
    video.srcObject = await devices.getUserMedia(WISHES);
    if (!dialog.open) return turnOff();
    await video.play();
  } catch (error) {
    turnOff();
    const reason = error instanceof DOMException ? REFUSALS[error.name] : undefined;
    message.textContent = reason ?? `The camera does not start: ${String(error)}`;
    return;
  }
  message.textContent = '';
  video.hidden = false;
  shoot.disabled = false;
  shoot.focus();
}

function still(): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return canvas;
}

function turnOff(): void {
  if (video.srcObject instanceof MediaStream) {
    for (const track of video.srcObject.getTracks()) track.stop();
  }
  video.srcObject = null;
}
