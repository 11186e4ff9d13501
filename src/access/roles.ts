/**
 * What a key lets its bearer do: send photos (`recognise`), see and change people and what was
 * recognised (`people`), or everything (`admin`).
 */
export const ROLES = ['recognise', 'people', 'admin'] as const;

export type Role = (typeof ROLES)[number];
