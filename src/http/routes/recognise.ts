import type { RouterMiddleware } from '@koa/router';

import { jsonOfAnswers, statusOfAnswers, textOfAnswers } from '../answer.ts';
import type { RecognisePhotos } from '../recognise-photos.ts';
import { respond } from '../respond.ts';
import { answerPage } from '../views/answer-page.ts';

/** POST /: photos in, names out, in the order in which the photos were sent. */
export const recogniseRoute =
  (recognise: RecognisePhotos): RouterMiddleware =>
  async (ctx) => {
    const answers = await recognise(ctx);
    respond(ctx, statusOfAnswers(answers), {
      text: () => textOfAnswers(answers),
      json: () => jsonOfAnswers(answers),
      page: () => answerPage(answers),
    });
  };
