import { ensureSamplePhotos } from './sample-photos.ts';

/** Runs once before all test files, so that no two of them fetch the photos at the same time. */
export default ensureSamplePhotos;
