import { describe, expect, it } from 'vitest';

import { postFiles } from './multipart-body.ts';
import { photo } from './photos.ts';
import { face, found, serve } from './serve.ts';

const jpeg = await photo();

/** The values by their names and labels. */
async function metricsOf(url: string): Promise<Map<string, number>> {
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get('Content-Type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split('\n').filter((line) => /^\w/.test(line));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

describe('GET /metrics', () => {
  it('counts requests and photos by outcome, and times their stages', async () => {
    const { url } = await serve({
      recognise: ({ fileName }) =>
        fileName === 'wall.jpg'
          ? found()
          : fileName === 'bad.jpg'
            ? { error: { code: 'undecodable_image', message: 'The photo is damaged.' } }
            : found(face('Ada')),
    });
    await postFiles(url, { 'a.jpg': jpeg, 'wall.jpg': jpeg });
    await postFiles(url, { 'bad.jpg': jpeg });
    await postFiles(url, { 'note.txt': Buffer.from('hello') });
    const metrics = await metricsOf(url);
    expect(Object.fromEntries(metrics)).toMatchObject({
      'facefleet_photos_total{outcome="recognised"}': 1,
      'facefleet_photos_total{outcome="no_face"}': 1,
      'facefleet_photos_total{outcome="undecodable_image"}': 1,
      'facefleet_photos_total{outcome="unsupported_type"}': 1,
      'facefleet_http_requests_total{method="POST",status="200"}': 1,
      'facefleet_http_requests_total{method="POST",status="422"}': 1,
      'facefleet_stage_seconds_count{stage="upload"}': 3,
      'facefleet_stage_seconds_count{stage="total"}': 3,
    });
  });

  it('looks at queues and gallery when it is asked', async () => {
    let visible = 3;
    const { url } = await serve({
      metrics: {
        depths: { requests: async () => ({ visible, inFlight: 2, delayed: 0 }) },
        gallerySize: async () => 41,
      },
    });
    const key = 'facefleet_queue_messages{queue="requests",state="visible"}';
    expect((await metricsOf(url)).get(key)).toBe(3);
    visible = 0;
    const metrics = await metricsOf(url);
    expect(metrics.get(key)).toBe(0);
    expect(metrics.get('facefleet_queue_messages{queue="requests",state="in_flight"}')).toBe(2);
    expect(metrics.get('facefleet_gallery_faces')).toBe(41);
  });

  it('tells the rest when something cannot be looked at', async () => {
    const { url } = await serve({
      metrics: {
        depths: {
          requests: () => Promise.reject(new Error('unreachable')),
          replies: async () => ({ visible: 1, inFlight: 0, delayed: 0 }),
        },
        gallerySize: () => Promise.reject(new Error('unreachable')),
      },
    });
    const metrics = await metricsOf(url);
    expect(metrics.get('facefleet_queue_messages{queue="replies",state="visible"}')).toBe(1);
    expect(metrics.get('facefleet_queue_messages{queue="requests",state="visible"}')).toBe(
      undefined,
    );
    expect(metrics.get('facefleet_gallery_faces')).toBeNaN();
  });
});
