import fastifyStatic from '@fastify/static';
import fastifyWebsocket from '@fastify/websocket';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { TouchEvent } from '../behaviour/events.ts';
import { languages } from '../core/language.ts';
import type { Logger } from '../core/logger.ts';
import type { Signal } from '../core/signal.ts';
import type { ProcedureCatalogue } from './catalogue.ts';
import { pageMessageLimitBytes, parsePageMessage, type TypedVault, toTouchEvent } from './page-message.ts';
import type { KioskView, ServerMessage } from './view.ts';

/** A page that has not taken this much is hung; it is cut off and comes back by itself. */
const sendBacklogLimitBytes = 1_000_000;
/** One robot has one screen; the rest is for a technician looking on. */
const pageLimit = 8;

/** Only what this server itself serves may load or be talked to; a kiosk asks nothing of the internet. */
const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

export interface KioskOptions {
  /** The view of this moment, for a page that has just connected. */
  view(): KioskView;
  viewChanged: Signal<KioskView>;
  /** Hands what the citizen touched to the behaviour machine. */
  send(event: TouchEvent): void;
  vault: TypedVault;
  catalogue: ProcedureCatalogue;
  logger: Logger;
  /** Folder of the built page; null serves the socket and the catalogue only. */
  staticFolder: string | null;
}

const searchQuery = z.object({ q: z.string().max(100).default(''), lang: z.enum(languages).default('vi') });
const detailQuery = z.object({ lang: z.enum(languages).default('vi') });
const detailParams = z.object({ code: z.string().min(1).max(32) });

/** Puts the kiosk's page, socket (`/ws`) and catalogue (`/api/procedures`) on `app`. */
export async function registerKiosk(app: FastifyInstance, options: KioskOptions): Promise<void> {
  await app.register(async (kiosk) => {
    kiosk.addHook('onSend', async (_request, reply) => {
      reply.headers(pageHeaders);
    });
    await kiosk.register(fastifyWebsocket, { options: { maxPayload: pageMessageLimitBytes } });
    registerCatalogue(kiosk, options.catalogue);
    registerSocket(kiosk, options);
    if (options.staticFolder !== null) await kiosk.register(fastifyStatic, { root: options.staticFolder, cacheControl: false });
  });
}

function registerCatalogue(app: FastifyInstance, catalogue: ProcedureCatalogue): void {
  app.get('/api/procedures', async (request, reply) => {
    const query = searchQuery.safeParse(request.query);
    if (!query.success) return reply.code(400).send({ error: 'q: at most 100 characters; lang: vi, en or ko' });
    return { procedures: catalogue.search(query.data.q, query.data.lang) };
  });
  app.get('/api/procedures/:code', async (request, reply) => {
    const params = detailParams.safeParse(request.params);
    const query = detailQuery.safeParse(request.query);
    if (!params.success || !query.success) return reply.code(400).send({ error: 'code: 1-32 characters; lang: vi, en or ko' });
    const detail = catalogue.detail(params.data.code, query.data.lang);
    return detail ?? reply.code(404).send({ error: 'no such procedure' });
  });
}

function registerSocket(app: FastifyInstance, options: KioskOptions): void {
  const pages = new Set<WebSocket>();
  const stopListening = options.viewChanged.on((view) => broadcast(pages, view, options.logger));
  app.addHook('onClose', async () => stopListening());
  const admit = async (request: FastifyRequest, reply: FastifyReply) => {
    if (!isOwnOrigin(request)) return reply.code(403).send({ error: 'other origin' });
    if (pages.size >= pageLimit) return reply.code(503).send({ error: `at most ${pageLimit} screens` });
    return undefined;
  };
  app.get('/ws', { websocket: true, preValidation: admit }, (socket) => {
    pages.add(socket);
    socket.on('close', () => pages.delete(socket));
    socket.on('error', (error) => options.logger.warn({ detail: error.message }, 'kiosk page: socket error'));
    socket.on('message', (data) => hear(data.toString(), options));
    socket.send(encode(options.view()));
  });
}

/** A foreign web page must not drive the robot: browsers always name the page's origin. */
function isOwnOrigin(request: FastifyRequest): boolean {
  const origin = request.headers.origin;
  if (origin === undefined) return true;
  return origin === `http://${request.headers.host}` || origin === `https://${request.headers.host}`;
}

function hear(text: string, options: KioskOptions): void {
  const message = parsePageMessage(text);
  if (message === null) {
    options.logger.warn({ length: text.length }, 'kiosk page: message refused');
    return;
  }
  // What was typed and comes late (the visit has just ended) must not stay in the vault.
  const { name } = options.view().screen;
  if (message.type === 'petition' && name !== 'petition') return;
  if (message.type === 'cardNumber' && name !== 'registrationNumber') return;
  options.send(toTouchEvent(message, options.vault));
}

const encode = (view: KioskView): string => JSON.stringify({ type: 'view', view } satisfies ServerMessage);

function broadcast(pages: ReadonlySet<WebSocket>, view: KioskView, logger: Logger): void {
  if (pages.size === 0) return;
  const text = encode(view);
  for (const page of pages) {
    if (page.bufferedAmount > sendBacklogLimitBytes) {
      logger.warn({ backlogBytes: page.bufferedAmount }, 'kiosk page: does not read, cut off');
      page.terminate();
    } else page.send(text);
  }
}
