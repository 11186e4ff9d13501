import type { WebTier } from '../machines/web-tier.ts';

/** What the web tier knows of the photos' requests. */
export type RequestSource = Pick<WebTier, 'find' | 'list' | 'photo' | 'retry'>;
