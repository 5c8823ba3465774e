import fastifyStatic from '@fastify/static';
import fastifyWebsocket from '@fastify/websocket';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { assertNever } from '../../src/core/result.ts';
import type { LobbyCommand } from './commands.ts';
import type { ChipCard, LobbyControls } from './controls.ts';
import { type LobbyAction, type LobbyMessage, lobbyActionSchema } from './messages.ts';

/** The longest action is a code typed by hand. */
const messageLimitBytes = 8192;
/** A page behind by more than this misses snapshots until it has caught up; the next one holds everything anyway. */
const snapshotBacklogBytes = 64_000;
/** ... and with this much unread it is hung and cut off. */
const backlogLimitBytes = 1_000_000;
const pageLimit = 8;

const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

export interface LobbyServerOptions {
  /** Folder of the built page; null serves socket, pictures and API only. */
  staticFolder: string | null;
}

/**
 * Puts the lobby page (`/lobby/`), its socket (`/lobby/socket`), API (`/lobby/api/…`) and ticket pictures on `app`. At most one
 * plugin of an app may own WebSocket upgrades: give it an app of its own, or one whose root has `@fastify/websocket`.
 */
export async function registerLobby(app: FastifyInstance, world: LobbyControls, options: LobbyServerOptions): Promise<void> {
  await app.register(async (lobby) => {
    lobby.addHook('onSend', async (_request, reply) => {
      reply.headers(pageHeaders);
    });
    lobby.addHook('onRequest', async (request, reply) => {
      if (!isOwnOrigin(request)) await reply.code(403).send({ error: 'other origin' });
    });
    // Nobody reads a socket whose upgrade was refused: left open, it would keep the server from closing.
    lobby.addHook('onResponse', async (request, reply) => {
      if (request.headers.upgrade !== undefined && reply.statusCode >= 400) request.raw.socket.destroySoon();
    });
    if (!lobby.hasDecorator('websocketServer')) await lobby.register(fastifyWebsocket, { options: { maxPayload: messageLimitBytes } });
    registerApi(lobby, world);
    registerSocket(lobby, world);
    if (options.staticFolder === null) return;
    await lobby.register(fastifyStatic, { root: options.staticFolder, prefix: '/lobby/', decorateReply: false, cacheControl: false });
    lobby.get('/lobby', (_request, reply) => reply.redirect('/lobby/'));
  });
}

const pictureParams = z.object({ file: z.string().regex(/^[a-z0-9-]{1,64}\.png$/) });

function registerApi(app: FastifyInstance, world: LobbyControls): void {
  app.get('/lobby/api/state', async () => ({ snapshot: world.snapshot, status: world.status, site: world.site }));
  app.post('/lobby/api/actions', async (request, reply) => {
    const action = lobbyActionSchema.safeParse(request.body);
    if (!action.success) return reply.code(400).send({ error: z.prettifyError(action.error) });
    const refusal = await perform(action.data, world);
    return refusal === null ? { done: true } : reply.code(409).send({ error: refusal });
  });
  app.get('/lobby/tickets/:file', async (request, reply) => {
    const params = pictureParams.safeParse(request.params);
    const png = params.success ? world.ticketPng(params.data.file.slice(0, -'.png'.length)) : null;
    if (png === null) return reply.code(404).send({ error: 'no such ticket' });
    return reply.type('image/png').send(Buffer.from(png));
  });
}

function registerSocket(app: FastifyInstance, world: LobbyControls): void {
  const pages = new Set<WebSocket>();
  const stops = [
    world.snapshotChanged.on((snapshot) => broadcast(pages, { type: 'snapshot', snapshot }, snapshotBacklogBytes)),
    world.statusChanged.on((status) => broadcast(pages, { type: 'status', status }, backlogLimitBytes)),
  ];
  app.addHook('onClose', async () => {
    for (const stop of stops) stop();
  });
  const admit = async (_request: FastifyRequest, reply: FastifyReply) =>
    pages.size >= pageLimit ? reply.code(503).send({ error: `at most ${pageLimit} pages` }) : undefined;
  app.get('/lobby/socket', { websocket: true, preValidation: admit }, (socket) => {
    pages.add(socket);
    const send = (message: LobbyMessage) => socket.send(JSON.stringify(message));
    socket.on('close', () => pages.delete(socket));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => {
      hear(data.toString(), world).then(
        (refusal) => refusal !== null && send({ type: 'refused', reason: refusal }),
        () => send({ type: 'refused', reason: 'The simulated robot could not do that.' }),
      );
    });
    for (const message of greeting(world)) send(message);
  });
}

function greeting(world: LobbyControls): LobbyMessage[] {
  const named = ({ id, label }: ChipCard): ChipCard => ({ id, label });
  const samples = world.samples.map(named);
  const chipCards = world.chipCards.map(named);
  const welcome: LobbyMessage = { type: 'welcome', site: world.site, links: world.links, samples, chipCards };
  const snapshot: LobbyMessage[] = world.snapshot ? [{ type: 'snapshot', snapshot: world.snapshot }] : [];
  return [welcome, { type: 'status', status: world.status }, ...snapshot];
}

/** Resolves with why nothing was done, or null. */
async function hear(text: string, world: LobbyControls): Promise<string | null> {
  const action = lobbyActionSchema.safeParse(parseJson(text));
  return action.success ? perform(action.data, world) : z.prettifyError(action.error);
}

async function perform(action: LobbyAction, world: LobbyControls): Promise<string | null> {
  switch (action.type) {
    case 'world':
      return (await world.command(action.command)) ? null : refusalOf(action.command);
    case 'fault':
      world[action.fault]();
      return null;
    case 'card':
      if (!action.laid) world.takeCard(action.cardId);
      return !action.laid || (await world.layCard(action.cardId)) ? null : 'There is no such card.';
    case 'scan':
      world.scanCode(action.text);
      return null;
    case 'sample': {
      const sample = world.samples.find(({ id }) => id === action.sampleId);
      if (sample) world.scanCode(sample.text);
      return sample ? null : 'There is no such sample code.';
    }
    default:
      return assertNever(action);
  }
}

/** Only people can be refused; the rest of the world obeys. */
function refusalOf({ type }: LobbyCommand): string {
  return type === 'walkPerson' || type === 'removePerson' ? 'That person is not here any more.' : 'Nobody can stand there.';
}

/** A page that does not read misses a message past `skipAtBytes` and is cut off at the limit. */
function broadcast(pages: ReadonlySet<WebSocket>, message: LobbyMessage, skipAtBytes: number): void {
  if (pages.size === 0) return;
  const text = JSON.stringify(message);
  for (const page of pages) {
    if (page.bufferedAmount > backlogLimitBytes) page.terminate();
    else if (page.bufferedAmount <= skipAtBytes) page.send(text);
  }
}

/** Null for what is no JSON, which no schema here accepts. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A foreign web page must not play with the lobby: browsers always name the page's origin. */
function isOwnOrigin(request: FastifyRequest): boolean {
  const origin = request.headers.origin;
  return origin === undefined || origin === `http://${request.headers.host}` || origin === `https://${request.headers.host}`;
}
