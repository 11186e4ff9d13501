import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The connections of a server that is to stop. */
export interface Connections {
  /** Closes those that carry no request now, and the others as soon as theirs is answered. */
  closeUnused(): void;
  /** Whether it carries a request that is not answered yet. */
  isInUse(socket: Socket): boolean;
}

/**
 * Follows a server's connections. Node itself does not count a connection as idle that never sent a
 * byte, such as those that browsers open in advance, and would wait for it forever.
 */
export function trackConnections(server: Server): Connections {
  const open = new Set<Socket>();
  const inUse = new Set<Socket>();
  let isClosing = false;

  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    inUse.add(socket);
    response.once('close', () => {
      inUse.delete(socket);
      if (isClosing) socket.destroySoon();
    });
  });

  return {
    closeUnused() {
      isClosing = true;
      for (const socket of open) if (!inUse.has(socket)) socket.destroy();
    },
    isInUse: (socket) => inUse.has(socket),
  };
}
