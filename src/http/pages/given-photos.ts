const carriesFiles = (event: DragEvent): boolean =>
  event.dataTransfer?.types.includes('Files') ?? false;

const showDragging = (isDragging: boolean): void => {
  document.body.classList.toggle('dragging', isDragging);
};

/** Takes the photos that are dropped or pasted anywhere on the page. */
export function takePhotos(onPhotos: (photos: readonly File[]) => void): void {
  const take = (files: FileList | undefined): void => {
    if (files && files.length > 0) onPhotos([...files]);
  };
  document.addEventListener('paste', (event) => take(event.clipboardData?.files));
  document.addEventListener('dragover', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    showDragging(true);
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) showDragging(false);
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    showDragging(false);
    take(event.dataTransfer?.files);
  });
}

/** Takes the photos that are chosen; choosing the same ones again counts again. */
export function takeChosen(
  input: HTMLInputElement,
  onPhotos: (photos: readonly File[]) => void,
): void {
  input.addEventListener('change', () => {
    onPhotos([...(input.files ?? [])]);
    input.value = '';
  });
}
