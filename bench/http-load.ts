import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

const BOUNDARY = 'facefleet-bench';
const END = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);

export interface PhotoAnswer {
  readonly status: number;
  readonly text: string;
}

/** A client of `POST /` on kept connections, as cheap as one can be made. */
export class PhotoClient {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(url: string) {
    this.#url = url;
  }

  /** Uploads one photo as a form and resolves with the answer. */
  async upload(fileName: string, photo: Uint8Array): Promise<PhotoAnswer> {
    const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="${fileName}"\r\n\r\n`;
    const body = Buffer.concat([Buffer.from(head), photo, END]);
    const sent = request(this.#url, {
      method: 'POST',
      agent: this.#agent,
      headers: {
        'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
        'Content-Length': body.length,
      },
    });
    const answered = new Promise<PhotoAnswer>((resolve, reject) => {
      sent.on('error', reject);
      sent.on('response', (response) => {
        const { statusCode: status = 0 } = response;
        text(response).then((answer) => resolve({ status, text: answer }), reject);
      });
    });
    sent.end(body);
    return answered;
  }

  close(): void {
    this.#agent.destroy();
  }
}
